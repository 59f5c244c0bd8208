"""Explains a decision: a verdict for every rule, from the conditions themselves.

A table of a thousand rules is explained in about a millisecond: equal conditions of several rules
are judged once, and a rule that looks at texts alone and of whose words none was found has the
same verdict every time, so that verdict is kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from console.routing.compiled_rule import CompiledRule
from console.routing.conditions import (
    Condition,
    RolloutCondition,
    TextCondition,
    ValueCondition,
)
from console.routing.decision import Decision
from console.routing.explanation import ConditionResult, Explanation, RuleVerdict, Verdict
from console.routing.facts import Facts
from console.routing.rollout import key_of
from console.routing.sentence import decision_sentence
from console.routing.text_scan import PatternSet, TextScan
from console.table.model import Table


class _Planned(msgspec.Struct, frozen=True):
    """One rule as the explainer goes over it; `conditions` are numbers of distinct conditions.

    `below` is one more than the highest number among the conditions of this rule and all before
    it: to explain up to here, no other condition is needed.
    """

    rule: str
    position: int
    enabled: bool
    conditions: tuple[int, ...]
    rollout: RolloutCondition | None
    below: int


class Explainer:
    """Explains the decisions of one compiled table."""

    def __init__(
        self, table: Table, rules: Sequence[CompiledRule], sets: Mapping[str, PatternSet]
    ) -> None:
        self._table, self._sets = table, sets
        number: dict[Condition, int] = {}
        self._plan: list[_Planned] = []
        for compiled in rules:
            conditions = tuple(number.setdefault(c, len(number)) for c in compiled.conditions)
            rule = compiled.rule
            self._plan.append(
                _Planned(
                    rule.id,
                    compiled.position,
                    rule.enabled,
                    conditions,
                    compiled.rollout,
                    len(number),
                )
            )
        self._place = {planned.rule: planned for planned in self._plan}
        self._conditions = list(number)
        self._by_fact: dict[str, list[tuple[int, ValueCondition]]] = defaultdict(list)
        self._by_pattern: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._others: list[int] = []
        self._not_found: list[ConditionResult | None] = [None] * len(number)
        for condition, i in number.items():
            self._file(condition, i)
        self._rules_of: dict[int, list[int]] = defaultdict(list)
        self._kept = self._verdicts_of_no_words()

    def _file(self, condition: Condition, i: int) -> None:
        if isinstance(condition, ValueCondition):
            self._by_fact[condition.fact].append((i, condition))
        elif isinstance(condition, TextCondition) and self._sets[condition.fact].alone.isdisjoint(
            condition.indexes
        ):
            self._not_found[i] = condition.not_found
            for index in dict.fromkeys(condition.indexes):
                self._by_pattern[condition.fact, index].append(i)
        else:
            self._others.append(i)

    def _verdicts_of_no_words(self) -> list[RuleVerdict | None]:
        """Return the verdict of each rule that looks at texts alone, when nothing was found."""
        kept: list[RuleVerdict | None] = []
        for planned in self._plan:
            results = tuple(self._not_found[i] for i in planned.conditions)
            certain = tuple(result for result in results if result is not None)
            whole = len(certain) == len(results) and planned.enabled
            kept.append(_failed(planned, certain, list(certain), False, None) if whole else None)
            for i in planned.conditions:
                self._rules_of[i].append(planned.position - 1)
        return kept

    def explain(self, facts: Facts, decision: Decision, evaluate_all: bool) -> Explanation:
        """Return the explanation of `decision`, made of `facts` by this table."""
        winner = self._place.get(decision.rule or "")
        reached = len(self._plan) if winner is None or evaluate_all else winner.position
        below = self._plan[reached - 1].below if reached else 0
        results, kept = self._judged(facts, TextScan(self._sets, facts), below)
        last = winner.position if winner is not None else len(self._plan)
        verdicts = [
            kept[planned.position - 1]
            or _verdict(planned, tuple([results[i] for i in planned.conditions]), last, facts)
            for planned in self._plan[:reached]
        ]
        verdicts += [_passed_over(planned) for planned in self._plan[reached:]]
        sentence = decision_sentence(self._table, decision, verdicts, facts)
        return Explanation(sentence, tuple(verdicts))

    def explain_briefly(self, facts: Facts, decision: Decision, near_misses: int) -> Explanation:
        """Return of the same explanation the sentence, the winner and the first near misses.

        Every fact must have been captured. Conditions are asked only whether they hold, and no
        longer once there are near misses enough: what a verdict says is made for those alone.
        """
        winner = self._place.get(decision.rule or "")
        last = winner.position if winner is not None else len(self._plan)
        scan = TextScan(self._sets, facts)
        told = list(islice(self._missed_by_one(facts, scan, last), near_misses))
        if winner is not None:
            told.append(winner)
        verdicts = tuple([self._verdict_alone(planned, facts, scan, last) for planned in told])
        return Explanation(decision_sentence(self._table, decision, verdicts, facts), verdicts)

    def _missed_by_one(self, facts: Facts, scan: TextScan, last: int) -> Iterator[_Planned]:
        """Yield the enabled rules up to position `last` that one condition kept from holding."""
        holds: list[bool | None] = [None] * len(self._conditions)
        for planned in self._plan[:last]:
            failed = 0
            for i in planned.conditions:
                held = holds[i]
                if held is None:
                    held = holds[i] = bool(self._conditions[i].holds(facts, scan))
                if not held:
                    failed += 1
                    if failed > 1:
                        break
            if failed == 1 and planned.enabled:
                yield planned

    def _verdict_alone(
        self, planned: _Planned, facts: Facts, scan: TextScan, last: int
    ) -> RuleVerdict:
        results = tuple([self._conditions[i].result(facts, scan) for i in planned.conditions])
        return _verdict(planned, results, last, facts)

    def _judged(
        self, facts: Facts, scan: TextScan, below: int
    ) -> tuple[list[ConditionResult], list[RuleVerdict | None]]:
        """Judge the distinct conditions up to number `below`.

        Return their results and the kept verdicts that are true of this request.
        """
        if facts.not_captured:
            judged = [condition.result(facts, scan) for condition in self._conditions[:below]]
            return judged, [None] * len(self._plan)
        results = self._not_found[:below]
        kept = self._kept.copy()
        for fact, conditions in self._by_fact.items():
            value = facts.value(fact)
            saw = None if value is None else key_of(value)
            for i, condition in conditions:
                if i >= below:
                    break
                results[i] = condition.judged(value, saw)
        for i in (*self._others, *self._found(scan)):
            if i < below:
                results[i] = self._conditions[i].result(facts, scan)
                for position in self._rules_of[i]:
                    kept[position] = None
        return [result for result in results if result is not None], kept

    def _found(self, scan: TextScan) -> Iterable[int]:
        """Return the text conditions of which some phrase or pattern was found."""
        return {
            i
            for fact in self._sets
            for index in scan.found(fact)
            for i in self._by_pattern.get((fact, index), ())
        }


def _passed_over(planned: _Planned) -> RuleVerdict:
    verdict: Verdict = "not_reached" if planned.enabled else "disabled"
    return RuleVerdict(planned.rule, planned.position, verdict)


def _verdict(
    planned: _Planned, results: tuple[ConditionResult, ...], last: int, facts: Facts
) -> RuleVerdict:
    """Return one rule's verdict; rules after position `last` come after the winner."""
    if not planned.enabled:
        return _passed_over(planned)
    rollout = planned.rollout
    bucket = rollout.bucket(facts) if rollout is not None else None
    failing = [result for result in results if result.result == "false"]
    unknown = bool(facts.not_captured) and any(r.result == "unknown" for r in results)
    if failing:
        return _failed(planned, results, failing, unknown, bucket)
    held: Verdict = "matched" if planned.position <= last else "shadowed"
    verdict: Verdict = "unknown" if unknown else held
    return RuleVerdict(planned.rule, planned.position, verdict, results, None, None, bucket)


def _failed(
    planned: _Planned,
    results: tuple[ConditionResult, ...],
    failing: list[ConditionResult],
    unknown: bool,
    bucket: int | None,
) -> RuleVerdict:
    first = failing[0]
    if first.absent and len(failing) > 1:
        # A fact that is there and wrong tells more than one that is absent.
        first = next((result for result in failing if not result.absent), first)
    near = needs_words(first) if len(failing) == 1 and not unknown else None
    verdict: Verdict = "missing_fact" if first.absent else "failed"
    if near and first.matcher == RolloutCondition.matcher and not first.absent:
        verdict = "outside_rollout"
    return RuleVerdict(planned.rule, planned.position, verdict, results, first, near, bucket)


def needs_words(failed: ConditionResult) -> str:
    """Say what would have made a failed condition hold: `needs input_tokens ≥ 8000, saw 7412`."""
    if failed.absent and failed.fact:
        return f"needs {failed.wanted}, {failed.fact} is absent"
    if failed.saw is None:
        return f"needs {failed.wanted}"
    if not failed.saw:
        return f"needs {failed.wanted}, {failed.fact} is empty"
    return f"needs {failed.wanted}, saw {failed.saw}"
