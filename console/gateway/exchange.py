"""Answers requests of every operation: one is read, decided, carried out, and told how it went."""

import asyncio
import logging
import math
import traceback
from collections.abc import Mapping
from contextlib import aclosing
from functools import partial
from typing import Any

from starlette.types import Receive, Scope, Send

from console.gateway.access import client_of
from console.gateway.attempts import AnyStream, Attempts
from console.gateway.client_connection import ClientGone, WhileClientStays, read_body
from console.gateway.client_hints import client_hints, header_texts, routing_headers
from console.gateway.client_request import ClientRequest
from console.gateway.dispatch import dispatch
from console.gateway.failures import AttemptError, ErrorType, ExhaustedError, ProviderRefusalError
from console.gateway.keep_alive import KeepAlive, silence_s
from console.gateway.kept_text import answer_bytes_kept
from console.gateway.openai_errors import RefusalError, error_object
from console.gateway.operation import Operation
from console.gateway.recording import Recording, Stopwatch
from console.gateway.reply import DO_NOT_RETRY, RawHeaders, Reply, route_headers
from console.gateway.served_table import Served
from console.gateway.service import Service
from console.gateway.stream_tally import StreamTally
from console.gateway.time_left import time_left
from console.gateway.uuid7 import uuid7
from console.gateway.web_pages import refuse_web_pages
from console.inert import inert
from console.json_text import decoded, encoded
from console.routing.decision import Decision, SkipReason, Target
from console.routing.facts import Facts, draw_facts

_log = logging.getLogger(__name__)


class OperationEndpoint:
    """The ASGI application behind the address of one operation."""

    def __init__(self, service: Service, operation: Operation) -> None:
        self._service = service
        self._operation = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        task = asyncio.current_task()
        assert task is not None
        self._service.running.add(task)
        try:
            await Exchange(self._service, self._operation, scope, receive, send).run()
        finally:
            self._service.running.discard(task)


class Exchange:
    """One request and its answer, under the version of the table that served when it came in."""

    def __init__(
        self,
        service: Service,
        operation: Operation,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._clock = Stopwatch()
        self._operation = operation
        self._service = service
        self._served: Served = service.tables.current
        self._request_id = uuid7()
        self._raw_headers: list[tuple[bytes, bytes]] = scope["headers"]
        self._receive = receive
        self._client = client_of(scope)
        self._reply = Reply(send, self._request_id, self._served.title, service.log.durable)
        self._recording: Recording | None = None
        self._attempts: Attempts | None = None

    async def run(self) -> None:
        """Answer the request, whatever happens; nothing that was begun stays without an end."""
        try:
            await self._run()
        except RefusalError as refusal:
            self._service.metrics.request_refused(refusal.status, refusal.code)
            await self._reply.refused(refusal)
        except ClientGone:
            if self._recording is not None:
                self._recording.client_gone(self._tally)
        except asyncio.CancelledError:
            await self._end_inside("gateway_stopped", 503, "The gateway is being stopped.")
            raise
        except Exception as error:
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error(
                "request %s failed inside the gateway: %s\n%s",
                self._request_id,
                type(error).__name__,
                inert(where, keep_newlines=True),
            )
            await self._end_inside("internal", 500, "The gateway failed on this request.")

    async def _run(self) -> None:
        headers = header_texts(self._raw_headers)
        refuse_web_pages(headers)
        raw = await read_body(self._receive, headers)
        request = self._operation.request(raw)
        facts = _facts_of(request, routing_headers(headers), self._client)
        decision = self._served.router.decide(facts, self._clock.ts, self._skips())
        hints = client_hints(headers, request.body)
        recording = self._recording = Recording(
            self._service.log,
            self._served,
            self._request_id,
            self._clock,
            facts,
            decision,
            hints,
            self._service.metrics,
            self._service.health,
            self._operation.name,
        )
        async with WhileClientStays(self._receive, lambda: self._reply.is_over):
            if decision.error is not None:
                await self._tell_no_target(recording, decision)
            else:
                await self._carry_out(recording, request, facts, hints.timeout_s)

    async def _carry_out(
        self, recording: Recording, request: ClientRequest, facts: Facts, patience_s: float | None
    ) -> None:
        def targets_of(route: str) -> tuple[Target, ...]:
            return self._served.targets_of(route, facts, self._clock.ts, self._skips())

        until = time_left(patience_s, self._clock.ms / 1000)
        attempts = self._attempts = Attempts(
            self._operation,
            self._service.upstream,
            request,
            until,
            keep_text_bytes=answer_bytes_kept(self._served.table.capture),
            on_content=recording.attempt_has_content,
        )
        go = partial(dispatch, self._served, recording, targets_of=targets_of, time_left=until)
        try:
            if request.streaming is not None:
                with KeepAlive(
                    self._reply, lambda: route_headers(recording.row), silence_s(patience_s)
                ):
                    stream = await go(attempts.stream, judge=attempts.judge_stream)
                    await self._send_stream(recording, stream)
            else:
                answer = await go(attempts.whole, judge=attempts.judge_whole)
                recording.answered(answer.usage, answer.finish_reason, answer.text)
                await self._reply.json(200, answer.body, route_headers(recording.row))
        except ProviderRefusalError as refused:
            await self._tell_refusal(recording, refused)
        except ExhaustedError as exhausted:
            await self._tell_exhausted(recording, exhausted)

    async def _send_stream(self, recording: Recording, stream: AnyStream) -> None:
        """Send a stream that has begun; what fails from here on can only be told."""
        try:
            recording.first_chunk()
            await self._reply.begin_stream(route_headers(recording.row))
            async with aclosing(stream.parts()) as parts:
                async for part in parts:
                    await self._reply.part(part)
            recording.streamed(stream.tally, stream.end or "done")
            await self._reply.end_stream(stream.reading.last)
        except AttemptError as failed:
            kind = failed.failure.error_type
            recording.broke_off(stream.tally, failed.failure)
            told = error_object("The provider's stream broke off.", "upstream_error", kind)
            await self._reply.end_stream(stream.reading.error_event(told))
        finally:
            await stream.aclose()

    async def _tell_refusal(self, recording: Recording, refused: ProviderRefusalError) -> None:
        if self._reply.has_begun:
            recording.refused(200)
            await self._reply.end_stream(self._error_event(decoded(refused.body)))
        else:
            recording.refused(refused.status)
            await self._reply.json(refused.status, refused.body, route_headers(recording.row))

    async def _tell_exhausted(self, recording: Recording, exhausted: ExhaustedError) -> None:
        told = exhausted.own_error
        if told is None:
            kind = exhausted.last.error_type
            told = encoded(error_object(exhausted.sentence, "upstream_error", kind))
        if self._reply.has_begun:
            recording.exhausted(200, exhausted.last)
            await self._reply.end_stream(self._error_event(decoded(told)))
            return
        recording.exhausted(exhausted.status, exhausted.last)
        headers = [*route_headers(recording.row), DO_NOT_RETRY, *_retry_after(exhausted)]
        await self._reply.json(exhausted.status, told, headers)

    def _skips(self) -> Mapping[str, SkipReason]:
        """Return the models that are left out now: without a key, or left alone to recover."""
        return self._service.health.skips(self._served.table, self._served.missing_keys)

    async def _tell_no_target(self, recording: Recording, decision: Decision) -> None:
        recording.no_target(503)
        skips = ", ".join(f"{t.model} ({t.skipped})" for t in decision.targets)
        message = f"No model of route {decision.route} may take this request: {skips}."
        body = encoded(error_object(message, "gateway_error", "no_eligible_target"))
        wait_s = self._service.health.wait_s(self._served.table, decision.targets)
        # Nothing was tried, so another try later may well do.
        last = DO_NOT_RETRY if wait_s is None else (b"retry-after", str(wait_s).encode())
        await self._reply.json(503, body, [*route_headers(recording.row), last])

    async def _end_inside(self, code: ErrorType, status: int, message: str) -> None:
        """End a request that the gateway itself keeps from its answer, as far as it still can."""
        headers: RawHeaders = []
        if self._recording is not None:
            told = 200 if self._reply.has_begun else status
            self._recording.failed_inside(code, told, self._tally)
            headers = route_headers(self._recording.row)
        if self._reply.is_over:
            return
        if self._reply.has_begun:
            document = error_object(message, "upstream_error", code)
            await self._reply.end_stream(self._error_event(document))
        else:
            body = encoded(error_object(message, "gateway_error", code))
            await self._reply.json(status, body, headers)

    def _error_event(self, document: dict[str, Any]) -> bytes:
        """Return what tells of an error in a stream that was opened; nothing where none was."""
        return b"" if self._attempts is None else self._attempts.error_event(document)

    @property
    def _tally(self) -> StreamTally | None:
        return self._attempts.tally if self._attempts is not None else None


def _facts_of(request: ClientRequest, headers: dict[str, str], client: str | None) -> Facts:
    try:
        return draw_facts(request.body, headers, client)
    except RecursionError:
        raise RefusalError(400, "The body is nested too deeply.", code="invalid_json") from None


def _retry_after(exhausted: ExhaustedError) -> RawHeaders:
    """Tell when to come back, rounded up to whole seconds, where every provider was too busy."""
    if exhausted.status not in (429, 503) or exhausted.retry_after_s is None:
        return []
    return [(b"retry-after", str(math.ceil(exhausted.retry_after_s)).encode())]
