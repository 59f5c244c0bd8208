"""What a provider or the way to it says of a failure: for the log, apart from the kind it was."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from console.gateway.failures import AttemptError
from console.json_text import NotJsonError, decoded

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


async def message_of_answer(next_part: Callable[[], Awaitable[bytes | None]]) -> str | None:
    """Return what the answer to a failed attempt says, as far as it comes soon.

    `next_part` gives its bytes, then None; what it raises as `AttemptError` ends the message.
    """
    read = bytearray()
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            while len(read) < MOST_READ_BYTES and (part := await next_part()) is not None:
                read += part
    except (TimeoutError, AttemptError):
        pass
    return message_in(bytes(read))
