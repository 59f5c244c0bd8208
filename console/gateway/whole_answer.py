"""An answer that comes in one piece: read, judged, and told under the name of the table's model."""

import asyncio
from typing import Any, NamedTuple

from console.gateway.endpoints import Endpoint
from console.gateway.failures import AttemptError, Failure
from console.gateway.provider_message import message_of_error
from console.gateway.upstream import Upstream
from console.gateway.usage import Usage, usage_in
from console.json_text import NotJsonError, decoded, encoded


class WholeAnswer(NamedTuple):
    """What the client is sent, what the log keeps of it, and what it is judged by."""

    body: bytes
    usage: Usage | None
    finish_reason: str | None
    text: str | None
    document: dict[str, Any]


async def ask_for_whole_answer(
    upstream: Upstream, endpoint: Endpoint, content: bytes, timeout_s: float
) -> WholeAnswer:
    """Make one attempt. Raises `AttemptError` or `ProviderRefusalError`."""
    try:
        async with asyncio.timeout(timeout_s):
            answer = await upstream.open(endpoint, content)
            try:
                raw = await answer.whole()
            finally:
                await answer.aclose()
    except TimeoutError:
        raise AttemptError(Failure("timeout")) from None
    return _judged(raw, endpoint.model)


def _judged(raw: bytes, model: str) -> WholeAnswer:
    try:
        answer = decoded(raw)
    except NotJsonError:
        raise AttemptError(Failure("bad_answer", 200)) from None
    if not isinstance(answer, dict):
        raise AttemptError(Failure("bad_answer", 200))
    if answer.get("error"):
        said = message_of_error(answer["error"])
        raise AttemptError(Failure("upstream_error", 200, said=said))
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise AttemptError(Failure("bad_answer", 200))
    answer["model"] = model
    try:
        body = encoded(answer)
    except NotJsonError:
        raise AttemptError(Failure("bad_answer", 200)) from None
    first = choices[0]
    return WholeAnswer(body, usage_in(answer), finish_reason_of(first), _text_of(first), answer)


def finish_reason_of(choice: dict[str, Any]) -> str | None:
    """Return why a choice ended, as its provider says; None while it has not."""
    reason = choice.get("finish_reason")
    return reason[:64] if isinstance(reason, str) and reason else None


def _text_of(choice: dict[str, Any]) -> str | None:
    message = choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else None
