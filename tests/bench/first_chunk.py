"""Times the first content of streamed answers as clients read them: wrk times whole ones only."""

import asyncio
import time
from urllib.parse import urlsplit

FIRST_CONTENT = b"word 0 "
"""What the first content chunk of the fast provider says."""


def first_chunk_ms(url: str, body: bytes, *, concurrent: int, each: int) -> list[float]:
    """Return the milliseconds until the first content of `concurrent` × `each` streams."""
    return asyncio.run(_all(url, body, concurrent, each))


async def _all(url: str, body: bytes, concurrent: int, each: int) -> list[float]:
    clients = [_one_after_the_other(url, body, each) for _ in range(concurrent)]
    return [ms for times in await asyncio.gather(*clients) for ms in times]


async def _one_after_the_other(url: str, body: bytes, count: int) -> list[float]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"POST {address.path} HTTP/1.1\r\nhost: {address.netloc}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    times = []
    for _ in range(count):
        start = time.perf_counter()
        writer.write(head.encode() + body)
        await reader.readuntil(FIRST_CONTENT)
        times.append((time.perf_counter() - start) * 1000)
        await reader.readuntil(b"\r\n0\r\n\r\n")
    writer.close()
    return times
