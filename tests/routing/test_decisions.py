"""How a request is decided, step by step of the page, and what overrides do to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.routing.decision import SkipReason, Target
from console.routing.facts import Facts
from console.routing.text_scan import TextScan
from console.table.overrides import Drain, Override, Pin
from tests.table.builder import TableBuilder

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = NOON.timestamp()


def drain(provider: str | None = None, model: str | None = None, name: str = "d") -> Override:
    return Override(name, NOON, "storm", "oncall", drain=Drain(provider, model))


def pin(route: str, to: str, name: str = "p") -> Override:
    return Override(name, NOON, "storm", "oncall", pin=Pin(route, to))


@pytest.fixture
def table() -> TableBuilder:
    builder = TableBuilder()
    builder.entry("routes", "huge", model="maxi", fallbacks=["mini"])
    return builder


def test_the_first_rule_that_holds_wins(table: TableBuilder) -> None:
    table.rule("never", when="{stream: true}").rule("first", when="{stream: false}", route="huge")
    table.rule("second", when="{stream: false}")

    decision = table.router().decide(Facts())

    assert (decision.rule, decision.route, decision.reason) == ("first", "huge", "rule_match")


def test_a_disabled_rule_is_passed_over(table: TableBuilder) -> None:
    table.rule("off", when="{stream: false}", enabled=False)

    assert table.router().decide(Facts()).reason == "table_default"


@pytest.mark.parametrize(
    ("rule", "declared", "expected"),
    [
        ({"route": "huge"}, None, ("huge", None, "none")),
        ({"route": "huge"}, "drafting", ("huge", "drafting", "declared")),
        ({"task": "drafting"}, None, ("large", "drafting", "rule")),
        ({"task": "drafting"}, "other", ("large", "drafting", "rule")),
        ({"task": "drafting", "route": "huge"}, "other", ("huge", "drafting", "rule")),
    ],
)
def test_a_rule_sets_the_task_the_route_or_both(
    table: TableBuilder,
    rule: dict[str, str],
    declared: str | None,
    expected: tuple[str, str | None, str],
) -> None:
    table.rule(when="{stream: false}", **rule)

    decision = table.router().decide(Facts(task=declared))

    assert (decision.route, decision.task, decision.task_source) == expected


def test_without_a_rule_a_declared_task_takes_its_route(table: TableBuilder) -> None:
    decision = table.router().decide(Facts(task="drafting"))

    assert (decision.route, decision.reason, decision.rule) == ("large", "task_default", None)
    assert (decision.task, decision.task_source) == ("drafting", "declared")
    assert decision.unknown_task is False


def test_else_the_default_takes_it(table: TableBuilder) -> None:
    decision = table.router().decide(Facts())

    assert (decision.route, decision.reason, decision.rule) == ("small", "table_default", None)
    assert (decision.task, decision.task_source, decision.unknown_task) == (None, "none", False)


@pytest.mark.parametrize("rules", [False, True])
def test_a_declared_task_the_table_does_not_have_is_noted(table: TableBuilder, rules: bool) -> None:
    if rules:
        table.rule(when="{stream: false}")

    decision = table.router().decide(Facts(task="cooking"))

    assert decision.unknown_task is True
    assert (decision.task, decision.task_source) == ("cooking", "declared")


def test_the_version_of_the_table_is_in_every_decision(table: TableBuilder) -> None:
    router = table.router()

    assert router.decide(Facts()).table_version == router.table.version


def test_a_live_pin_replaces_the_route_once(table: TableBuilder) -> None:
    router = table.router([pin("small", "large"), pin("large", "huge", "next")])

    decision = router.decide(Facts(), AT - 1)

    assert (decision.route, decision.override_id) == ("large", "p")
    assert (decision.reason, decision.model) == ("table_default", "maxi")


def test_a_pin_of_another_route_does_nothing(table: TableBuilder) -> None:
    decision = table.router([pin("large", "huge")]).decide(Facts(), AT - 1)

    assert (decision.route, decision.override_id) == ("small", None)


def test_of_two_live_pins_for_one_route_the_first_written_counts(table: TableBuilder) -> None:
    router = table.router([pin("small", "huge", "first"), pin("small", "large", "second")])

    assert router.decide(Facts(), AT - 1).override_id == "first"


def test_of_two_pins_an_expired_one_makes_way(table: TableBuilder) -> None:
    old = Override("old", datetime(2020, 1, 1, tzinfo=UTC), "x", "y", pin=Pin("small", "huge"))

    assert (
        table.router([old, pin("small", "large", "new")]).decide(Facts(), AT - 1).override_id
        == "new"
    )


@pytest.mark.parametrize(("at", "route"), [(AT - 0.001, "large"), (AT, "small"), (AT + 1, "small")])
def test_an_override_ends_at_its_moment(table: TableBuilder, at: float, route: str) -> None:
    router = table.router([pin("small", "large"), drain(model="mini")])

    decision = router.decide(Facts(), at)

    assert decision.route == route
    assert decision.error is None


def test_without_a_moment_it_is_now(table: TableBuilder) -> None:
    later = datetime(2999, 1, 1, tzinfo=UTC)
    router = table.router([Override("p", later, "x", "y", pin=Pin("small", "large"))])

    assert router.decide(Facts()).route == "large"


def test_the_first_target_that_is_eligible_is_the_model(table: TableBuilder) -> None:
    table.entry("routes", "small", fallbacks=["maxi"])
    router = table.router([drain(model="mini")])

    decision = router.decide(Facts(), AT - 1)

    assert decision.targets == (
        Target("mini", "acme", False, "drained"),
        Target("maxi", "acme", True),
    )
    assert (decision.model, decision.error) == ("maxi", None)


def test_a_drained_provider_takes_out_all_its_models(table: TableBuilder) -> None:
    table.entry("providers", "other", base_url="https://other.example")
    table.entry("models", "third", provider="other")
    table.entry("routes", "small", fallbacks=["maxi", "third"])

    decision = table.router([drain(provider="acme")]).decide(Facts(), AT - 1)

    assert [target.skipped for target in decision.targets] == ["drained", "drained", None]
    assert decision.model == "third"


def test_no_eligible_target_is_an_error_with_every_reason(table: TableBuilder) -> None:
    table.entry("routes", "small", fallbacks=["maxi"])

    decision = table.router([drain(model="mini")]).decide(Facts(tools=True), AT - 1)

    assert (decision.model, decision.error) == (None, "no_eligible_target")
    assert decision.route == "small"
    assert [target.skipped for target in decision.targets] == ["drained", "lacks_tools"]


EVERYTHING = Facts(tools=True, images=True, response_format="json_schema", input_tokens=11)
CAPABLE = ["tools", "images", "json_schema"]


@pytest.mark.parametrize(
    ("drained", "context", "supports", "skip", "reason"),
    [
        (True, 10, [], "missing_key", "drained"),
        (False, 10, [], "missing_key", "context_too_small"),
        (False, 11, [], "missing_key", "lacks_tools"),
        (False, 11, ["tools"], "missing_key", "lacks_images"),
        (False, 11, ["tools", "images"], "missing_key", "lacks_json_schema"),
        (False, 11, CAPABLE, "missing_key", "missing_key"),
        (False, 11, CAPABLE, "cooling_down", "cooling_down"),
        (False, 11, CAPABLE, None, None),
    ],
)
def test_a_target_is_skipped_for_the_first_reason_in_the_order_of_the_page(
    table: TableBuilder,
    drained: bool,
    context: int,
    supports: list[str],
    skip: SkipReason | None,
    reason: SkipReason | None,
) -> None:
    table.entry("models", "mini", context_tokens=context, supports=supports)
    router = table.router([drain(model="mini")] if drained else [])

    [target] = router.decide(EVERYTHING, AT - 1, {"mini": skip} if skip else {}).targets

    assert (target.eligible, target.skipped) == (reason is None, reason)


@pytest.mark.parametrize(
    ("given", "asked", "fits"),
    [(90, 10, True), (90, 11, False), (100, None, True), (101, None, False)],
)
def test_a_context_takes_input_and_output_together(
    table: TableBuilder, given: int, asked: int | None, fits: bool
) -> None:
    table.entry("models", "mini", context_tokens=100)

    decision = table.router().decide(Facts(input_tokens=given, max_output_tokens=asked))

    assert (decision.error is None) is fits


def test_a_context_that_is_not_told_takes_everything(table: TableBuilder) -> None:
    assert table.router().decide(Facts(input_tokens=10**12)).error is None


def test_json_object_asks_nothing_of_a_model(table: TableBuilder) -> None:
    assert table.router().decide(Facts(response_format="json_object")).error is None


def test_an_undecidable_decision_has_no_route_and_no_targets(table: TableBuilder) -> None:
    table.rule(when="{prompt: refund}")

    decision = table.router().decide(Facts(task="drafting", not_captured=frozenset({"prompt"})))

    assert (decision.reason, decision.rule) == ("undecidable", "a-rule")
    assert (decision.route, decision.model, decision.targets) == (None, None, ())
    assert (decision.task, decision.task_source) == ("drafting", "declared")


def test_the_same_request_has_the_same_decision_from_every_thread(table: TableBuilder) -> None:
    for number in range(50):
        table.rule(f"r{number}", when={"prompt": f"word{number}", "task": [f"t{number}", "*"]})
    router = table.router()

    def decided(number: int) -> str | None:
        return router.decide(Facts(task="x", prompt=f"a word{number % 50} here")).rule

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(decided, range(1000))) == [f"r{n % 50}" for n in range(1000)]


WHENS = [
    "{stream: true}", "{tools: false, stream: false}", "{task: a}", "{task: ['b*', a]}",
    "{tags.team: '*'}", "{client: [x, y]}", "{input_tokens: {min: 3}}",
    "{input_tokens: {max: 5, min: 2}}", "{turns: {max: 1}}", "{max_output_tokens: {min: 0}}",
    "{prompt: foo}", "{prompt: [foo, bar], task: a}", "{prompt: {contains_all: [foo, bar]}}",
    "{prompt: {matches: '^f'}, system: bar}", "{prompt: {matches: '(x.{0,300}y)'}}",
    "{any_of: [{prompt: bar}, {task: b}]}", "{none_of: [{prompt: foo}, {stream: true}]}",
    "{rollout: {percent: 50, by: client}}", "{prompt: baz, rollout: {percent: 30, by: prompt}}",
]  # fmt: skip
FACTS = st.builds(
    Facts,
    task=st.none() | st.sampled_from(["a", "b", "bb", "c"]),
    client=st.none() | st.sampled_from(["x", "y", "z"]),
    tags=st.sampled_from([{}, {"team": ""}, {"team": "t"}, {"other": "t"}]),
    prompt=st.sampled_from(["", "foo", "bar foo", "Baz", "x and y", "foobar"]),
    system=st.sampled_from(["", "bar"]),
    input_tokens=st.integers(0, 7),
    max_output_tokens=st.none() | st.integers(0, 2),
    turns=st.integers(0, 2),
    tools=st.booleans(),
    stream=st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WHENS), st.booleans()), max_size=12),
    st.lists(FACTS, min_size=1, max_size=8),
)
def test_all_rules_at_once_find_what_rule_by_rule_finds(
    rules: list[tuple[str, bool]], requests: list[Facts]
) -> None:
    table = TableBuilder()
    for number, (when, enabled) in enumerate(rules):
        table.rule(f"r{number}", when=when, enabled=enabled)
    router = table.router()

    for facts in requests:
        scan = TextScan(router.sets, facts)
        one_by_one = (
            r.rule.id for r in router.rules if r.rule.enabled and r.when.holds(facts, scan)
        )
        assert router.decide(facts).rule == next(one_by_one, None)
