"""Sends a simulated answer at a model's pace, and stops when whoever asked has gone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from starlette.types import Receive, Scope, Send

Header = tuple[bytes, bytes]


class Caller:
    """Whether the client is still connected. Used once its whole body has been read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def __aenter__(self) -> Self:
        self._gone = asyncio.create_task(self._wait_until_gone())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gone.cancel()

    async def _wait_until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def stays(self, seconds: float) -> bool:
        """Let `seconds` pass; return False, at once, if the client goes."""
        await asyncio.wait({self._gone}, timeout=max(0.0, seconds))
        return not self._gone.done()


@dataclass(frozen=True)
class Part:
    """Bytes of an answer, sent after a pause in real seconds."""

    pause_s: float
    data: bytes


@dataclass(frozen=True)
class Paced:
    """A response whose parts come in their own time.

    With `cut`, the connection breaks after the last part instead of ending properly: returning
    without the final message makes the server close it.
    """

    status: int
    headers: tuple[Header, ...]
    parts: Callable[[], Iterable[Part]]
    cut: bool = False

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an ASGI application."""
        async with Caller(receive) as caller:
            begun = False
            async for data in self._timely(caller):
                if not begun:
                    await self._begin(send)
                    begun = True
                await send({"type": "http.response.body", "body": data, "more_body": True})
            if self.cut or not await caller.stays(0.0):
                return
            if not begun:
                await self._begin(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _begin(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)

    async def _timely(self, caller: Caller) -> AsyncIterator[bytes]:
        for part in self.parts():
            if not await caller.stays(part.pause_s):
                return
            yield part.data
