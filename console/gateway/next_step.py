"""What is tried after an attempt failed: the same model, the next one, another route, or nothing.

Pure: the whole plan of a request can be read, and tested, without any request being sent.
"""

import random
from collections.abc import Callable, Sequence

import msgspec

from console.gateway.failures import FALLBACK, RETRY, Failure, WhyNext
from console.routing.decision import Target
from console.table.model import Route, Table
from console.traffic.records import AttemptKind

BACKOFF_BASE_S = 0.1
BACKOFF_MOST_S = 1.0
"""A caller is waiting: after three tries the wait no longer grows."""

LONGEST_OBEYED_RETRY_AFTER_S = 2.0
"""A provider that asks for more than this is left for the next target at once."""

Jitter = Callable[[float], float]
"""Gives a random wait between 0 and its argument, both in seconds."""


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


def full_jitter(most_s: float) -> float:
    """Return a random wait: clients that failed together do not come back together."""
    return random.uniform(0.0, most_s)


def first_step(table: Table, route: str, targets: Sequence[Target]) -> Step | None:
    """Return the first attempt down `route`; None where no target is eligible."""
    return _down(table, route, targets, "primary", None)


def next_step(
    table: Table,
    step: Step,
    failure: Failure,
    targets_of: Callable[[str], Sequence[Target]],
    jitter: Jitter = full_jitter,
) -> Step | None:
    """Return what comes after `step` failed with `failure`; None when nothing is left.

    `targets_of` judges the targets of a route that is escalated to. Backoff is exponential with
    full jitter (the wait is uniform between 0 and its bound), on top of a short Retry-After.
    """
    route = table.routes[step.route]
    why = RETRY.get(failure.error_type)
    if why is not None and step.retries_left > 0 and _is_soon(failure.retry_after_s, route):
        tries = route.retries - step.retries_left
        most = min(BACKOFF_MOST_S, BACKOFF_BASE_S * 2**tries)
        return msgspec.structs.replace(
            step,
            kind="retry",
            retries_left=step.retries_left - 1,
            delay_s=(failure.retry_after_s or 0.0) + jitter(most),
            why=why,
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
    escalate = route.escalate
    if escalate is None or "failed" not in escalate.on:
        return None
    return _down(
        table, escalate.to, targets_of(escalate.to), "escalation", "escalation_after_failed"
    )


def _down(
    table: Table,
    route: str,
    targets: Sequence[Target],
    kind: AttemptKind,
    why: WhyNext | None,
) -> Step | None:
    eligible = tuple(target for target in targets if target.eligible)
    if not eligible:
        return None
    return Step(
        kind=kind,
        route=route,
        target=eligible[0],
        waiting=eligible[1:],
        retries_left=table.routes[route].retries,
        why=why,
    )


def _is_soon(retry_after_s: float | None, route: Route) -> bool:
    if retry_after_s is None:
        return True
    return retry_after_s <= min(LONGEST_OBEYED_RETRY_AFTER_S, route.timeout_s)
