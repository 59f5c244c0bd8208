"""A provider on a real socket that does exactly what a test tells it, down to cutting connections.

Written on bare asyncio streams: a web framework would not let it break its answers.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

Act = Callable[["Wire"], Awaitable[None]]


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Wire:
    """The provider's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        extra = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
        head = (
            f"HTTP/1.1 {status} Scripted\r\ncontent-type: {kind}\r\n"
            f"content-length: {len(body)}\r\n{extra}\r\n"
        )
        await self.send(head.encode() + body)

    async def begin_stream(self) -> None:
        await self.send(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )

    async def chunk(self, data: bytes) -> None:
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def event(self, document: dict[str, Any]) -> None:
        await self.chunk(b"data: " + json.dumps(document).encode() + b"\n\n")

    async def end_stream(self) -> None:
        await self.send(b"0\r\n\r\n")

    def reset(self) -> None:
        """Break the connection the hard way (RST)."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def gateway_left(self) -> None:
        """Wait until the gateway closes its end."""
        with suppress(ConnectionError):
            while await self.reader.read(1024):
                pass


class ScriptedProvider:
    """Plays its acts one a request, the last one for all that follow."""

    def __init__(self, *acts: Act) -> None:
        self._acts = list(acts)
        self._writers: set[asyncio.StreamWriter] = set()
        self.received: list[Received] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while (request := await _read_request(reader)) is not None:
                self.received.append(request)
                act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
                await act(Wire(reader, writer))
                if writer.is_closing():
                    return
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): text for name, text in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(first.split()[1], headers, json.loads(body))


def completion(text: str = "Hello.", **changes: Any) -> dict[str, Any]:
    """A whole answer as OpenAI gives it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_760_000_000,
        "model": "the-provider-s-own-name",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "total_tokens": 120,
            "prompt_tokens_details": {"cached_tokens": 40},
            "completion_tokens_details": {"reasoning_tokens": 5},
        },
        **changes,
    }


def chunk_of(
    delta: dict[str, Any] | None = None, finish: str | None = None, **changes: Any
) -> dict[str, Any]:
    """One chunk of a stream as OpenAI gives it."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": "the-provider-s-own-name",
        "choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}],
        **changes,
    }


USAGE_CHUNK = chunk_of(choices=[], usage=completion()["usage"])


def answers(document: Any = None) -> Act:
    """Answer with a JSON document, a plain completion where none is given."""

    async def act(wire: Wire) -> None:
        await wire.answer(200, json.dumps(document or completion()).encode())

    return act


def says(status: int, body: Any = None, kind: str = "application/json", **headers: str) -> Act:
    """Answer with a status and a body; an error object in JSON where none is given."""

    async def act(wire: Wire) -> None:
        error = {"error": {"message": "no", "type": "t", "param": None, "code": "c"}}
        data = body if isinstance(body, bytes) else json.dumps(body or error).encode()
        await wire.answer(status, data, kind, **headers)

    return act


def streams(*documents: dict[str, Any], done: bool = True) -> Act:
    """Stream chunks, each in a write of its own, and end properly."""

    async def act(wire: Wire) -> None:
        await wire.begin_stream()
        for document in documents:
            await wire.event(document)
        if done:
            await wire.chunk(b"data: [DONE]\n\n")
        await wire.end_stream()

    return act


WORDS = (
    chunk_of({"role": "assistant", "content": ""}),
    chunk_of({"content": "Hel"}),
    chunk_of({"content": "lo."}),
    chunk_of(finish="stop"),
    USAGE_CHUNK,
)
"""A short answer, streamed."""


async def never_answers(wire: Wire) -> None:
    """Take the request and stay silent until the gateway gives up."""
    await wire.gateway_left()


async def resets(wire: Wire) -> None:
    """Take the request and break the connection."""
    wire.reset()


def cuts_after(*documents: dict[str, Any]) -> Act:
    """Stream chunks, then break the connection."""

    async def act(wire: Wire) -> None:
        await wire.begin_stream()
        for document in documents:
            await wire.event(document)
        wire.writer.close()

    return act
