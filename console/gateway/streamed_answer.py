"""An answer in pieces: held back until it has begun in earnest, then sent on as it comes.

Until the first content chunk nothing has reached the client, so a failure can still be mended by
another attempt. After it, a failure can only be told.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Self

import msgspec

from console.gateway.endpoints import Endpoint, OperationName
from console.gateway.failures import AttemptError, Failure, FailureType
from console.gateway.sse import DONE, EventReader, EventTooLongError
from console.gateway.stream_reading import StreamReading
from console.gateway.upstream import ProviderAnswer, Upstream
from console.json_text import NotJsonError, decoded
from console.traffic.records import StreamEnd


class StreamedAnswer:
    """A provider's stream that has begun; made by `open_stream`, closed by whoever took it."""

    def __init__(
        self,
        answer: ProviderAnswer,
        endpoint: Endpoint,
        reading: StreamReading,
        *,
        deadline: float,
    ) -> None:
        self.reading = reading
        self.tally = reading.tally
        self.end: StreamEnd | None = None
        """How the stream ended; None while it has not, or where it failed."""
        self._answer = answer
        self._endpoint = endpoint
        self._deadline = deadline
        self._events = EventReader(reading.most_event_bytes)
        self._held: list[bytes] = []
        self._has_events = False
        self._broken: AttemptError | None = None
        """A failure met after events that are still to be sent on."""

    async def hold_until_begun(self) -> Self:
        """Read as far as the first content. Raises `AttemptError` where there is none."""
        while not self.tally.has_begun:
            part = await self._next_part()
            if self._broken is not None:
                raise self._broken
            if part is None:
                raise AttemptError(Failure("eof_no_finish", 200))
            self._held.append(part)
        return self

    async def parts(self) -> AsyncGenerator[bytes, None]:
        """Yield what the client is sent, event by event or several at once, without what closes it.

        Raises `AttemptError` where the stream breaks off; what was yielded before stands.
        """
        held, self._held = b"".join(self._held), []
        if held:
            yield held
        while (part := await self._next_part()) is not None:
            if part:
                yield part

    def failed(self, error: AttemptError) -> AttemptError:
        """Return the error with how much of the answer had come before it."""
        size = self.tally.text_bytes
        return AttemptError(msgspec.structs.replace(error.failure, answer_bytes=size))

    async def aclose(self) -> None:
        """Let go of the provider's connection, cutting off an answer that is still under way."""
        await self._answer.aclose(drain=self.end is not None)

    async def _next_part(self) -> bytes | None:
        """Return the next events, ready to be sent; None once the stream has ended as it should."""
        if self._broken is not None:
            raise self._broken
        if self.end is not None:
            return None
        try:
            async with asyncio.timeout_at(self._deadline):
                data = await self._answer.part()
        except TimeoutError:
            raise AttemptError(Failure("timeout", 200)) from None
        if data is None:
            return self._last_part()
        try:
            return self._taken(self._events.feed(data))
        except EventTooLongError:
            raise AttemptError(Failure("answer_too_large", 200)) from None

    def _last_part(self) -> bytes | None:
        """Judge the end of a stream that nothing closed; return what is still to be sent."""
        rest = self._taken(self._events.finish())
        if self.end is None and self._broken is None:
            if self.tally.finish_reason is None:
                is_stream = self._has_events or self._answer.is_event_stream
                kind: FailureType = "eof_no_finish" if is_stream else "bad_answer"
                self._broken = AttemptError(Failure(kind, 200))
            else:
                self.end = "finish_no_done"
        if self._broken is not None and not rest:
            raise self._broken
        return rest or None

    def _taken(self, payloads: list[bytes]) -> bytes:
        """Count and rewrite the events of one read, as far as the first that is none."""
        sent: list[bytes] = []
        reading = self.reading
        for payload in payloads:
            if payload.strip() == DONE:
                if not reading.ends_with_done:
                    continue
                self.end = "done"
                break
            if not payload:
                continue
            self._has_events = True
            try:
                shown = self._shown(payload)
            except AttemptError as failed:
                self._broken = failed
                break
            if shown is not None:
                sent.append(shown)
            if reading.is_over:
                self.end = "done"
                break
        return b"".join(sent)

    def _shown(self, payload: bytes) -> bytes | None:
        try:
            document = decoded(self._endpoint.without_key(payload))
            if not isinstance(document, dict):
                raise AttemptError(Failure("bad_answer", 200))
            return self.reading.sent(document, self._endpoint.model)
        except NotJsonError:
            raise AttemptError(Failure("bad_answer", 200)) from None


async def open_stream(
    upstream: Upstream,
    endpoint: Endpoint,
    operation: OperationName,
    content: bytes,
    reading: StreamReading,
    *,
    timeout_s: float,
    first_chunk_timeout_s: float,
) -> StreamedAnswer:
    """Make one attempt and return its stream once the first content is there.

    `timeout_s` bounds the whole answer, `first_chunk_timeout_s` the time to its first content.
    Raises `AttemptError` or `ProviderRefusalError`, and then has let go of the connection.
    """
    now = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(now + min(first_chunk_timeout_s, timeout_s)):
            answer = await upstream.open(endpoint, operation, content)
            stream = StreamedAnswer(answer, endpoint, reading, deadline=now + timeout_s)
            try:
                if answer.is_json:
                    raise AttemptError(Failure("bad_answer", 200))
                return await stream.hold_until_begun()
            except AttemptError as failed:
                await stream.aclose()
                raise stream.failed(failed) from None
            except BaseException:
                await stream.aclose()
                raise
    except TimeoutError:
        raise AttemptError(Failure("timeout")) from None
