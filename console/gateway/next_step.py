"""What is tried after an attempt: the same model, the next one, another route, or nothing.

Pure: the whole plan of a request can be read, and tested, without any request being sent.
"""

import math
import random
from collections.abc import Callable, Sequence

import msgspec

from console.gateway.failures import (
    ESCALATION,
    FALLBACK,
    RETRY,
    AnswerTrigger,
    Failure,
    Trigger,
    WhyNext,
)
from console.gateway.time_left import FLOOR_S
from console.routing.decision import Target
from console.table.model import Route, Table
from console.traffic.records import AttemptKind

BACKOFF_BASE_S = 0.1
BACKOFF_MOST_S = 1.0
"""A caller is waiting: after three tries the wait no longer grows."""

LONGEST_OBEYED_RETRY_AFTER_S = 2.0
"""A provider that asks for more than this is left for the next target at once, if there is one."""

Jitter = Callable[[float], float]
"""Gives a random wait between 0 and its argument, both in seconds."""

TargetsOf = Callable[[str], Sequence[Target]]
"""Judges the targets of a route that is escalated to."""


class Step(msgspec.Struct, frozen=True):
    """One attempt to be made, and what is left to try should it fail."""

    kind: AttemptKind
    route: str
    target: Target
    waiting: tuple[Target, ...]
    retries_left: int
    delay_s: float = 0.0
    why: WhyNext | None = None
    """Why the attempt before this one was not the last; None for the first."""
    trigger: Trigger | None = None
    """What was escalated on, where this attempt escalates."""


def full_jitter(most_s: float) -> float:
    """Return a random wait: clients that failed together do not come back together."""
    return random.uniform(0.0, most_s)


def first_step(table: Table, route: str, targets: Sequence[Target]) -> Step | None:
    """Return the first attempt down `route`; None where no target is eligible."""
    return _down(table, route, targets)


def next_step(
    table: Table,
    step: Step,
    failure: Failure,
    targets_of: TargetsOf,
    jitter: Jitter = full_jitter,
    time_left_s: float = math.inf,
) -> Step | None:
    """Return what comes after `step` failed with `failure`; None when nothing is left.

    Backoff is exponential with full jitter (the wait is uniform between 0 and its bound), on top
    of the provider's Retry-After. A wait after which an attempt could not end within `time_left_s`
    is not begun.
    """
    route = table.routes[step.route]
    if failure.error_type in RETRY and step.retries_left > 0:
        delay_s = (failure.retry_after_s or 0.0) + jitter(_most_backoff_s(route, step))
        if (
            _is_worth_waiting(failure.retry_after_s, route, step)
            and delay_s + FLOOR_S <= time_left_s
        ):
            return msgspec.structs.replace(
                step,
                kind="retry",
                retries_left=step.retries_left - 1,
                delay_s=delay_s,
                why=RETRY[failure.error_type],
                trigger=None,
            )
    if step.waiting:
        return Step(
            kind="fallback",
            route=step.route,
            target=step.waiting[0],
            waiting=step.waiting[1:],
            retries_left=route.retries,
            why=FALLBACK[failure.error_type],
        )
    return _escalated(table, route, "failed", targets_of)


def escalation_step(
    table: Table, step: Step, trigger: AnswerTrigger, targets_of: TargetsOf
) -> Step | None:
    """Return the attempt to be made after an answer was not good enough.

    None where the route does not escalate on `trigger`, or to no eligible target.
    """
    return _escalated(table, table.routes[step.route], trigger, targets_of)


def judges_answers(route: Route) -> bool:
    """Tell whether answers of `route` are checked, so that a streamed one must be held back."""
    return route.escalate is not None and any(trigger != "failed" for trigger in route.escalate.on)


def _escalated(table: Table, route: Route, trigger: Trigger, targets_of: TargetsOf) -> Step | None:
    escalate = route.escalate
    if escalate is None or trigger not in escalate.on:
        return None
    return _down(table, escalate.to, targets_of(escalate.to), trigger)


def _down(
    table: Table, route: str, targets: Sequence[Target], trigger: Trigger | None = None
) -> Step | None:
    eligible = tuple(target for target in targets if target.eligible)
    if not eligible:
        return None
    return Step(
        kind="primary" if trigger is None else "escalation",
        route=route,
        target=eligible[0],
        waiting=eligible[1:],
        retries_left=table.routes[route].retries,
        why=None if trigger is None else ESCALATION[trigger],
        trigger=trigger,
    )


def _most_backoff_s(route: Route, step: Step) -> float:
    tries = route.retries - step.retries_left
    return min(BACKOFF_MOST_S, BACKOFF_BASE_S * 2.0**tries)


def _is_worth_waiting(retry_after_s: float | None, route: Route, step: Step) -> bool:
    """Tell whether to wait for a model rather than to go on.

    Where nothing else is left to go to, as long as an attempt of the route may take.
    """
    if retry_after_s is None:
        return True
    longest = min(LONGEST_OBEYED_RETRY_AFTER_S, route.timeout_s)
    escalates = route.escalate is not None and "failed" in route.escalate.on
    if not step.waiting and not escalates:
        longest = route.timeout_s
    return retry_after_s <= longest
