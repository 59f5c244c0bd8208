"""A client's chat-completions body: read once, judged, and made ready to be sent upstream."""

from typing import Any, NamedTuple

from console.gateway.openai_errors import RefusalError
from console.json_text import NotJsonError, decoded, encoded

MAX_BODY_BYTES = 10 * 1024 * 1024
"""What a request may weigh; images are sent inline and take megabytes."""

NEVER_SENT_ON = ("api_base", "base_url", "api_key", "extra_headers", "fallbacks")
"""Fields by which other gateways let a caller name the upstream, its key or its fallbacks. Here
only the table does."""


class ChatRequest(NamedTuple):
    """A request that may be routed.

    `rest` is the JSON sent upstream without its opening brace and without `model`, so that each
    attempt only puts its own model's name before it. `usage_asked` says whether the client itself
    asked for the usage of its stream.
    """

    body: dict[str, Any]
    rest: bytes
    stream: bool
    usage_asked: bool

    def sent_as(self, quoted_model: bytes) -> bytes:
        """Return the body upstream gets; `quoted_model` is the model's name as JSON text."""
        return b'{"model":' + quoted_model + b"," + self.rest


def read_chat_request(raw: bytes) -> ChatRequest:
    """Read a body. Raises `RefusalError` (400), naming the field that is to blame.

    Only what the gateway itself needs is judged here; the rest is for the provider to judge.
    """
    body = _object(raw)
    messages = body.get("messages")
    if messages is None:
        raise _refused("The body has no `messages`.", "missing_required_parameter", "messages")
    if not isinstance(messages, list):
        raise _refused("`messages` must be a list.", "invalid_type", "messages")
    if not isinstance(body.get("model", ""), str):
        raise _refused("`model` must be text.", "invalid_type", "model")
    stream = body.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise _refused("`stream` must be true or false.", "invalid_type", "stream")
    options = body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise _refused("`stream_options` must be an object.", "invalid_type", "stream_options")
    usage_asked = isinstance(options, dict) and options.get("include_usage") is True
    return ChatRequest(body, _rest(body, bool(stream)), bool(stream), usage_asked)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = decoded(raw)
    except NotJsonError as problem:
        raise _refused(f"The body is not JSON: {problem}.", "invalid_json") from None
    if not isinstance(body, dict):
        raise _refused("The body must be a JSON object.", "invalid_type")
    return body


def _rest(body: dict[str, Any], stream: bool) -> bytes:
    sent = {
        field: value
        for field, value in body.items()
        if field != "model" and field not in NEVER_SENT_ON
    }
    if stream:
        sent["stream_options"] = {**(sent.get("stream_options") or {}), "include_usage": True}
    try:
        return encoded(sent)[1:]
    except NotJsonError as problem:
        raise _refused(f"The body cannot be sent on: {problem}.", "invalid_json") from None


def _refused(message: str, code: str, param: str | None = None) -> RefusalError:
    return RefusalError(400, message, code=code, param=param)
