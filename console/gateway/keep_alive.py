"""Tells a client that waits for a stream, now and then, that it is still being worked for.

What is sent are comments, which readers of server-sent events pass over (WHATWG HTML, 9.2.6); they
keep clients and proxies from taking silence for a broken connection.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from console.gateway.reply import RawHeaders, Reply

SILENCE_S = 10.0
"""How long a client hears nothing before it is sent a comment."""

COMMENT = b": keep-alive\n\n"


def silence_s(client_timeout_s: float | None) -> float:
    """Return how long a client may hear nothing: half of what it would wait, at most 10 s."""
    return SILENCE_S if not client_timeout_s else min(SILENCE_S, client_timeout_s / 2)


class KeepAlive:
    """`with KeepAlive(reply, headers, every_s):` sends a comment whenever a reply falls silent.

    A comment before anything else opens the stream with `headers()`: from then on the status is
    200, and a failure can only be told within the stream.
    """

    def __init__(self, reply: Reply, headers: Callable[[], RawHeaders], every_s: float) -> None:
        self._reply = reply
        self._headers = headers
        self._every_s = every_s
        self._loop = asyncio.get_running_loop()
        self._sending: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._begun = self._loop.time()
        self._timer = self._loop.call_later(self._every_s, self._look)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        """Send a comment if nothing was sent for so long; look again when that may be so next."""
        silent_since = max(self._begun, self._reply.last_sent)
        wait = silent_since + self._every_s - self._loop.time()
        if wait <= 0:
            wait = self._every_s
            if self._sending is None or self._sending.done():
                self._sending = self._loop.create_task(self._send())
        self._timer = self._loop.call_later(wait, self._look)

    async def _send(self) -> None:
        await self._reply.comment(COMMENT, self._headers())
