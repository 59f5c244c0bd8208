"""An answer that comes in one piece: asked for within its time, and read by its operation."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from console.gateway.endpoints import Endpoint, OperationName
from console.gateway.failures import AttemptError, Failure
from console.gateway.provider_message import error_inside
from console.gateway.upstream import Upstream
from console.gateway.usage import Usage
from console.json_text import NotJsonError, decoded, encoded


class WholeAnswer(NamedTuple):
    """What the client is sent, what the log keeps of it, and what it is judged by."""

    body: bytes
    usage: Usage | None
    finish_reason: str | None
    text: str | None
    document: Mapping[str, Any]


async def ask_for_whole_answer(
    upstream: Upstream,
    endpoint: Endpoint,
    operation: OperationName,
    content: bytes,
    timeout_s: float,
    at_most: int | None = None,
) -> bytes:
    """Make one attempt and return its bytes. Raises `AttemptError` or `ProviderRefusalError`."""
    try:
        async with asyncio.timeout(timeout_s):
            answer = await upstream.open(endpoint, operation, content)
            try:
                return await answer.whole(at_most)
            finally:
                await answer.aclose()
    except TimeoutError:
        raise AttemptError(Failure("timeout")) from None


def answer_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object that an answer is. Raises `AttemptError`, also where it is an error.

    Some providers tell their errors with a status of 200.
    """
    try:
        answer = decoded(raw)
    except NotJsonError:
        raise AttemptError(Failure("bad_answer", 200)) from None
    if not isinstance(answer, dict):
        raise AttemptError(Failure("bad_answer", 200))
    if answer.get("error"):
        raise error_inside(answer["error"])
    return answer


def renamed(answer: dict[str, Any], model: str) -> bytes:
    """Return an answer as the client gets it, its `model` being the table's name for it."""
    answer["model"] = model
    try:
        return encoded(answer)
    except NotJsonError:
        raise AttemptError(Failure("bad_answer", 200)) from None
