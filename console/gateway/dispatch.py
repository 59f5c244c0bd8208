"""Carries one decided request out: attempt after attempt, until one is answered or none is left.

The same course for whole and for streamed answers: they differ only in how one attempt is made.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from console.gateway.endpoints import Endpoint
from console.gateway.failures import AttemptError, ExhaustedError, Failure, ProviderRefusalError
from console.gateway.next_step import Step, first_step, next_step
from console.gateway.recording import Recording
from console.gateway.served_table import Served
from console.routing.decision import Target
from console.table.model import Route

Answer = TypeVar("Answer")

Attempt = Callable[[Endpoint, Route], Awaitable[Answer]]
"""Makes one attempt. Raises `AttemptError` or `ProviderRefusalError`."""


async def dispatch(
    served: Served,
    recording: Recording,
    attempt: Attempt[Answer],
    targets_of: Callable[[str], Sequence[Target]],
) -> Answer:
    """Return the first answer that is good; its attempt is left open in `recording`.

    `targets_of` judges the targets of a route that is escalated to. The decision must have an
    eligible target. Raises `ExhaustedError` when every attempt failed, `ProviderRefusalError` when
    a provider blames the request itself.
    """
    table, decision = served.table, recording.decision
    step: Step | None = first_step(table, decision.route or "", decision.targets)
    failures: list[tuple[str, Failure]] = []
    while step is not None:
        if step.delay_s > 0:
            await recording.waited(asyncio.sleep(step.delay_s))
        recording.attempt_begins(step)
        try:
            return await attempt(served.endpoints[step.target.model], table.routes[step.route])
        except AttemptError as failed:
            failures.append((step.target.model, failed.failure))
            step = next_step(table, step, failed.failure, targets_of)
            recording.attempt_failed(failed.failure, step.why if step is not None else None)
        except ProviderRefusalError as refused:
            recording.attempt_refused(refused.status)
            raise
    raise ExhaustedError(failures)
