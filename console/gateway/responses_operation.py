"""Responses: `POST /v1/responses`, as far as they need nothing that one provider keeps.

The gateway chooses a provider for each request, by rules that see what stands in its body. What
lives at one provider can neither be seen by them nor be found at another; who names it is told so.
`store` passes: a provider may keep a copy, and the answer is whole without it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from console.gateway.answer_checks import AskedFormat, Said, format_asked
from console.gateway.client_request import (
    ClientRequest,
    asks_for_stream,
    object_in,
    refuse_messages,
    refused,
    rest_of,
)
from console.gateway.endpoints import OperationName
from console.gateway.responses_answer import said_in, whole_response
from console.gateway.responses_stream import ResponsesStreaming
from console.gateway.whole_answer import WholeAnswer

_KEPT_ELSEWHERE = (
    "names something that one provider keeps, and this gateway chooses a provider for each request,"
    " by rules that see only what stands in it."
)

_NOT_TAKEN: Mapping[str, str] = {
    "previous_response_id": f"`previous_response_id` {_KEPT_ELSEWHERE} Give the earlier turns in"
    " `input`.",
    "conversation": f"`conversation` {_KEPT_ELSEWHERE} Give the earlier turns in `input`.",
    "prompt": f"`prompt` {_KEPT_ELSEWHERE} Give its text in `instructions` or in `input`.",
    "background": "An answer made in the background is to be fetched later from the provider that"
    " makes it, which cannot be done through this gateway: `background` can only be false.",
}

_STREAMING = ResponsesStreaming()


class Responses:
    """The operation, as `operation.Operation` says."""

    name: Final[OperationName] = "responses"
    most_answer_bytes: Final = None

    def request(self, raw: bytes) -> ClientRequest:
        """Read a body, and refuse what could not be answered by any provider of a route."""
        body = object_in(raw)
        for field, why in _NOT_TAKEN.items():
            if body.get(field) not in (None, False):
                raise refused(why, "unsupported_parameter", field)
        given = body.get("input")
        if given is None:
            raise refused("The body has no `input`.", "missing_required_parameter", "input")
        if not isinstance(given, (str, list)):
            raise refused("`input` must be a text or a list of items.", "invalid_type", "input")
        refuse_messages(body)
        _refuse_references(given)
        streaming = _STREAMING if asks_for_stream(body) else None
        return ClientRequest(body, rest_of(body), streaming)

    def whole(self, raw: bytes, model: str) -> WholeAnswer:
        """Read a response."""
        return whole_response(raw, model)

    def said_in(self, answer: WholeAnswer, /) -> Sequence[Said]:
        """Return what the response says as a whole."""
        return said_in(answer.document)

    def asked_format(self, body: Mapping[str, Any], /) -> AskedFormat:
        """Return what `text.format` asks for."""
        text = body.get("text")
        wanted = text.get("format") if isinstance(text, dict) else None
        if not isinstance(wanted, dict):
            return AskedFormat(json=False)
        return format_asked(wanted.get("type"), wanted)


def _refuse_references(given: str | list[Any]) -> None:
    """Refuse items that only name others. Their type may be left out, and then all but `id` is."""
    for number, item in enumerate(given if isinstance(given, list) else ()):
        if isinstance(item, dict) and (
            item.get("type") == "item_reference" or {k for k, v in item.items() if v} == {"id"}
        ):
            place = f"input[{number}]"
            raise refused(
                f"`{place}` {_KEPT_ELSEWHERE} Give the item itself.", "unsupported_parameter", place
            )
