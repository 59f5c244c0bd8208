"""Carries one decided request out: attempt after attempt, until one is answered or none is left.

The same course for whole and for streamed answers: they differ only in how one attempt is made.
An answer that its route judges not good enough is held back while the route it escalates to is
asked. Should that fail, the best answer held back is delivered: a real answer is worth more to a
client than an error.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, NoReturn, TypeVar

import msgspec

from console.gateway.endpoints import Endpoint
from console.gateway.failures import (
    KEPT,
    AnswerTrigger,
    AttemptError,
    ExhaustedError,
    Failure,
    ProviderRefusalError,
    WhyNext,
)
from console.gateway.next_step import (
    Step,
    TargetsOf,
    escalation_step,
    first_step,
    judges_answers,
    next_step,
)
from console.gateway.recording import Recording
from console.gateway.served_table import Served
from console.gateway.time_left import FLOOR_S, FOREVER, TimeLeft
from console.gateway.usage import Usage
from console.table.model import Route
from console.traffic.records import AttemptRow

Answer = TypeVar("Answer")

Attempt = Callable[[Endpoint, Route], Awaitable[Answer]]
"""Makes one attempt. Raises `AttemptError` or `ProviderRefusalError`."""

WORTH: dict[AnswerTrigger, int] = {"empty": 0, "refusal": 1}
"""What an answer that is not good enough is still worth; 2 for what is not named."""


class Verdict(NamedTuple):
    """What was found wrong with an answer, and what it used."""

    trigger: AnswerTrigger
    usage: Usage | None


class _HeldBack(NamedTuple, Generic[Answer]):
    answer: Answer
    attempt: AttemptRow
    worth: int


Judge = Callable[[Answer, Route], Awaitable[Verdict | None]]
"""Checks an answer of a route that escalates on answers; None where it is good enough."""


async def dispatch(
    served: Served,
    recording: Recording,
    attempt: Attempt[Answer],
    targets_of: TargetsOf,
    *,
    judge: Judge[Answer] | None = None,
    time_left: TimeLeft = FOREVER,
) -> Answer:
    """Return the answer for the client; its attempt is the one `recording` serves.

    The decision must have an eligible target. Raises `ExhaustedError` when every attempt failed
    or there is no time for any, `ProviderRefusalError` when a provider blames the request itself.
    """
    course = _Course(served, recording, targets_of, judge, time_left)
    return await course.run(attempt)


class _Course(Generic[Answer]):
    """The way of one request from target to target."""

    def __init__(
        self,
        served: Served,
        recording: Recording,
        targets_of: TargetsOf,
        judge: Judge[Answer] | None,
        time_left: TimeLeft,
    ) -> None:
        self._served = served
        self._recording = recording
        self._targets_of = targets_of
        self._judge = judge
        self._time_left = time_left
        self._failures: list[tuple[str, Failure]] = []
        self._held: _HeldBack[Answer] | None = None
        self._is_out_of_time = False

    async def run(self, attempt: Attempt[Answer]) -> Answer:
        table, decision, recording = self._served.table, self._recording.decision, self._recording
        step = self._in_time(first_step(table, decision.route or "", decision.targets))
        while step is not None:
            if step.delay_s > 0:
                await recording.waited(asyncio.sleep(step.delay_s))
            if (left_s := recording.left_alone_s(step.target.model)) is not None:
                step = self._after_failure(step, Failure("cooling_down", retry_after_s=left_s))
                continue
            route = table.routes[step.route]
            recording.attempt_begins(step)
            try:
                answer = await attempt(self._served.endpoints[step.target.model], route)
            except AttemptError as failed:
                step = self._after_failure(step, failed.failure)
                continue
            except ProviderRefusalError as refused:
                recording.attempt_refused(refused, self._why_last())
                if self._held is None:
                    raise
                break
            if self._judge is None or not judges_answers(route):
                return answer
            verdict = await self._judge(answer, route)
            if verdict is None:
                return answer
            step = self._after_answer(step, answer, verdict)
        return self._what_was_held_back()

    def _after_failure(self, step: Step, failure: Failure) -> Step | None:
        self._failures.append((step.target.model, failure))
        table, left_s = self._served.table, self._time_left.seconds
        is_to_blame = failure.error_type != "timeout" or left_s >= FLOOR_S
        self._recording.target_failed(failure, is_to_blame=is_to_blame)
        following = next_step(table, step, failure, self._targets_of, time_left_s=left_s)
        if following is not None and self._comes_too_early(following):
            no_retry = msgspec.structs.replace(step, retries_left=0)
            following = next_step(table, no_retry, failure, self._targets_of, time_left_s=left_s)
        following = self._in_time(following)
        why = following.why if following is not None else self._why_last()
        self._recording.attempt_failed(failure, why)
        return following

    def _after_answer(self, step: Step, answer: Answer, verdict: Verdict) -> Step | None:
        trigger = verdict.trigger
        following = self._in_time(
            escalation_step(self._served.table, step, trigger, self._targets_of)
        )
        worth = WORTH.get(trigger, 2)
        is_best = self._held is None or worth >= self._held.worth
        kept: WhyNext = KEPT[trigger] if is_best else "held_back_answer_sent"
        why = following.why if following is not None else kept
        row = self._recording.attempt_held_back(verdict.usage, why)
        if is_best:
            self._held = _HeldBack(answer, row, worth)
        return following

    def _comes_too_early(self, step: Step) -> bool:
        """Tell whether a retry would find its target left alone still."""
        left_s = self._recording.left_alone_s(step.target.model) if step.kind == "retry" else None
        return left_s is not None and step.delay_s < left_s

    def _in_time(self, step: Step | None) -> Step | None:
        """Return the step if it can still be made in time."""
        if step is not None and self._time_left.seconds - step.delay_s < FLOOR_S:
            self._is_out_of_time = True
            return None
        return step

    def _why_last(self) -> WhyNext | None:
        if self._held is not None:
            return "held_back_answer_sent"
        return "gave_up_no_time_left" if self._is_out_of_time else None

    def _what_was_held_back(self) -> Answer:
        if self._held is None:
            self._give_up()
        self._recording.delivers(self._held.attempt)
        return self._held.answer

    def _give_up(self) -> NoReturn:
        raise ExhaustedError(self._failures, is_out_of_time=self._is_out_of_time)
