"""Makes the attempts of one request within the time it has left, and judges the answers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console.gateway.answer_checks import Said, first_trigger
from console.gateway.client_request import ClientRequest
from console.gateway.dispatch import Verdict
from console.gateway.endpoints import Endpoint
from console.gateway.failures import AttemptError
from console.gateway.held_stream import HeldStream
from console.gateway.next_step import judges_answers
from console.gateway.operation import Operation
from console.gateway.stream_tally import StreamTally
from console.gateway.streamed_answer import StreamedAnswer, open_stream
from console.gateway.time_left import TimeLeft
from console.gateway.upstream import Upstream
from console.gateway.usage import Usage
from console.gateway.whole_answer import WholeAnswer, ask_for_whole_answer
from console.table.model import Route

AnyStream = StreamedAnswer | HeldStream


class Attempts:
    """The attempts of one request. `on_content` is told when a stream's first content is there.

    A whole answer, and a stream that is held back, must be there by the end of the time left. Of a
    stream that is sent on as it comes only the beginning must: a client that reads is not waiting.
    """

    def __init__(
        self,
        operation: Operation,
        upstream: Upstream,
        request: ClientRequest,
        time_left: TimeLeft,
        *,
        keep_text_bytes: int,
        on_content: Callable[[], None],
    ) -> None:
        self._operation = operation
        self._upstream = upstream
        self._request = request
        self._time_left = time_left
        self._keep_text_bytes = keep_text_bytes
        self._on_content = on_content
        self._stream: AnyStream | None = None

    @property
    def tally(self) -> StreamTally | None:
        """What the stream of the attempt under way has carried; None before its first content."""
        return self._stream.tally if self._stream is not None else None

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return what tells of an error in the client's stream, however far it has come.

        That is nothing where the answer is no stream.
        """
        stream = self._stream
        teller = self._request.streaming if stream is None else stream.reading
        return b"" if teller is None else teller.error_event(document)

    async def whole(self, endpoint: Endpoint, route: Route) -> WholeAnswer:
        """Ask for an answer in one piece. Raises as `dispatch.Attempt` does."""
        content = self._request.sent_as(endpoint.quoted_name)
        timeout_s = self._time_left.cut(route.timeout_s)
        operation = self._operation
        raw = await ask_for_whole_answer(
            self._upstream,
            endpoint,
            operation.name,
            content,
            timeout_s,
            operation.most_answer_bytes,
        )
        return operation.whole(raw, endpoint.model)

    async def stream(self, endpoint: Endpoint, route: Route) -> AnyStream:
        """Ask for a stream: begun, or whole where the route judges answers. Raises likewise."""
        self._stream = None
        streaming = self._request.streaming
        assert streaming is not None, "only who asked for a stream gets one"
        held = judges_answers(route)
        cut = self._time_left.cut
        first_chunk_s = route.first_chunk_timeout_s
        stream = await open_stream(
            self._upstream,
            endpoint,
            self._operation.name,
            self._request.sent_as(endpoint.quoted_name),
            streaming.reading(keep_text_bytes=self._keep_text_bytes, is_judged=held),
            timeout_s=cut(route.timeout_s) if held else route.timeout_s,
            first_chunk_timeout_s=cut(route.timeout_s if first_chunk_s is None else first_chunk_s),
        )
        self._stream = stream
        self._on_content()
        if not held:
            return stream
        try:
            self._stream = await HeldStream.of(stream)
        except AttemptError:
            self._stream = None
            raise
        return self._stream

    async def judge_whole(self, answer: WholeAnswer, route: Route) -> Verdict | None:
        """Check an answer by what its route escalates on."""
        return await self._verdict(self._operation.said_in(answer), answer.usage, route)

    async def judge_stream(self, answer: AnyStream, route: Route) -> Verdict | None:
        """Check a stream that was held back likewise."""
        return await self._verdict(answer.reading.said(), answer.tally.usage, route)

    async def _verdict(
        self, said: Sequence[Said], usage: Usage | None, route: Route
    ) -> Verdict | None:
        if route.escalate is None:
            return None
        asked = self._operation.asked_format(self._request.body)
        trigger = await first_trigger(route.escalate.on, said, asked)
        return None if trigger is None else Verdict(trigger, usage)
