"""Chat completions: `POST /v1/chat/completions`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.gateway.answer_checks import AskedFormat, Said
from console.gateway.chat_answer import asked_format, finish_reason_of, said_in, text_of
from console.gateway.chat_stream import ChatStreaming
from console.gateway.client_request import (
    ClientRequest,
    asks_for_stream,
    object_in,
    refused,
    rest_of,
)
from console.gateway.endpoints import OperationName
from console.gateway.failures import AttemptError, Failure
from console.gateway.usage import usage_in
from console.gateway.whole_answer import WholeAnswer, answer_object, renamed


class Chat:
    """The operation, as `operation.Operation` says."""

    name: Final[OperationName] = "chat"
    most_answer_bytes: Final = None

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
            return ClientRequest(body, rest_of(body))
        asking = {"stream_options": {**(options or {}), "include_usage": True}}
        usage_asked = options is not None and options.get("include_usage") is True
        return ClientRequest(body, rest_of(body, asking), ChatStreaming(usage_asked=usage_asked))

    def whole(self, raw: bytes, model: str) -> WholeAnswer:
        """Read a chat completion; the log keeps what its first choice says."""
        answer = answer_object(raw)
        choices = answer.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise AttemptError(Failure("bad_answer", 200))
        body, first = renamed(answer, model), choices[0]
        reason, text = finish_reason_of(first), text_of(first)
        return WholeAnswer(body, usage_in(answer), reason, text, answer)

    def said_in(self, answer: WholeAnswer, /) -> Sequence[Said]:
        """Return what each choice says."""
        return said_in(answer.document)

    def asked_format(self, body: Mapping[str, Any], /) -> AskedFormat:
        """Return what `response_format` asks for."""
        return asked_format(body)
