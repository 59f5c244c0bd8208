"""Conditions as they are put to a request: true, false or unknown, and what each one saw.

This is the plain way to judge a condition. Explanations use it throughout; deciding uses it for
what bit masks cannot hold (groups, rollouts, patterns matched alone) and for requests of which a
fact was not captured. `None` stands for unknown, as in three-valued logic.
"""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec
import re2

from console.routing.explanation import ConditionResult, Span, Truth
from console.routing.facts import Facts
from console.routing.rollout import bucket_of, buckets_within, key_of
from console.routing.text_scan import TextScan
from console.routing.words import (
    flag_words,
    group_words,
    names_words,
    number_words,
    rollout_words,
    text_words,
)
from console.table.model import NumberRange, Rollout
from console.table.patterns import compiled

MAX_SPANS = 50
"""Places told for one phrase or pattern; a long text may hold thousands."""

_TRUTHS: dict[bool | None, Truth] = {True: "true", False: "false", None: "unknown"}


class Condition(Protocol):
    """One thing a rule asks of a request."""

    fact: str
    wanted: str

    def holds(self, facts: Facts, scan: TextScan) -> bool | None:
        """Tell whether the condition holds; None where its fact was not captured."""

    def result(self, facts: Facts, scan: TextScan) -> ConditionResult:
        """Judge and say what was seen."""


def captured(fact: str, facts: Facts) -> bool:
    """Tell whether the value of `fact` is known, be it absent or not."""
    missing = facts.not_captured
    return not missing or (
        fact not in missing and not (fact.startswith("tags.") and "tags" in missing)
    )


def glob_matcher(names: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that tells whether a value equals one of `names`; `*` is any run."""
    exact = frozenset(name for name in names if "*" not in name)
    globs = [glob_pattern(name) for name in names if "*" in name]

    def matches(value: str) -> bool:
        return value in exact or any(glob.fullmatch(value) for glob in globs)

    return matches


def glob_pattern(name: str) -> Any:
    """Return the compiled pattern of a name in which `*` stands for any run of characters."""
    return compiled("(?s)" + ".*".join(map(re2.escape, name.split("*"))))


class ValueCondition:
    """A condition on one fact's value: the result is the truth and the value seen."""

    matcher = ""

    def __init__(self, fact: str, wanted: str) -> None:
        self.fact, self.wanted = fact, wanted
        self._path = f"when.{fact}"
        self._absent = self._told(None, "false", True)
        self._unknown = self._told(None, "unknown", False)

    def _told(self, saw: str | None, truth: Truth, absent: bool) -> ConditionResult:
        return ConditionResult(
            self._path, self.fact, self.matcher, self.wanted, saw, truth, (), absent
        )

    def accepts(self, value: Any) -> bool:
        """Tell whether a value that is present is accepted."""
        raise NotImplementedError

    def holds(self, facts: Facts, scan: TextScan) -> bool | None:
        if not captured(self.fact, facts):
            return None
        value = facts.value(self.fact)
        return value is not None and self.accepts(value)

    def result(self, facts: Facts, scan: TextScan) -> ConditionResult:
        if not captured(self.fact, facts):
            return self._unknown
        value = facts.value(self.fact)
        return self.judged(value, None if value is None else key_of(value))

    def judged(self, value: Any, saw: str | None) -> ConditionResult:
        """Judge a value that was captured; `saw` is the value in words, None where absent."""
        if value is None:
            return self._absent
        truth: Truth = "true" if self.accepts(value) else "false"
        return ConditionResult(self._path, self.fact, self.matcher, self.wanted, saw, truth)


class NameCondition(ValueCondition):
    """A fact equals one of some names, in which `*` stands for any run of characters."""

    matcher = "equals"

    def __init__(self, fact: str, names: tuple[str, ...]) -> None:
        super().__init__(fact, names_words(fact, names))
        self.names = names
        self._matches = glob_matcher(names)

    def accepts(self, value: str) -> bool:
        return self._matches(value)


class NumberCondition(ValueCondition):
    """A number is within a range, ends included."""

    matcher = "range"

    def __init__(self, fact: str, bounds: NumberRange) -> None:
        super().__init__(fact, number_words(fact, bounds))
        self.bounds = bounds

    def accepts(self, value: int) -> bool:
        low, high = self.bounds.min, self.bounds.max
        return (low is None or value >= low) and (high is None or value <= high)


class FlagCondition(ValueCondition):
    """A flag has a value."""

    matcher = "flag"

    def __init__(self, fact: str, value: bool) -> None:
        super().__init__(fact, flag_words(fact, value))
        self.value = value

    def accepts(self, value: bool) -> bool:
        return value is self.value


class RolloutCondition:
    """A fact's value falls within a share of all values, by hash."""

    matcher = "rollout"

    def __init__(self, rollout: Rollout, rule_id: str) -> None:
        self.fact, self.wanted = rollout.by, rollout_words(rollout)
        self._salt = rule_id if rollout.salt is None else rollout.salt
        self._within = buckets_within(rollout.percent)
        self.pinned: int | None = None
        """Set by a test of the table: the bucket taken whatever the fact's value."""

    def bucket(self, facts: Facts) -> int | None:
        """Return the request's bucket; None where the fact is absent or was not captured."""
        if self.pinned is not None:
            return self.pinned
        value = facts.value(self.fact) if captured(self.fact, facts) else None
        return None if value is None else bucket_of(self._salt, key_of(value))

    def holds(self, facts: Facts, scan: TextScan) -> bool | None:
        bucket = self.bucket(facts)
        if bucket is None and not captured(self.fact, facts):
            return None
        return bucket is not None and bucket < self._within

    def result(self, facts: Facts, scan: TextScan) -> ConditionResult:
        bucket = self.bucket(facts)
        return ConditionResult(
            "when.rollout",
            self.fact,
            "rollout",
            f"{self.wanted}: a bucket below {self._within}",
            None if bucket is None else f"bucket {bucket}",
            _TRUTHS[self.holds(facts, scan)],
            (),
            bucket is None and captured(self.fact, facts),
        )


class TextCondition:
    """Some phrases or patterns occur in a text: any one of them, or all (`contains_all`)."""

    def __init__(
        self, fact: str, kind: str, parts: tuple[str, ...], indexes: tuple[int, ...]
    ) -> None:
        self.fact, self.kind, self.indexes = fact, kind, indexes
        self.wanted = text_words(fact, kind, parts)
        self.all_of = kind == "contains_all"
        # `not_found` is the result where none of the parts occurs; it is the same every time.
        self._path = f"when.{fact}.{kind}"
        self.not_found = self._told("false", ())
        self._unknown = self._told("unknown", ())
        self._distinct = frozenset(indexes)

    def _told(self, truth: Truth, spans: tuple[Span, ...]) -> ConditionResult:
        return ConditionResult(
            self._path, self.fact, self.kind, self.wanted, None, truth, spans, False
        )

    def holds(self, facts: Facts, scan: TextScan) -> bool | None:
        if not captured(self.fact, facts):
            return None
        if scan.misses(self.fact, self._distinct):
            return False
        hits = (scan.holds(self.fact, index) for index in self.indexes)
        return all(hits) if self.all_of else any(hits)

    def result(self, facts: Facts, scan: TextScan) -> ConditionResult:
        if facts.not_captured and not captured(self.fact, facts):
            return self._unknown
        if scan.misses(self.fact, self._distinct):
            return self.not_found
        hits = [index for index in self.indexes if scan.holds(self.fact, index)]
        spans = [
            Span(self.fact, start, end)
            for index in hits
            for start, end in scan.spans(self.fact, index, MAX_SPANS)
        ]
        truth = len(hits) == len(self.indexes) or not self.all_of
        spans.sort(key=lambda span: (span.start, span.end))
        return self._told(_TRUTHS[truth], tuple(spans[:MAX_SPANS]))


class Conjunction:
    """Conditions all of which must hold: a rule's `when`, or a member of a group."""

    def __init__(self, conditions: tuple[Condition, ...]) -> None:
        self.conditions = conditions

    def holds(self, facts: Facts, scan: TextScan) -> bool | None:
        return all_hold(condition.holds(facts, scan) for condition in self.conditions)

    def result(self, facts: Facts, scan: TextScan) -> ConditionResult:
        """Return the one condition's result, or an `all_of` of several."""
        if len(self.conditions) == 1:
            return self.conditions[0].result(facts, scan)
        return _group_result("all_of", self.conditions, facts, scan)


class GroupCondition:
    """`any_of`, `all_of` or `none_of` over nested conjunctions."""

    fact = ""

    def __init__(self, kind: str, members: tuple[Conjunction, ...]) -> None:
        self.kind, self.members = kind, members
        self.wanted = group_words(
            kind, (" and ".join(c.wanted for c in member.conditions) for member in members)
        )

    def holds(self, facts: Facts, scan: TextScan) -> bool | None:
        truths = (member.holds(facts, scan) for member in self.members)
        if self.kind == "all_of":
            return all_hold(truths)
        any_true = any_holds(truths)
        if self.kind == "any_of" or any_true is None:
            return any_true
        return not any_true

    def result(self, facts: Facts, scan: TextScan) -> ConditionResult:
        return _group_result(self.kind, self.members, facts, scan)


def all_hold(truths: Iterable[bool | None]) -> bool | None:
    """Return three-valued `and`: false if one is false, else unknown if one is unknown."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def any_holds(truths: Iterable[bool | None]) -> bool | None:
    """Return three-valued `or`: true if one is true, else unknown if one is unknown."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def _placed(result: ConditionResult, place: str) -> ConditionResult:
    """Return a result with its path, and those of its members, below `place`."""
    return msgspec.structs.replace(
        result,
        path=place + result.path.removeprefix("when"),
        members=tuple(_placed(member, place) for member in result.members),
    )


def _group_result(
    kind: str, members: Iterable[Any], facts: Facts, scan: TextScan
) -> ConditionResult:
    results = tuple(
        _placed(member.result(facts, scan), f"when.{kind}[{index}]")
        for index, member in enumerate(members)
    )
    values: dict[Truth, bool | None] = {"true": True, "false": False, "unknown": None}
    truths = [values[result.result] for result in results]
    if kind == "all_of":
        truth = all_hold(truths)
    else:
        truth = any_holds(truths)
        if kind == "none_of" and truth is not None:
            truth = not truth
    failing = [result for result in results if result.result == "false"]
    absent = kind != "none_of" and truth is False and all(result.absent for result in failing)
    wanted = group_words(kind, (result.wanted for result in results))
    spans = tuple(span for result in results for span in result.spans) if truth else ()
    if kind == "none_of":
        spans = () if truth else tuple(span for result in results for span in result.spans)
    return ConditionResult(
        f"when.{kind}", "", kind, wanted, None, _TRUTHS[truth], spans, absent, results
    )
