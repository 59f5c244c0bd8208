"""The client's side of the wire: its body, within bounds, and the moment it hangs up."""

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from starlette.types import Receive

from console.gateway.client_request import MAX_BODY_BYTES
from console.gateway.openai_errors import RefusalError

MOST_DISCARDED_BYTES = 4 * MAX_BODY_BYTES
"""A body too large is read on to this size and thrown away: a client that is still sending when the
connection closes sees a broken connection instead of the answer."""


class ClientGone(Exception):  # noqa: N818 - the client left; nothing went wrong
    """The client closed its connection before it had its answer."""


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """Return a request's body. Raises `RefusalError` (413) or `ClientGone`."""
    announced = headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > MOST_DISCARDED_BYTES:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY_BYTES:
            parts.append(part)
        if not message.get("more_body", False) or size > MOST_DISCARDED_BYTES:
            break
    if size > MAX_BODY_BYTES:
        raise _too_large()
    return b"".join(parts)


def _too_large() -> RefusalError:
    return RefusalError(
        413,
        f"The body is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB.",
        code="request_too_large",
    )


class WhileClientStays:
    """Runs a block only as long as the client stays: `async with WhileClientStays(receive, …)`.

    When it hangs up, the block is cancelled where it waits and `ClientGone` is raised from it.
    `is_answered` tells whether the client already has everything: leaving is no abort then.
    """

    def __init__(self, receive: Receive, is_answered: Callable[[], bool]) -> None:
        self._receive = receive
        self._is_answered = is_answered
        self._gone = False

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._watcher = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watcher.cancel()
        if self._gone:
            still_cancelled = self._task.uncancel()
            if kind is asyncio.CancelledError and not still_cancelled:
                raise ClientGone from None

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self._is_answered():
            self._gone = True
            self._task.cancel()
