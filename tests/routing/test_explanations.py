"""Why a decision fell as it did: verdicts, conditions, near misses, spans and rollouts."""

from hashlib import sha256
from typing import Any

import pytest

from console.routing.explanation import Explanation, RuleVerdict
from console.routing.facts import Facts
from console.routing.rollout import buckets_within
from console.routing.router import Router
from tests.table.builder import TableBuilder

PINNED_BUCKETS = (9458, 3658, 1228)


def explained(router: Router, facts: Facts, evaluate_all: bool = False) -> Explanation:
    return router.explain(facts, router.decide(facts), evaluate_all)


def verdict_on(when: Any, facts: Facts) -> RuleVerdict:
    """Return the verdict on a table's only rule."""
    [verdict] = explained(TableBuilder().rule(when=when).router(), facts).rules
    return verdict


def verdicts(explanation: Explanation) -> dict[str, str]:
    return {verdict.rule: verdict.verdict for verdict in explanation.rules}


def test_every_rule_has_a_verdict_in_the_order_of_the_table() -> None:
    router = (
        TableBuilder()
        .rule("off", when="{stream: false}", enabled=False)
        .rule("wrong", when="{stream: true}")
        .rule("absent", when="{task: x}")
        .rule("winner", when="{stream: false}")
        .rule("later", when="{stream: false}")
        .rule("later-wrong", when="{stream: true}")
        .rule("later-off", when="{stream: false}", enabled=False)
        .router()
    )
    before = {"off": "disabled", "wrong": "failed", "absent": "missing_fact", "winner": "matched"}

    reached, every = explained(router, Facts()), explained(router, Facts(), evaluate_all=True)

    after = {"later": "not_reached", "later-wrong": "not_reached", "later-off": "disabled"}
    assert verdicts(reached) == {**before, **after}
    after = {"later": "shadowed", "later-wrong": "failed", "later-off": "disabled"}
    assert verdicts(every) == {**before, **after}
    assert [verdict.position for verdict in reached.rules] == [1, 2, 3, 4, 5, 6, 7]
    assert [bool(verdict.conditions) for verdict in reached.rules] == [
        False,
        *[True] * 3,
        *[False] * 3,
    ]


def test_where_no_rule_wins_every_rule_is_judged() -> None:
    router = TableBuilder().rule("a", when="{stream: true}").rule("b", when="{prompt: x}").router()

    assert verdicts(explained(router, Facts())) == {"a": "failed", "b": "failed"}


def test_a_table_without_rules_has_an_explanation_without_verdicts() -> None:
    assert explained(TableBuilder().router(), Facts()).rules == ()


@pytest.mark.parametrize(
    ("when", "facts", "verdict", "near_miss"),
    [
        ("{input_tokens: {min: 8000}}", Facts(input_tokens=7412), "failed",
         "needs input_tokens ≥ 8000, saw 7412"),
        ("{turns: {max: 2}}", Facts(turns=3), "failed", "needs turns ≤ 2, saw 3"),
        ("{turns: {min: 2, max: 4}}", Facts(turns=5), "failed", "needs 2 ≤ turns ≤ 4, saw 5"),
        ("{turns: {min: 2, max: 2}}", Facts(turns=5), "failed", "needs turns = 2, saw 5"),
        ("{task: [a, b]}", Facts(task="c"), "failed", "needs task = a or b, saw c"),
        ("{task: a}", Facts(), "missing_fact", "needs task = a, task is absent"),
        ("{tags.team: a}", Facts(), "missing_fact", "needs tags.team = a, tags.team is absent"),
        ("{tools: true}", Facts(), "failed", "needs tools, saw false"),
        ("{tools: false}", Facts(tools=True), "failed", "needs no tools, saw true"),
        ("{prompt: [refund, money]}", Facts(prompt="hi"), "failed",
         'needs prompt contains "refund" or "money"'),
        ("{prompt: {contains_all: [a, b]}}", Facts(prompt="a"), "failed",
         'needs prompt contains "a" and "b"'),
        ("{prompt: {matches: 'x+'}}", Facts(prompt="hi"), "failed", "needs prompt matches /x+/"),
        ("{max_output_tokens: {min: 1}}", Facts(), "missing_fact",
         "needs max_output_tokens ≥ 1, max_output_tokens is absent"),
        ("{any_of: [{tools: true}, {stream: true}]}", Facts(), "failed",
         "needs any of (tools; stream)"),
        ("{stream: true, tools: true}", Facts(), "failed", None),
        ("{stream: true, task: a}", Facts(), "failed", None),
        ("{task: a, stream: true}", Facts(), "failed", None),
        ("{task: a, client: b}", Facts(), "missing_fact", None),
    ],
)  # fmt: skip
def test_a_rule_that_failed_by_one_condition_alone_says_what_it_needed(
    when: str, facts: Facts, verdict: str, near_miss: str | None
) -> None:
    told = verdict_on(when, facts)

    assert (told.verdict, told.near_miss) == (verdict, near_miss)


def test_a_failed_rule_names_the_first_condition_that_failed() -> None:
    told = verdict_on("{stream: false, tools: true, images: true}", Facts())

    assert told.failed is not None
    assert (told.failed.path, told.failed.wanted, told.failed.saw) == (
        "when.tools",
        "tools",
        "false",
    )
    assert [(c.path, c.result) for c in told.conditions] == [
        ("when.stream", "true"),
        ("when.tools", "false"),
        ("when.images", "false"),
    ]


def test_near_misses_are_the_rules_one_condition_away() -> None:
    router = (
        TableBuilder()
        .rule("near", when="{stream: false, tools: true}")
        .rule("far", when="{stream: true, tools: true}")
        .router()
    )

    assert [verdict.rule for verdict in explained(router, Facts()).near_misses()] == ["near"]


@pytest.mark.parametrize(
    ("when", "text", "found"),
    [
        ("{prompt: naïve}", "😀é naïve 😀", ["naïve"]),
        ("{prompt: ['😀', end]}", "a😀b end", ["😀", "end"]),
        ("{prompt: {contains_all: [two, one]}}", "one TWO one", ["one", "TWO", "one"]),
        ("{prompt: {matches: '日.語'}}", "x 日本語 日x語", ["日本語", "日x語"]),
        ("{prompt: {matches: ['a', 'ab']}}", "éab", ["a", "ab"]),
        ("{prompt: {contains: [b], matches: 'a'}}", "é a b", ["a", "b"]),
    ],
)
def test_what_was_found_is_told_in_code_points(when: str, text: str, found: list[str]) -> None:
    told = verdict_on(when, Facts(prompt=text))

    spans = sorted(
        (span.start, span.end) for condition in told.conditions for span in condition.spans
    )
    assert [text[start:end] for start, end in spans] == found
    assert {span.fact for condition in told.conditions for span in condition.spans} == {"prompt"}


def test_spans_of_a_hundred_finds_are_bounded_and_the_first_ones() -> None:
    [condition] = verdict_on("{prompt: x}", Facts(prompt="x " * 5000)).conditions

    starts = [span.start for span in condition.spans]
    assert 0 < len(starts) <= 100
    assert starts == [2 * n for n in range(len(starts))]


def test_a_text_not_found_has_no_spans_and_does_not_repeat_the_text() -> None:
    [condition] = verdict_on("{prompt: refund}", Facts(prompt="a secret")).conditions

    assert (condition.result, condition.saw, condition.spans) == ("false", None, ())


def test_a_group_carries_what_became_of_its_members() -> None:
    when = "{any_of: [{tools: true}, {prompt: refund, stream: false}]}"

    [group] = verdict_on(when, Facts(prompt="refund me")).conditions

    assert (group.path, group.matcher, group.result) == ("when.any_of", "any_of", "true")
    assert [member.result for member in group.members] == ["false", "true"]
    assert [inner.wanted for inner in group.members[1].members] == [
        "no stream",
        'prompt contains "refund"',
    ]
    assert [(span.start, span.end) for span in group.spans] == [(0, 6)]


def test_a_none_of_that_fails_shows_what_was_in_the_way() -> None:
    told = verdict_on("{none_of: [{prompt: refund}]}", Facts(prompt="my refund"))

    assert told.verdict == "failed"
    assert told.near_miss == 'needs none of (prompt contains "refund")'
    assert [(span.start, span.end) for span in told.conditions[0].spans] == [(3, 9)]


def test_a_group_of_absent_facts_is_missing_them() -> None:
    assert verdict_on("{any_of: [{task: a}, {client: b}]}", Facts()).verdict == "missing_fact"
    assert verdict_on("{any_of: [{task: a}, {tools: true}]}", Facts()).verdict == "failed"


def bucket(salt: str, value: str) -> int:
    """The page: the first 8 bytes of SHA-256 of "S:VALUE", big-endian, modulo 10,000."""
    return int(sha256(f"{salt}:{value}".encode()).hexdigest()[:16], 16) % 10_000


def test_a_bucket_is_the_same_on_every_machine_and_day() -> None:
    assert (bucket("a-rule", "acme"), bucket("other", "acme"), bucket("a-rule", "naïve")) == (
        PINNED_BUCKETS
    )
    facts = Facts(client="acme")
    router = TableBuilder().rule(when="{rollout: {percent: 100, by: client}}").router()

    assert router.rollout_bucket(router.decide(facts), facts) == PINNED_BUCKETS[0]


@pytest.mark.parametrize(
    ("by", "facts", "value"),
    [
        ("client", Facts(client="naïve"), "naïve"),
        ("tags.team", Facts(tags={"team": "billing"}), "billing"),
        ("prompt", Facts(prompt="hello\n😀"), "hello\n😀"),
        ("input_tokens", Facts(input_tokens=42), "42"),
        ("stream", Facts(stream=True), "true"),
        ("stream", Facts(), "false"),
    ],
)
@pytest.mark.parametrize("salt", [None, "winter", ""])
def test_a_rollout_takes_the_buckets_below_its_share(
    by: str, facts: Facts, value: str, salt: str | None
) -> None:
    expected = bucket("a-rule" if salt is None else salt, value)

    def taken(buckets: int) -> RuleVerdict:
        rollout: dict[str, Any] = {"percent": buckets / 100, "by": by}
        if salt is not None:
            rollout["salt"] = salt
        return verdict_on({"rollout": rollout}, facts)

    within, outside = taken(expected + 1), taken(expected)
    assert (within.verdict, within.bucket) == ("matched", expected)
    assert (outside.verdict, outside.bucket) == ("outside_rollout", expected)
    assert outside.near_miss is not None
    assert str(expected) in outside.near_miss


def test_every_share_of_two_decimals_is_that_many_buckets() -> None:
    assert [buckets_within(float(f"{n / 100:.2f}")) for n in range(10_001)] == list(range(10_001))


def test_a_rollout_beside_a_condition_that_failed_is_no_near_miss() -> None:
    told = verdict_on("{tools: true, rollout: {percent: 0, by: prompt}}", Facts())

    assert (told.verdict, told.near_miss) == ("failed", None)


def test_a_rollout_by_an_absent_fact_is_missing_it() -> None:
    told = verdict_on("{rollout: {percent: 100, by: client}}", Facts())

    assert (told.verdict, told.bucket) == ("missing_fact", None)
    assert told.near_miss is not None
    assert told.near_miss.endswith("client is absent")


def test_what_was_not_captured_is_unknown_and_no_near_miss() -> None:
    facts = Facts(not_captured=frozenset({"prompt"}))

    told = verdict_on("{prompt: refund, stream: false}", facts)
    false_anyway = verdict_on("{prompt: refund, stream: true}", facts)

    assert (told.verdict, told.near_miss) == ("unknown", None)
    assert [condition.result for condition in told.conditions] == ["true", "unknown"]
    assert (false_anyway.verdict, false_anyway.near_miss) == ("failed", None)


def test_patterns_matched_alone_are_explained_like_the_others() -> None:
    wide = "need.{0,300}help"
    told = verdict_on({"prompt": {"matches": [wide, "now"]}}, Facts(prompt="é need some help now"))

    [condition] = told.conditions
    assert (condition.result, [(s.start, s.end) for s in condition.spans]) == (
        "true",
        [(2, 16), (17, 20)],
    )
