"""What a table would make of logged requests, gathered in one pass for all of lint's questions."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from console.routing.decision import Decision
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.model import TEXT_FACTS
from console.traffic.logged_facts import Logged, newest_logged
from console.traffic.reader import LogReader

MOST_EXPLAINED = 500
"""Requests that fell to the default of which the near miss is looked for, the newest."""

MOST_WORDS = 200_000
"""Different words of captured texts that are kept, to find a typing mistake by."""

_WORD = re.compile(r"[^\W\d_]{3,40}")


class NearMiss(msgspec.Struct, frozen=True):
    """A rule that one condition alone kept from taking a request, and what that wanted."""

    rule: str
    wanted: str


class Seen(msgspec.Struct):
    """What was seen among the newest requests of the time looked at.

    `undecidable` ones hang on texts that were not captured. `skips` counts by route and model the
    requests that the model could not have taken, by reason. `found` has the patterns that occurred
    in captured texts by fact, `with_text` how many requests had one.
    """

    looked_at: int = 0
    decided: int = 0
    undecidable: int = 0
    oldest_ts: float | None = None
    rules: Counter[str] = msgspec.field(default_factory=Counter)
    undecided_rules: set[str] = set()
    tasks: Counter[str] = msgspec.field(default_factory=Counter)
    unknown_tasks: Counter[str] = msgspec.field(default_factory=Counter)
    routes: Counter[str] = msgspec.field(default_factory=Counter)
    skips: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    defaults: int = 0
    explained: int = 0
    near_misses: Counter[NearMiss] = msgspec.field(default_factory=Counter)
    samples: dict[NearMiss, str] = {}
    with_text: Counter[str] = msgspec.field(default_factory=Counter)
    found: dict[str, set[str]] = {}
    words: Counter[str] = msgspec.field(default_factory=Counter)


def see(
    reader: LogReader,
    router: Router,
    *,
    since: float,
    last: int,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Seen:
    """Decide the newest `last` requests since a moment again, by a router without overrides.

    `since` is in Unix seconds. Raises what the reader does.
    """
    seen = Seen()
    for slice_ in newest_logged(reader, last, is_cancelled):
        for logged in slice_:
            if logged.ts_start < since:
                return seen
            _count(seen, logged, router)
    return seen


def _count(seen: Seen, logged: Logged, router: Router) -> None:
    seen.looked_at += 1
    seen.oldest_ts = logged.ts_start
    facts = logged.facts
    if facts is None:
        seen.undecidable += 1
        return
    _count_words(seen, facts, router)
    decision = router.decide(facts, 0.0)
    if facts.task is not None and decision.unknown_task:
        seen.unknown_tasks[facts.task] += 1
    if decision.reason == "undecidable":
        seen.undecidable += 1
        if decision.rule is not None:
            seen.undecided_rules.add(decision.rule)
        if decision.task is not None:
            seen.tasks[decision.task] += 1
        return
    seen.decided += 1
    _count_decision(seen, decision)
    if decision.reason == "table_default":
        seen.defaults += 1
        if not facts.not_captured and seen.explained < MOST_EXPLAINED:
            _count_near_misses(seen, logged.request_id, facts, decision, router)


def _count_decision(seen: Seen, decision: Decision) -> None:
    if decision.rule is not None:
        seen.rules[decision.rule] += 1
    if decision.task is not None:
        seen.tasks[decision.task] += 1
    route = decision.route or ""
    seen.routes[route] += 1
    for target in decision.targets:
        if target.skipped is not None:
            seen.skips[route, target.model, target.skipped] += 1


def _count_near_misses(
    seen: Seen, request_id: str, facts: Facts, decision: Decision, router: Router
) -> None:
    seen.explained += 1
    for verdict in router.explain_briefly(facts, decision, 1).rules:
        if verdict.near_miss is not None and verdict.failed is not None:
            missed = NearMiss(verdict.rule, verdict.failed.wanted)
            seen.near_misses[missed] += 1
            seen.samples.setdefault(missed, request_id)


def _count_words(seen: Seen, facts: Facts, router: Router) -> None:
    for fact in TEXT_FACTS:
        patterns = router.sets.get(fact)
        if patterns is None or fact in facts.not_captured:
            continue
        text: str = getattr(facts, fact)
        seen.with_text[fact] += 1
        found = seen.found.setdefault(fact, set())
        found.update(patterns.compiled[index].pattern for index in patterns.scan(text))
        for index in patterns.alone:
            pattern = patterns.compiled[index].pattern
            if pattern not in found and patterns.found_alone(index, text):
                found.add(pattern)
        if len(seen.words) < MOST_WORDS:
            seen.words.update(_words(text))


def _words(text: str) -> Iterable[str]:
    return _WORD.findall(text.lower())
