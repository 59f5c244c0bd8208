"""The plan of a request: retries, fallbacks and escalation, without any request being sent."""

from typing import Any

import pytest

from console.gateway.failures import ESCALATION, FALLBACK, KEPT, RETRY, AnswerTrigger, Failure
from console.gateway.next_step import Step, escalation_step, first_step, next_step
from console.routing.decision import Target
from console.table.model import Escalation, Route, Table

EAST, WEST = Target("east", "e", True), Target("west", "w", True)
SKIPPED = Target("far", "f", False, "drained")
DOWN = Failure("upstream_5xx", 500)


def table(**changes: Any) -> Table:
    general: dict[str, Any] = {"model": "east", "fallbacks": ("west",), "retries": 0} | changes
    routes = {"general": Route(**general), "large": Route("west", retries=0)}
    return Table(name="desk", default="general", version="1", routes=routes)


def nowhere(_route: str) -> tuple[Target, ...]:
    return ()


def plan(table: Table, *failures: Failure, targets: Any = (EAST, WEST)) -> list[Step]:
    """The steps taken when attempts fail one after the other as given."""
    step = first_step(table, "general", targets)
    steps = []
    for failure in (*failures, None):
        if step is None:
            break
        steps.append(step)
        if failure is not None:
            step = next_step(table, step, failure, lambda _: (SKIPPED, WEST), jitter=lambda s: s)
    return steps


def test_targets_that_are_skipped_are_never_tried() -> None:
    steps = plan(table(), DOWN, targets=(SKIPPED, EAST, WEST))

    assert [(step.target.model, step.kind) for step in steps] == [
        ("east", "primary"),
        ("west", "fallback"),
    ]


def test_no_eligible_target_is_no_step() -> None:
    assert first_step(table(), "general", [SKIPPED]) is None


def test_every_target_has_the_retries_of_its_route() -> None:
    steps = plan(table(retries=1), DOWN, DOWN, DOWN, DOWN)

    assert [(step.target.model, step.kind, step.why) for step in steps] == [
        ("east", "primary", None),
        ("east", "retry", "retry_after_upstream_5xx"),
        ("west", "fallback", "fallback_after_upstream_5xx"),
        ("west", "retry", "retry_after_upstream_5xx"),
    ]


def test_the_wait_before_a_retry_doubles_up_to_a_second() -> None:
    steps = plan(table(retries=5), *[DOWN] * 5, targets=(EAST,))

    assert [step.delay_s for step in steps] == pytest.approx([0, 0.1, 0.2, 0.4, 0.8, 1.0])


def test_the_next_target_is_tried_without_a_wait() -> None:
    assert plan(table(), DOWN)[-1].delay_s == 0


def test_a_timeout_is_not_tried_again_on_the_same_model() -> None:
    steps = plan(table(retries=3), Failure("timeout"))

    assert steps[-1].why == "fallback_after_timeout"


def test_a_short_retry_after_is_added_to_the_wait() -> None:
    steps = plan(table(retries=1), Failure("rate_limited", 429, 1.5))

    assert steps[-1].kind == "retry"
    assert steps[-1].delay_s == pytest.approx(1.6)


@pytest.mark.parametrize(("asked_s", "timeout_s"), [(2.5, 60.0), (1.5, 1.0)])
def test_a_retry_after_too_long_for_a_waiting_caller_is_fallen_back_from(
    asked_s: float, timeout_s: float
) -> None:
    steps = plan(table(retries=1, timeout_s=timeout_s), Failure("rate_limited", 429, asked_s))

    assert (steps[-1].target.model, steps[-1].kind) == ("west", "fallback")


def test_a_route_escalates_after_its_last_target_failed() -> None:
    escalating = table(escalate=Escalation("large", ("failed",)))

    steps = plan(escalating, DOWN, DOWN, DOWN)

    assert [(step.route, step.kind, step.why) for step in steps] == [
        ("general", "primary", None),
        ("general", "fallback", "fallback_after_upstream_5xx"),
        ("large", "escalation", "escalation_after_failed"),
    ]


def test_a_route_that_escalates_on_answers_alone_does_not_on_failure() -> None:
    step = plan(table(escalate=Escalation("large", ("truncated",))), DOWN)[-1]

    assert next_step(table(), step, DOWN, nowhere) is None


def test_every_step_says_after_what() -> None:
    for word, table in (
        ("retry", RETRY),
        ("fallback", FALLBACK),
        ("escalation", ESCALATION),
        ("kept", KEPT),
    ):
        assert {why: kind for kind, why in table.items()} == {
            f"{word}_after_{kind}": kind for kind in table
        }
    assert set(FALLBACK) - set(RETRY) == {"timeout", "answer_too_large", "cooling_down"}


def test_where_nothing_else_is_left_a_longer_retry_after_is_waited_for() -> None:
    limited = Failure("rate_limited", 429, 30.0)

    steps = plan(table(retries=1), limited, limited)

    assert [(step.target.model, step.kind) for step in steps] == [
        ("east", "primary"),
        ("west", "fallback"),
        ("west", "retry"),
    ]
    assert steps[-1].delay_s == pytest.approx(30.1)


def test_no_wait_is_begun_that_cannot_end_in_time() -> None:
    busy = table(retries=1)
    first = first_step(busy, "general", (EAST, WEST))
    assert first is not None

    step = next_step(busy, first, Failure("rate_limited", 429, 1.5), nowhere, time_left_s=1.5)

    assert step is not None
    assert (step.kind, step.target.model) == ("fallback", "west")


@pytest.mark.parametrize("trigger", sorted(KEPT))
def test_an_answer_that_is_not_good_enough_goes_to_the_next_route_not_to_the_next_target(
    trigger: AnswerTrigger,
) -> None:
    escalating = table(escalate=Escalation("large", (trigger,)))
    first = first_step(escalating, "general", (EAST, WEST))
    assert first is not None

    step = escalation_step(escalating, first, trigger, lambda _: (WEST,))

    assert step is not None
    assert (step.route, step.kind, step.trigger) == ("large", "escalation", trigger)
    assert step.why == f"escalation_after_{trigger}"


def test_an_answer_is_kept_where_its_route_does_not_escalate_on_what_is_wrong() -> None:
    escalating = table(escalate=Escalation("large", ("empty",)))
    first = first_step(escalating, "general", (EAST, WEST))
    assert first is not None

    assert escalation_step(escalating, first, "truncated", lambda _: (WEST,)) is None
    assert escalation_step(escalating, first, "empty", lambda _: (SKIPPED,)) is None
