"""What a client is sent: status, headers that say how it was routed, and a body or a stream."""

from collections.abc import Sequence

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
    """Answers one request, once. Every answer carries its request id and the table's version."""

    def __init__(self, send: Send, request_id: str, table: str) -> None:
        self.has_begun = False
        self.is_over = False
        """Whether the last byte was handed over: a client that leaves now has all it came for."""
        self._send = send
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
        """Open a stream of events."""
        await self._begin(200, [*_EVENTS, *headers])

    async def part(self, data: bytes) -> None:
        """Send one or several events."""
        await self._body(data, more=True)

    async def end_stream(self, last: bytes) -> None:
        """Send the last event and close the stream."""
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
        self.is_over = not more
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
