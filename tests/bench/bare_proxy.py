"""The least a gateway in Python can be: the server and the client of this project with nothing
between them. `python -m tests.bench.bare_proxy URL` prints its address and passes every body on.

What it carries is what this machine allows; the gateway's own work is the difference.
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
import uvicorn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class BareProxy:
    """An ASGI app that posts each body to one URL and gives the answer back as it comes."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url = url
        self._client = client

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {"content-type": "application/json"}
        async with self._client.post(self._url, data=body, headers=headers) as answer:
            kind = answer.headers.get("content-type", "").encode()
            start = {"type": "http.response.start", "status": answer.status}
            await send({**start, "headers": [(b"content-type", kind)]})
            async for chunk in answer.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _serve(url: str) -> None:
    # The protocol is named: only then does asyncio turn Nagle's algorithm off.
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as client:
            config = uvicorn.Config(BareProxy(url, client), access_log=False, log_level="error")
            server = uvicorn.Server(config)
            print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
            await server.serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
