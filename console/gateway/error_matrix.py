"""Which failure leads where: for every route, what is tried after it and what the client is told.

Nothing here knows the rules by itself: each line is what `next_step` plans when every attempt fails
(or every answer falls short) in the same way, all targets being eligible and the client patient.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from console.gateway.failures import KEPT, AnswerTrigger, Failure, status_after
from console.gateway.next_step import (
    LONGEST_OBEYED_RETRY_AFTER_S,
    Step,
    escalation_step,
    first_step,
    next_step,
)
from console.routing.decision import Target
from console.table.model import Route, Table
from console.traffic.records import AttemptKind

Told = Literal["error", "the provider's error", "an error event", "the answer", "held-back answer"]
"""What the client gets when nothing is left to try. `error` comes with an HTTP status."""


class PlannedAttempt(msgspec.Struct, frozen=True):
    """One attempt of a course. `delay_s` is the longest wait before it, in seconds."""

    kind: AttemptKind
    route: str
    model: str
    delay_s: float


class Course(msgspec.Struct, frozen=True):
    """What comes of one kind of trouble on one route, its first attempt included."""

    trouble: str
    error_type: str | None
    """What the log calls it, an attempt's `error_type` or the trigger; None for a plain 4xx."""
    attempts: tuple[PlannedAttempt, ...]
    told: Told
    http_status: int | None
    """The status told; None where it is the provider's own."""


def error_matrix(table: Table) -> dict[str, list[Course]]:
    """Return every route's courses, one for every kind of trouble there is."""
    return {name: _courses(table, name) for name in table.routes}


def course_after(table: Table, route: str, trouble: str, failure: Failure) -> Course:
    """Return what is tried on `route` when every attempt ends in `failure`."""
    step: Step | None = _first(table, route)
    attempts: list[PlannedAttempt] = []
    targets_of = _Targets(table)
    while step is not None:
        attempts.append(_planned(step))
        step = next_step(table, step, failure, targets_of, jitter=lambda most_s: most_s)
    status = status_after([failure])
    return Course(trouble, failure.error_type, tuple(attempts), "error", status)


def course_after_answer(table: Table, route: str, trouble: str, trigger: AnswerTrigger) -> Course:
    """Return what is tried on `route` when every answer falls short in the same way."""
    step: Step | None = _first(table, route)
    attempts: list[PlannedAttempt] = []
    while step is not None:
        attempts.append(_planned(step))
        step = escalation_step(table, step, trigger, _Targets(table))
    told: Told = "the answer" if len(attempts) == 1 else "held-back answer"
    return Course(trouble, trigger, tuple(attempts), told, 200)


def _courses(table: Table, route: str) -> list[Course]:
    only = (_planned(_first(table, route)),)
    return [
        *(course_after(table, route, *sample) for sample in _failures(table.routes[route])),
        Course("any other 4xx", None, only, "the provider's error", None),
        Course("a stream breaks off after its first content", None, only, "an error event", 200),
        *(course_after_answer(table, route, *sample) for sample in _SHORTCOMINGS),
    ]


def _failures(route: Route) -> Sequence[tuple[str, Failure]]:
    """Return one failure of every kind that `next_step` tells apart, for a route's timeout."""
    soon = min(LONGEST_OBEYED_RETRY_AFTER_S, route.timeout_s)
    limited = [
        ("429 without Retry-After", None),
        (f"429, Retry-After up to {soon:g} s", soon),
        (f"429, Retry-After over {route.timeout_s:g} s", route.timeout_s + 1),
    ]
    if soon < route.timeout_s:
        between = (f"429, Retry-After of {soon:g} to {route.timeout_s:g} s", route.timeout_s)
        limited.insert(2, between)
    return [*((said, Failure("rate_limited", 429, wait)) for said, wait in limited), *_FAILURES]


_FAILURES: Sequence[tuple[str, Failure]] = (
    ("no answer, or no first chunk, in time", Failure("timeout")),
    ("connection refused", Failure("connection_refused")),
    ("connection reset", Failure("connection_reset")),
    ("no connection (name, TLS, proxy)", Failure("connection_failed")),
    ("503", Failure("upstream_5xx", 503)),
    ("any other 5xx", Failure("upstream_5xx", 500)),
    ("408 or 409", Failure("upstream_4xx", 408)),
    ("an error inside a 200", Failure("upstream_error", 200)),
    ("no JSON, no answer in it, wrong type, redirect", Failure("bad_answer", 200)),
    ("an answer past the size limit", Failure("answer_too_large", 200)),
    ("a stream ends without a finish", Failure("eof_no_finish", 200)),
)
_SHORTCOMINGS: Sequence[tuple[str, AnswerTrigger]] = tuple(
    (f"the answer: {trigger.replace('_', ' ')}", trigger) for trigger in KEPT
)


class _Targets:
    """The targets of any route of a table, all of them eligible."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __call__(self, route: str) -> tuple[Target, ...]:
        models = self._table.models
        return tuple(
            Target(model, models[model].provider, True)
            for model in self._table.routes[route].targets
        )


def _first(table: Table, route: str) -> Step:
    step = first_step(table, route, _Targets(table)(route))
    assert step is not None, "every route has a model, and here every model is eligible"
    return step


def _planned(step: Step) -> PlannedAttempt:
    return PlannedAttempt(step.kind, step.route, step.target.model, step.delay_s)
