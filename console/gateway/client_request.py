"""A client's body: read once, judged, and made ready to be sent upstream."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from console.gateway.openai_errors import RefusalError
from console.gateway.stream_reading import Streaming
from console.json_text import NotJsonError, decoded, encoded

MAX_BODY_BYTES = 10 * 1024 * 1024
"""What a request may weigh; images are sent inline and take megabytes."""

NEVER_SENT_ON = ("api_base", "base_url", "api_key", "extra_headers", "fallbacks")
"""Fields by which other gateways let a caller name the upstream, its key or its fallbacks. Here
only the table does."""

_NOTHING: Mapping[str, Any] = {}


class ClientRequest(NamedTuple):
    """A request that may be routed.

    `rest` is the JSON sent upstream without its opening brace and without `model`, so that each
    attempt only puts its own model's name before it. `streaming` is None where the answer is to
    come in one piece.
    """

    body: dict[str, Any]
    rest: bytes
    streaming: Streaming | None = None

    def sent_as(self, quoted_model: bytes) -> bytes:
        """Return the body upstream gets; `quoted_model` is the model's name as JSON text."""
        return b'{"model":' + quoted_model + b"," + self.rest


def object_in(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that a body is. Raises `RefusalError` (400)."""
    try:
        body = decoded(raw)
    except NotJsonError as problem:
        raise refused(f"The body is not JSON: {problem}.", "invalid_json") from None
    if not isinstance(body, dict):
        raise refused("The body must be a JSON object.", "invalid_type")
    if not isinstance(body.get("model", ""), str):
        raise refused("`model` must be text.", "invalid_type", "model")
    return body


def asks_for_stream(body: Mapping[str, Any]) -> bool:
    """Tell whether a body asks for its answer in pieces. Raises `RefusalError` (400)."""
    stream = body.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise refused("`stream` must be true or false.", "invalid_type", "stream")
    return bool(stream)


def refuse_messages(body: Mapping[str, Any]) -> None:
    """Refuse a body that has `messages` beside its `input`: rules would read them instead of it."""
    if body.get("messages") is not None:
        message = "`messages` belong to chat completions: what is asked here stands in `input`."
        raise refused(message, "unsupported_parameter", "messages")


def rest_of(body: Mapping[str, Any], changes: Mapping[str, Any] = _NOTHING) -> bytes:
    """Return what is sent on of a body (see `ClientRequest.rest`), with `changes` over it.

    Raises `RefusalError` (400) where it cannot be written.
    """
    sent = {
        field: value
        for field, value in body.items()
        if field != "model" and field not in NEVER_SENT_ON
    }
    if changes:
        sent.update(changes)
    try:
        return encoded(sent)[1:]
    except NotJsonError as problem:
        raise refused(f"The body cannot be sent on: {problem}.", "invalid_json") from None


def refused(message: str, code: str, param: str | None = None) -> RefusalError:
    """Return the error that tells a client what of its body cannot be taken, and why."""
    return RefusalError(400, message, code=code, param=param)
