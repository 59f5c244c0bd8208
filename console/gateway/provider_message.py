"""What a provider or the way to it says of a failure, apart from the kind it was.

Its message is for the log. Its error as a whole may be told to the client in the end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from console.gateway.failures import AttemptError, Failure
from console.json_text import NotJsonError, decoded, encoded

MOST_CHARACTERS = 2_000
"""More than the log keeps, so that keys are taken out of a message before it is cut."""

MOST_READ_BYTES = 64 * 1024
READ_WITHIN_S = 0.5
"""How much of an error's body is read, and for how long: the next attempt waits for it."""


def message_in(body: bytes) -> str | None:
    """Return the message of an error's body: OpenAI's, or what there is as text; None if empty."""
    try:
        told = decoded(body)
    except NotJsonError:
        told = None
    return message_of_error(told["error"] if isinstance(told, dict) and "error" in told else body)


def message_of_error(error: Any) -> str | None:
    """Return what the `error` of an answer says, whatever its shape; None where it says nothing."""
    said = error.get("message") if isinstance(error, dict) else error
    if isinstance(said, bytes):
        said = said.decode("utf-8", "replace")
    elif not isinstance(said, str):
        said = str(error)
    return said.strip()[:MOST_CHARACTERS] or None


def message_of_transport(error: BaseException) -> str:
    """Return what was raised where no answer came, by its kind and its own words."""
    return f"{type(error).__name__}: {error}"[:MOST_CHARACTERS].rstrip(": ")


def own_error(body: bytes) -> bytes | None:
    """Return an error's body where it is one in OpenAI's shape, so that it can be sent on."""
    try:
        told = decoded(body)
    except NotJsonError:
        return None
    return body if isinstance(told, dict) and isinstance(told.get("error"), dict) else None


def error_inside(error: Any) -> AttemptError:
    """Return the failure that an `error` within an answer, or within its stream, means."""
    said = message_of_error(error)
    own = encoded({"error": error}) if isinstance(error, dict) else None
    return AttemptError(Failure("upstream_error", 200, said=said, own_error=own))


async def read_soon(next_part: Callable[[], Awaitable[bytes | None]]) -> bytes:
    """Return the body of the answer to a failed attempt, as far as it comes soon.

    `next_part` gives its bytes, then None; what it raises as `AttemptError` ends it.
    """
    read = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            while len(read) < MOST_READ_BYTES and (part := await next_part()) is not None:
                read += part
    except (TimeoutError, AttemptError):
        pass
    return bytes(read)
