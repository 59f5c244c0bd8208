"""Random tables and requests: each condition of an explanation says what the plain reading says.

`ROUTE_CONSOLE_PROPERTY_CASES` sets how many cases are tried, as for the decisions.
"""

from collections.abc import Iterator
from typing import Any

import re2
from hypothesis import given
from hypothesis import strategies as st

from console.routing.explanation import ConditionResult, RuleVerdict
from console.routing.request_file import read_request
from console.routing.router import Router
from tests.property import strategies
from tests.property.request_strategies import facts_not_kept, requests
from tests.property.test_router_agrees_with_the_page import (
    forget,
    loaded_table,
    property_test,
)
from tests.reference import plain_reading
from tests.reference.plain_conditions import (
    GROUPS,
    TEXT_FACTS,
    Truth,
    as_list,
    condition_holds,
    holds,
    phrase_pattern,
    rollout_bucket,
)
from tests.reference.plain_reading import NOT_CAPTURED

IN_WORDS = {True: "true", False: "false", None: "unknown"}


def conditions_of(when: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield path, fact or group, and matcher of each condition; the parts of a text one by one."""
    for name, matcher in when.items():
        if name in TEXT_FACTS:
            parts = matcher if isinstance(matcher, dict) else {"contains": matcher}
            for part, wanted in parts.items():
                yield f"when.{name}.{part}", name, {part: wanted}
        else:
            yield f"when.{name}", name, matcher


def occurrences(matcher: dict[str, Any], text: str) -> set[tuple[int, int]]:
    r"""Return where RE2 finds a text's phrases or patterns, in code points, end excluded.

    RE2 reads bytes: `\B` is also found inside a character, which is no place in the text.
    """
    [(part, wanted)] = matcher.items()
    patterns = [p if part == "matches" else phrase_pattern(p) for p in as_list(wanted)]
    starts = [0]
    for char in text:
        starts.append(starts[-1] + len(char.encode("utf-8")))
    return {
        (starts.index(found.start()), starts.index(found.end()))
        for pattern in patterns
        for found in re2.finditer(pattern.encode("utf-8"), text.encode("utf-8"))
        if found.start() in starts and found.end() in starts
    }


def check_condition(
    condition: ConditionResult, name: str, matcher: Any, facts: dict[str, Any], rule: str
) -> None:
    truth = condition_holds(name, matcher, facts, rule)
    assert condition.result == IN_WORDS[truth], condition
    if name in GROUPS:
        members = [IN_WORDS[holds(member, facts, rule)] for member in matcher]
        assert [member.result for member in condition.members] == members, condition
    if name in TEXT_FACTS and facts[name] is not NOT_CAPTURED:
        spans = {(span.start, span.end) for span in condition.spans}
        assert spans <= occurrences(matcher, facts[name]), condition
        assert spans or not truth, condition


def check_rule(verdict: RuleVerdict, rule: dict[str, Any], facts: dict[str, Any]) -> None:
    wanted = {path: (name, matcher) for path, name, matcher in conditions_of(rule["when"])}
    assert {condition.path for condition in verdict.conditions} == set(wanted)
    for condition in verdict.conditions:
        check_condition(condition, *wanted[condition.path], facts, rule["id"])

    truths: list[Truth] = [
        condition_holds(name, matcher, facts, rule["id"]) for name, matcher in wanted.values()
    ]
    one_alone = truths.count(False) == 1 and truths.count(True) == len(truths) - 1
    assert (verdict.near_miss is not None) is one_alone, verdict
    if False in truths:
        assert verdict.failed is not None
        assert verdict.failed.result == "false"
        assert verdict.failed.absent is (verdict.verdict == "missing_fact")
    rollout = rule["when"].get("rollout")
    if rollout and facts.get(rollout["by"], NOT_CAPTURED) is not NOT_CAPTURED:
        assert verdict.bucket == rollout_bucket(rollout, facts, rule["id"])
    else:
        assert verdict.bucket is None


@property_test
@given(st.data())
def test_every_condition_and_near_miss_is_that_of_the_page(data: st.DataObject) -> None:
    table = data.draw(strategies.tables(), "table")
    said = tuple(strategies.phrases_of(table))
    router = Router(loaded_table(table))

    for _ in range(2):
        request = data.draw(requests(said), "request")
        not_kept = data.draw(facts_not_kept(), "not captured")
        plain_facts = plain_reading.facts_of(request) | dict.fromkeys(not_kept, NOT_CAPTURED)
        facts = forget(read_request(request).facts, not_kept, blank=True)

        explanation = router.explain(facts, router.decide(facts, 0.0), evaluate_all=True)

        for verdict, rule in zip(explanation.rules, table.get("rules", []), strict=True):
            if rule.get("enabled", True):
                check_rule(verdict, rule, plain_facts)


@property_test
@given(st.data())
def test_a_brief_explanation_is_the_beginning_of_the_full_one(data: st.DataObject) -> None:
    table = data.draw(strategies.tables(), "table")
    router = Router(loaded_table(table))
    facts = read_request(data.draw(requests(tuple(strategies.phrases_of(table))))).facts
    decision = router.decide(facts, 0.0)

    brief, full = router.explain_briefly(facts, decision, 2), router.explain(facts, decision)

    winner = [rule for rule in full.rules if rule.rule == decision.rule]
    assert brief.rules == (*full.near_misses()[:2], *winner)
    assert brief.sentence == full.sentence
