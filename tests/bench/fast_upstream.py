"""A provider that answers at once, for measuring what stands before it:
`python -m tests.bench.fast_upstream` prints its port and serves until it is killed."""

import asyncio
import json
import sys

CHUNKS = 50
"""Content chunks of a streamed answer; each leaves in a write of its own."""

_USAGE = {"prompt_tokens": 120, "completion_tokens": CHUNKS, "total_tokens": 120 + CHUNKS}
_HEAD = {"id": "chatcmpl-bench", "created": 1_760_000_000, "model": "bench-upstream"}
_MESSAGE = {"role": "assistant", "content": "An answer of a few words, as they often are."}
_CHOICE = {"index": 0, "message": _MESSAGE, "finish_reason": "stop"}
_COMPLETION = json.dumps(
    {**_HEAD, "object": "chat.completion", "choices": [_CHOICE], "usage": _USAGE}
).encode()
WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (
    len(_COMPLETION),
    _COMPLETION,
)
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {**_HEAD, "object": "chat.completion.chunk", "choices": [choice], "usage": None}
    return _framed(b"data: " + json.dumps(chunk).encode() + b"\n\n")


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


_LAST = json.dumps(
    {**_HEAD, "object": "chat.completion.chunk", "choices": [], "usage": _USAGE}
).encode()
STREAM = [
    _STREAM_HEAD,
    _event({"role": "assistant", "content": ""}),
    *[_event({"content": f"word {number} "}) for number in range(CHUNKS)],
    _event({}, "stop"),
    _framed(b"data: " + _LAST + b"\n\n"),
    _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n",
]


class FastProvider(asyncio.Protocol):
    """Answers each request of a connection as soon as it is whole; knows no more of HTTP."""

    def __init__(self) -> None:
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (head := self._unread.find(b"\r\n\r\n")) >= 0:
            end = head + 4 + _length(self._unread[:head].lower())
            if len(self._unread) < end:
                return
            body, self._unread = self._unread[head:end], self._unread[end:]
            self._answer(body)

    def _answer(self, body: bytes) -> None:
        if b'"stream":true' not in body and b'"stream": true' not in body:
            self._transport.write(WHOLE)
            return
        for part in STREAM:
            if self._transport.is_closing():
                return
            self._transport.write(part)


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"content-length:")
    return int(rest.partition(b"\r")[0]) if found else 0


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(FastProvider, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(_serve()))
