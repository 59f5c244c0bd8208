"""The traffic player: many clients of a gateway, over real HTTP, that nothing stops but the end."""

import asyncio
import time
from collections.abc import Iterable

import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from console import __version__
from console.demo.counts import Counts
from console.demo.plan import Planned
from console.demo.record import Record
from console.demo.requests import ClientRequest

READ_TIMEOUT_S = 180.0
"""How long a client waits for the next byte; longer than any route's timeout."""
_HEADERS = {
    "content-type": "application/json",
    "user-agent": f"route-console-demo/{__version__}",
    "x-stainless-retry-count": "0",
    "x-stainless-read-timeout": f"{READ_TIMEOUT_S:.0f}",
}


class Player:
    """Sends a plan to the gateway at `gateway_url` (`/v1` included) and keeps `counts`.

    `speed` divides the waits between requests. At most `max_in_flight` are in flight at once;
    further ones leave late and are counted. Stopped, the player lets what is in flight end for
    `finish_within_s` and then cancels the rest.
    """

    def __init__(
        self,
        gateway_url: str,
        plan: Iterable[Planned],
        *,
        speed: float = 1.0,
        record: Record | None = None,
        max_in_flight: int = 256,
        finish_within_s: float = 3.0,
    ) -> None:
        self.counts = Counts()
        self._url = gateway_url.rstrip("/") + "/chat/completions"
        self._plan = plan
        self._speed = speed
        self._record = record
        self._max_in_flight = max_in_flight
        self._free = asyncio.Semaphore(max_in_flight)
        self._finish_within_s = finish_within_s
        self._flights: set[asyncio.Task[None]] = set()

    async def play(self, stop: asyncio.Event) -> Counts:
        """Send the plan until it ends or `stop` is set; return the account once all has ended."""
        limits = httpx.Limits(max_connections=self._max_in_flight)
        transport = AiohttpTransport(limits=limits, trust_env=False)
        timeout = httpx.Timeout(READ_TIMEOUT_S, connect=10.0)
        stopped = asyncio.create_task(stop.wait())
        async with httpx.AsyncClient(
            transport=transport, timeout=timeout, headers=_HEADERS, trust_env=False
        ) as client:
            try:
                await self._send_all(client, stopped)
                await self._let_finish(stopped)
            finally:
                stopped.cancel()
                await self._cancel_the_rest()
        return self.counts

    async def _send_all(self, client: httpx.AsyncClient, stopped: asyncio.Task[bool]) -> None:
        began = time.monotonic()
        for planned in self._plan:
            due = began + planned.at_s / self._speed
            await asyncio.wait({stopped}, timeout=max(0.0, due - time.monotonic()))
            if stopped.done() or not await self._take_place(stopped):
                return
            flight = asyncio.create_task(self._send(client, planned.request))
            self._flights.add(flight)
            flight.add_done_callback(self._landed)

    async def _take_place(self, stopped: asyncio.Task[bool]) -> bool:
        """Take one of the places in flight; False if the player was stopped before one was free."""
        if self._free.locked():
            self.counts.held_back += 1
            place = asyncio.create_task(self._free.acquire())
            await asyncio.wait({place, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not place.done():
                place.cancel()
                return False
            return True
        return await self._free.acquire()

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flights.discard(flight)
        self._free.release()

    async def _let_finish(self, stopped: asyncio.Task[bool]) -> None:
        """Wait for what is in flight: without limit until the player is stopped, then briefly."""
        while self._flights and not stopped.done():
            await asyncio.wait({stopped, *self._flights}, return_when=asyncio.FIRST_COMPLETED)
        if self._flights:
            await asyncio.wait(self._flights, timeout=self._finish_within_s)

    async def _cancel_the_rest(self) -> None:
        for flight in self._flights:
            flight.cancel()
        await asyncio.gather(*self._flights, return_exceptions=True)

    async def _send(self, client: httpx.AsyncClient, request: ClientRequest) -> None:
        sent_at = time.time()
        self.counts.sent += 1
        response: httpx.Response | None = None
        kind = "cancelled"
        try:
            data = msgspec.json.encode(request.body)
            async with client.stream(
                "POST", self._url, content=data, headers=request.headers
            ) as response:
                kind = await _read(response, request)
        except httpx.TimeoutException as error:
            connecting = isinstance(error, httpx.ConnectTimeout)
            kind = "connection" if connecting else "timeout"
        except httpx.TransportError:
            kind = "connection"
        except Exception as error:
            # one failure of whatever kind is counted; it never ends the traffic
            kind = type(error).__name__
        finally:
            self.counts.ended(kind)
            self._note(request, sent_at, response)

    def _note(
        self, request: ClientRequest, sent_at: float, response: httpx.Response | None
    ) -> None:
        request_id = response.headers.get("x-request-id") if response is not None else None
        status = response.status_code if response is not None else None
        self.counts.with_request_id += request_id is not None
        if self._record is None:
            return
        try:
            self._record.write(request, sent_at, request_id, status)
        except OSError:
            self.counts.unrecorded += 1


async def _read(response: httpx.Response, request: ClientRequest) -> str:
    """Read an answer to its end, or to where its client leaves; return how it ended."""
    if response.status_code != 200:
        await response.aread()
        return f"http_{response.status_code}"
    if not request.body.get("stream"):
        await response.aread()
        return "ok"
    events = 0
    end = "cut_stream"
    # read on after the end mark: leaving before the last byte would look like a client that left
    async for line in response.aiter_lines():
        if not line.startswith("data:"):
            continue
        said = line[5:].strip()
        if said == "[DONE]" and end == "cut_stream":
            end = "ok"
        elif said.startswith('{"error"'):
            end = "stream_error"
        events += 1
        if request.abort_after == events and end == "cut_stream":
            return "aborted"
    return end
