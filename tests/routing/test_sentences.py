"""A decision in one sentence: one for each reason, with its exceptions."""

from datetime import UTC, datetime

import pytest

from console.routing.facts import Facts
from console.routing.router import Router
from console.table.overrides import Drain, Override, Pin
from tests.table.builder import TableBuilder

LATER = datetime(2999, 1, 1, tzinfo=UTC)
PIN = Override("inc-1", LATER, "x", "y", pin=Pin("small", "large"))
DRAIN = Override("inc-2", LATER, "x", "y", drain=Drain(model="mini"))


def sentence(router: Router, facts: Facts) -> str:
    return router.explain(facts, router.decide(facts)).sentence


@pytest.mark.parametrize(
    ("when", "facts", "because"),
    [
        ("{prompt: [refund, money]}", Facts(prompt="Refund my money"),
         "the prompt contains *Refund* and *money*"),
        ("{input_tokens: {min: 5}}", Facts(input_tokens=9), "input_tokens ≥ 5 (it has 9)"),
        ("{client: 'a*'}", Facts(client="abc"), "client is abc"),
        ("{stream: false}", Facts(), "stream is false"),
        ("{any_of: [{tools: true}, {stream: false}]}", Facts(), "stream is false"),
        ("{none_of: [{prompt: x}]}", Facts(), 'none of (prompt contains "x")'),
        ("{stream: false, prompt: hi}", Facts(prompt="hi"),
         "stream is false and the prompt contains *hi*"),
    ],
)  # fmt: skip
def test_a_rule_that_matched_is_told_with_its_reasons(
    when: str, facts: Facts, because: str
) -> None:
    router = (
        TableBuilder().rule("never", when="{tools: true, audio: true}").rule(when=when).router()
    )

    assert sentence(router, facts) == (
        f"`a-rule` (rule 2 of 2) sent this to `large` because {because}."
    )


def test_a_rollout_that_let_a_request_in_is_told_with_its_bucket() -> None:
    router = TableBuilder().rule(when="{rollout: {percent: 100, by: client}}").router()
    facts = Facts(client="acme")

    bucket = router.rollout_bucket(router.decide(facts), facts)

    assert sentence(router, facts).endswith(f"it is within 100 % of client (bucket {bucket}).")


def test_a_task_default_names_the_task() -> None:
    told = sentence(TableBuilder().router(), Facts(task="drafting"))

    assert told == "The declared task `drafting` takes `large`; the table has no rules."


def test_a_table_default_names_the_route() -> None:
    router = TableBuilder().rule(when="{stream: true}").router()

    assert sentence(router, Facts()) == "The default route `small` took this; no rule matched."


def test_a_task_the_table_does_not_have_is_told() -> None:
    assert sentence(TableBuilder().router(), Facts(task="cooking")) == (
        "The default route `small` took this; the table has no rules; "
        "the declared task `cooking` is not in the table."
    )


def test_a_pin_is_told_after_what_it_replaced() -> None:
    assert sentence(TableBuilder().router([PIN]), Facts()) == (
        "The default route `small` took this; the table has no rules; "
        "the pin `inc-1` sends it to `large` instead."
    )


@pytest.mark.parametrize("given", [{"route": "small"}, {"task": "quick"}])
def test_a_pin_over_a_rule_tells_both_routes(given: dict[str, str]) -> None:
    table = TableBuilder().entry("tasks", "quick", route="small")

    told = sentence(table.rule(when="{stream: false}", **given).router([PIN]), Facts())

    assert told == (
        "`a-rule` (rule 1 of 1) sent this to `small` because stream is false; "
        "the pin `inc-1` sends it to `large` instead."
    )


def test_a_pin_over_a_task_default_tells_both_routes() -> None:
    table = TableBuilder().entry("tasks", "quick", route="small")

    assert sentence(table.router([PIN]), Facts(task="quick")) == (
        "The declared task `quick` takes `small`; the table has no rules; "
        "the pin `inc-1` sends it to `large` instead."
    )


def test_skipped_targets_are_told_with_their_reasons() -> None:
    table = TableBuilder().entry("routes", "small", fallbacks=["maxi"])

    assert sentence(table.router([DRAIN]), Facts()).endswith("; skipped: mini drained.")


def test_no_eligible_target_is_told_with_every_reason() -> None:
    table = TableBuilder().entry("routes", "small", fallbacks=["maxi"])

    told = sentence(table.router([DRAIN]), Facts(tools=True))

    assert told.endswith("; no target is eligible (mini drained; maxi lacks tools).")


def test_an_undecidable_decision_says_what_nobody_knows() -> None:
    router = TableBuilder().rule(when="{prompt: x}").router()

    assert sentence(router, Facts(not_captured=frozenset({"prompt"}))) == (
        "Undecidable: rule `a-rule` looks at a fact that was not captured."
    )
    assert sentence(router, Facts(not_captured=frozenset({"task"}))) == (
        "Undecidable: the declared task was not captured and no rule matched."
    )


def test_a_pattern_that_matched_nothing_in_particular_is_not_quoted() -> None:
    router = TableBuilder().rule(when="{prompt: {matches: 'x*'}}").router()

    assert "**" not in sentence(router, Facts(prompt="abc"))


def test_a_long_find_is_shortened() -> None:
    router = TableBuilder().rule(when="{prompt: {matches: 'x+'}}").router()

    told = sentence(router, Facts(prompt="x" * 10_000))

    assert len(told) < 200
    assert "x…*" in told
