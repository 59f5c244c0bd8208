"""Chat completions: `POST /v1/chat/completions`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.gateway.answer_checks import AskedFormat, Said
from console.gateway.chat_answer import asked_format, said_in, whole_chat_answer
from console.gateway.chat_stream import ChatStream, SaidSoFar
from console.gateway.client_request import (
    ClientRequest,
    asks_for_stream,
    object_in,
    refused,
    rest_of,
)
from console.gateway.operation import OperationName
from console.gateway.sse import event
from console.gateway.stream_tally import StreamTally
from console.gateway.whole_answer import WholeAnswer
from console.json_text import encoded


class Chat:
    """The operation, as `operation.Operation` says."""

    name: Final[OperationName] = "chat"
    path: Final = "/chat/completions"

    def request(self, raw: bytes) -> ClientRequest:
        """Read a body, and have it ask for the usage of a stream in any case."""
        body = object_in(raw)
        messages = body.get("messages")
        if messages is None:
            raise refused("The body has no `messages`.", "missing_required_parameter", "messages")
        if not isinstance(messages, list):
            raise refused("`messages` must be a list.", "invalid_type", "messages")
        stream = asks_for_stream(body)
        options = body.get("stream_options")
        if options is not None and not isinstance(options, dict):
            raise refused("`stream_options` must be an object.", "invalid_type", "stream_options")
        if not stream:
            return ClientRequest(body, rest_of(body), stream)
        asking = {"stream_options": {**(options or {}), "include_usage": True}}
        usage_asked = options is not None and options.get("include_usage") is True
        return ClientRequest(body, rest_of(body, asking), stream, usage_asked)

    def whole(self, raw: bytes, model: str) -> WholeAnswer:
        """Read a chat completion."""
        return whole_chat_answer(raw, model)

    def said_in(self, answer: WholeAnswer) -> Sequence[Said]:
        """Return what each choice says."""
        return said_in(answer.document)

    def asked_format(self, body: Mapping[str, Any]) -> AskedFormat:
        """Return what `response_format` asks for."""
        return asked_format(body)

    def reading(
        self, request: ClientRequest, *, keep_text_bytes: int, is_judged: bool
    ) -> ChatStream:
        """Return what reads a stream of chunks."""
        return ChatStream(
            StreamTally(keep_text_bytes=keep_text_bytes),
            usage_asked=request.usage_asked,
            said=SaidSoFar() if is_judged else None,
        )

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return an event that is the error object."""
        return event(encoded(document))
