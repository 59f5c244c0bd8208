"""What a client is sent: status, headers that say how it was routed, and a body or a stream."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.types import Send

from console.gateway.openai_errors import RefusalError
from console.traffic.records import RequestRow

RawHeaders = list[tuple[bytes, bytes]]

MAX_HEADER_CHARACTERS = 200

_JSON: RawHeaders = [(b"content-type", b"application/json")]
_EVENTS: RawHeaders = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]
DO_NOT_RETRY: tuple[bytes, bytes] = (b"x-should-retry", b"false")
"""Said when everything was tried already: OpenAI's clients would go through all of it again."""


def header_value(text: str | None) -> bytes:
    """Return `text` as a header may carry it: printable ASCII, anything else as `?`."""
    shown = (text or "")[:MAX_HEADER_CHARACTERS]
    if shown.isascii() and shown.isprintable():
        return shown.encode()
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in shown).encode()


def route_headers(row: RequestRow) -> RawHeaders:
    """Return how a request was routed. A header without a value says: there is none."""
    return [
        (b"x-route", header_value(row.route)),
        (b"x-route-rule", header_value(row.rule_id)),
        (b"x-route-reason", header_value(row.reason)),
        (b"x-route-model", header_value(row.response_model)),
        (b"x-route-attempts", str(row.n_attempts).encode()),
    ]


class Reply:
    """Answers one request, once. Every answer carries its request id and the table's version.

    `before_last` is awaited before the last byte is sent, for what must be on disk by then.
    """

    def __init__(
        self,
        send: Send,
        request_id: str,
        table: str,
        before_last: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        self.has_begun = False
        self.is_over = False
        """Whether the last byte was handed over: a client that leaves now has all it came for."""
        self.last_sent = 0.0
        """When anything was last sent, on the event loop's clock; 0 before."""
        self._send = send
        self._before_last = before_last
        self._turn = asyncio.Lock()
        self._headers: RawHeaders = [
            (b"x-request-id", request_id.encode()),
            (b"x-route-table", header_value(table)),
        ]

    async def json(
        self, status: int, body: bytes, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        """Send a whole answer."""
        length = (b"content-length", str(len(body)).encode())
        await self._begin(status, [*_JSON, length, *headers])
        await self._body(body, more=False)

    async def refused(self, refusal: RefusalError) -> None:
        """Tell a client that its request is not taken."""
        await self.json(refusal.status, refusal.body())

    async def begin_stream(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Open a stream of events, unless a comment has opened it."""
        async with self._turn:
            if not self.has_begun:
                await self._begin(200, [*_EVENTS, *headers])

    async def comment(self, data: bytes, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """Send a comment into a stream that is not over, opening it where it is not open yet."""
        async with self._turn:
            if self.is_over:
                return
            if not self.has_begun:
                await self._begin(200, [*_EVENTS, *headers])
            await self._body(data, more=True)

    async def part(self, data: bytes) -> None:
        """Send one or several events."""
        async with self._turn:
            await self._body(data, more=True)

    async def end_stream(self, last: bytes) -> None:
        """Send the last event and close the stream."""
        async with self._turn:
            await self._body(last, more=False)

    async def _begin(self, status: int, headers: RawHeaders) -> None:
        self.has_begun = True
        await self._send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*headers, *self._headers],
            }
        )

    async def _body(self, data: bytes, *, more: bool) -> None:
        if self._before_last is not None and not more:
            await self._before_last()
        self.is_over = not more
        self.last_sent = asyncio.get_running_loop().time()
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
