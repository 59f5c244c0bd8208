"""Writes down what became of one request: its row, its attempts, and the texts that may be kept.

Rows are built field by field from what is named here, never by copying a request and leaving things
out. Nothing here waits: the log's writer takes rows from memory.
"""

import time
from collections.abc import Awaitable
from functools import partial

from console.gateway.client_hints import ClientHints
from console.gateway.endpoints import OperationName
from console.gateway.failures import ErrorType, Failure, ProviderRefusalError, WhyNext
from console.gateway.kept_text import answer_kept, body_row, prompt_hash, prompt_preview
from console.gateway.metrics import Metrics
from console.gateway.next_step import Step, judges_answers
from console.gateway.provider_message import message_in
from console.gateway.served_table import Served
from console.gateway.spending import Spending
from console.gateway.stream_tally import StreamTally
from console.gateway.target_health import Entered, TargetHealth
from console.gateway.usage import Usage
from console.routing.decision import Decision
from console.routing.facts import Facts
from console.traffic.recorded_decision import NEAR_MISSES_KEPT
from console.traffic.records import AttemptRow, FactsRow, RequestRow, Status, StreamEnd
from console.traffic.writer import LogWriter


class Stopwatch:
    """When something began: in Unix seconds, and on a clock that never jumps for durations."""

    def __init__(self) -> None:
        self.ts = time.time()
        self._begun = time.perf_counter()

    @property
    def ms(self) -> float:
        """Milliseconds since it began."""
        return (time.perf_counter() - self._begun) * 1000


class Recording:
    """One decided request. Begun when it is made, ended by the first of the endings called.

    `row` is the request as far as it is known. `gateway_overhead_ms` is its duration without the
    time attempts ran and without the waits before retries: what the gateway itself cost.
    """

    def __init__(
        self,
        log: LogWriter,
        served: Served,
        request_id: str,
        clock: Stopwatch,
        facts: Facts,
        decision: Decision,
        hints: ClientHints,
        metrics: Metrics,
        health: TargetHealth,
        operation: OperationName,
    ) -> None:
        self.decision = decision
        self.ended = False
        self._log = log
        self._metrics = metrics
        self._health = health
        self._entered: Entered | None = None
        self._served = served
        self._clock = clock
        self._attempt: AttemptRow | None = None
        self._attempt_clock = clock
        self._delivered: AttemptRow | None = None
        self._elsewhere_ms = 0.0
        capture = served.table.capture
        self.row = RequestRow(
            request_id=request_id,
            ts_start=clock.ts,
            table_version=decision.table_version,
            reason=decision.reason,
            operation_name=operation,
            client=facts.client,
            conversation_id=hints.conversation_id,
            client_retry_count=hints.retry_count,
            client_timeout_s=hints.timeout_s,
            task=decision.task,
            task_source=decision.task_source,
            request_model=facts.model or None,
            route=decision.route,
            rule_id=decision.rule,
            override_id=decision.override_id,
            rollout_bucket=served.router.rollout_bucket(decision, facts),
            stream=facts.stream,
            prompt_hash=prompt_hash(facts, log.hash_key),
            prompt_preview=prompt_preview(facts, capture),
        )
        self._spending = Spending(self.row, served.table.models, facts.input_tokens)
        log.begin(
            self.row,
            _facts_row(request_id, facts),
            decision,
            partial(served.router.explain_briefly, facts, decision, NEAR_MISSES_KEPT),
            body_row(request_id, facts, capture),
        )

    async def waited(self, pause: Awaitable[None]) -> None:
        """Await a pause before a retry, whose time is not the gateway's."""
        clock = Stopwatch()
        try:
            await pause
        finally:
            self._elsewhere_ms += clock.ms

    def attempt_begins(self, step: Step) -> None:
        """An attempt is about to be sent."""
        self._entered = self._health.enter(self._served.table, step.target.model)
        self.row.n_attempts += 1
        if step.kind == "fallback":
            self.row.n_fallbacks += 1
        elif step.kind == "escalation":
            self.row.escalated = True
            self.row.escalation_reason = self.row.escalation_reason or step.trigger
        self._attempt_clock = Stopwatch()
        self._attempt = AttemptRow(
            request_id=self.row.request_id,
            attempt_no=self.row.n_attempts,
            kind=step.kind,
            provider_name=step.target.provider,
            model=step.target.model,
            ts_start=self._attempt_clock.ts,
        )
        if self.row.stream:
            route = self._served.table.routes[step.route]
            self._attempt.held_back = judges_answers(route)

    def left_alone_s(self, model: str) -> float | None:
        """Return for how many seconds no attempt may be sent to `model`; None when one may be."""
        return self._health.left_alone_s(self._served.table, model)

    def target_failed(self, failure: Failure, *, is_to_blame: bool) -> None:
        """The attempt failed, and what comes next is about to be chosen.

        A target that failed because the client had no more time is not to blame.
        """
        self._tell_health(failure.error_type if is_to_blame else "client_abort", failure)

    def attempt_failed(self, failure: Failure, why_next: WhyNext | None) -> None:
        """The attempt failed; `why_next` says what comes of it, None that it was the last."""
        if self._attempt is not None:
            self._attempt.retry_after_s = failure.retry_after_s
            self._attempt.why_next = why_next
            self._attempt.error_message = failure.said
            if failure.answer_bytes:
                self._spending.of_part(self._attempt, failure.answer_bytes)
        self._attempt_ends(failure.http_status, failure.error_type)

    def attempt_refused(self, refused: ProviderRefusalError, why_next: WhyNext | None) -> None:
        """The provider blamed the request itself: no other attempt is made."""
        http_status = refused.status
        if self._attempt is not None:
            self._attempt.why_next = why_next
            self._attempt.error_message = message_in(refused.body)
        self._serves(http_status)
        self._attempt_ends(http_status, "upstream_4xx")

    def attempt_has_content(self) -> None:
        """The first content of a streamed attempt is there, be it held back or not."""
        if self._attempt is not None:
            self._attempt.time_to_first_chunk_ms = self._attempt_clock.ms

    def attempt_held_back(self, usage: Usage | None, why_next: WhyNext | None) -> AttemptRow:
        """The attempt's answer is not good enough; return its row, should it be delivered yet."""
        attempt = self._attempt
        assert attempt is not None
        attempt.why_next = why_next
        self._spending.of_attempt(attempt, usage)
        self._attempt_ends(200, None)
        return attempt

    def delivers(self, attempt: AttemptRow) -> None:
        """The client gets the answer that this attempt gave, which was held back before."""
        self._delivered = attempt

    def first_chunk(self) -> None:
        """The first content of a stream is about to be sent on."""
        self.row.time_to_first_chunk_ms = self._clock.ms
        self._serves(200)

    def refused(self, http_status: int) -> None:
        """The client is told of the provider's refusal, as `http_status` (200: in a stream)."""
        if http_status == 200:
            self.row.stream_end = "upstream_error"
        self._end("error", http_status, "upstream_4xx")

    def answered(self, usage: Usage | None, finish_reason: str | None, text: str | None) -> None:
        """A whole answer is about to be sent on."""
        self._serves(200)
        self._spending.of_answer(self._attempt, usage)
        self.row.finish_reason = finish_reason
        self._attempt_ends(200, None)
        self._end(self._success, 200, None, text)

    def streamed(self, tally: StreamTally, end: StreamEnd) -> None:
        """A stream was sent on to its proper end."""
        self.row.stream_end = end
        self._spending.of_answer(self._attempt, tally.usage)
        self.row.finish_reason = tally.finish_reason
        self._attempt_ends(200, None)
        self._end(self._success, 200, None, tally.text)

    def broke_off(self, tally: StreamTally, failure: Failure) -> None:
        """A stream failed after some of it had been sent on."""
        is_eof = failure.error_type == "eof_no_finish"
        self.row.stream_end = "eof_no_finish" if is_eof else "upstream_error"
        self._cut(tally)
        if self._attempt is not None:
            self._attempt.error_message = failure.said
        self._attempt_ends(200, failure.error_type)
        self._end("error", 200, failure.error_type, tally.text)

    def exhausted(self, http_status: int, last: Failure) -> None:
        """Every attempt failed; the client is told `http_status`, 200 in a stream under way."""
        if http_status == 200:
            self.row.stream_end = "upstream_error"
        self._end("error", http_status, last.error_type)

    def no_target(self, http_status: int) -> None:
        """No target was eligible, so nothing was attempted."""
        self._end("error", http_status, "no_eligible_target")

    def client_gone(self, tally: StreamTally | None) -> None:
        """The client hung up; `tally` is what its stream had carried, None before it began."""
        if self.row.stream:
            self.row.stream_end = "client_abort"
        if tally is not None:
            self._cut(tally)
        self._attempt_ends(None if tally is None else 200, "client_abort")
        text = tally.text if tally is not None else None
        self._end("client_cancelled", self.row.http_status, "client_abort", text)

    def failed_inside(
        self, error_type: ErrorType, http_status: int, tally: StreamTally | None
    ) -> None:
        """The gateway itself ended the request: it was stopped, or it has a bug."""
        if tally is not None:
            self._cut(tally)
        self._attempt_ends(None, error_type)
        self._end("error", self.row.http_status or http_status, error_type)

    @property
    def _success(self) -> Status:
        return "degraded" if self.row.n_fallbacks or self.row.escalated else "ok"

    def _serves(self, http_status: int) -> None:
        """Note the model under way as the one whose answer the client gets."""
        self.row.http_status = http_status
        attempt = self._delivered or self._attempt
        if attempt is not None:
            self.row.provider_name = attempt.provider_name
            self.row.response_model = attempt.model

    def _cut(self, tally: StreamTally) -> None:
        self.row.finish_reason = tally.finish_reason
        self._spending.of_cut_stream(self._attempt, tally)

    def _attempt_ends(self, http_status: int | None, error_type: ErrorType | None) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        self._tell_health(error_type)
        attempt.duration_ms = self._attempt_clock.ms
        attempt.http_status = http_status
        attempt.error_type = error_type
        self._elsewhere_ms += attempt.duration_ms
        self._log.attempt(attempt)
        self._metrics.attempt_ended(attempt, self.row)

    def _tell_health(self, error_type: ErrorType | None, failure: Failure | None = None) -> None:
        """Tell how the attempt went, once."""
        entered, self._entered = self._entered, None
        if entered is not None:
            wait_s = failure.retry_after_s if failure is not None else None
            self._health.ended(entered, error_type, wait_s)

    def _end(
        self,
        status: Status,
        http_status: int | None,
        error_type: ErrorType | None,
        text: str | None = None,
    ) -> None:
        if self.ended:
            return
        self.ended = True
        row = self.row
        row.status = status
        row.http_status = http_status
        row.error_type = error_type
        self._spending.settle()
        row.duration_ms = self._clock.ms
        row.gateway_overhead_ms = max(0.0, row.duration_ms - self._elsewhere_ms)
        self._log.finish(row, answer_kept(text, self._served.table.capture))
        self._metrics.request_ended(row, self._served.table)


def _facts_row(request_id: str, facts: Facts) -> FactsRow:
    return FactsRow(
        request_id=request_id,
        task=facts.task,
        model=facts.model,
        client=facts.client,
        tags=facts.tags,
        input_tokens=facts.input_tokens,
        max_output_tokens=facts.max_output_tokens,
        turns=facts.turns,
        hidden_chars=facts.hidden_chars,
        tools=facts.tools,
        images=facts.images,
        audio=facts.audio,
        stream=facts.stream,
        response_format=facts.response_format,
    )
