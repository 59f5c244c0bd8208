"""A gateway is killed in the middle of its work: what its log holds, and who tells the rest."""

import asyncio
import random
import sqlite3
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from console.traffic.reader import LogReader
from tests.gateway.conftest import Desk
from tests.gateway.gateway_process import GatewayProcess
from tests.gateway.scripted_provider import WORDS, Act, Wire, answers, never_answers, streams

BODY = {"model": "any", "messages": [{"role": "user", "content": "Greet me."}]}
ROUNDS = 3
CLIENTS = 8
WINDOW_S = 1.0
"""The stated window is 0.1 s; a machine that is busy with other things gets more."""


class Load:
    """Clients that ask and ask, and note which answers they had in full, and when."""

    def __init__(self, url: str) -> None:
        self.answered: dict[str, float] = {}
        self._client = httpx.AsyncClient(base_url=url, verify=False, timeout=20)

    async def run(self) -> None:
        await asyncio.gather(*(self._ask(stream=number % 2 == 1) for number in range(CLIENTS)))

    async def is_old(self, age_s: float) -> bool:
        """Whether the first answer came so long ago."""
        first = min(self.answered.values(), default=float("inf"))
        return time.monotonic() - first > age_s

    async def _ask(self, *, stream: bool) -> None:
        try:
            while True:
                answer = await self._client.post(
                    "/chat/completions", json={**BODY, "stream": stream}
                )
                whole = answer.text.endswith("data: [DONE]\n\n") if stream else answer.json()
                if answer.status_code == 200 and whole:
                    self.answered[answer.headers["x-request-id"]] = time.monotonic()
        except httpx.HTTPError:
            return


def statuses(path: Path) -> dict[str, str]:
    """Return the status of every request after checking that the file is whole."""
    log = sqlite3.connect(path)
    assert log.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found = dict(log.execute("SELECT request_id, status FROM requests"))
    log.close()
    return found


@pytest.mark.parametrize(("options", "window_s"), [((), WINDOW_S), (("--durable",), 0.0)])
async def test_what_a_client_had_is_in_the_log_of_a_killed_gateway(
    desk: Desk, options: tuple[str, ...], window_s: float
) -> None:
    await desk.provider("east", either_way(desk))
    desk.write_table(desk.table())
    for _ in range(ROUNDS):
        async with GatewayProcess(desk.table_path, desk.log_path, *options) as gateway:
            load = Load(gateway.url)
            asking = asyncio.create_task(load.run())
            await desk.until(partial(load.is_old, window_s + random.uniform(0.05, 0.5)))
            await gateway.kill()
            killed = time.monotonic()
            await asking
        logged = statuses(desk.log_path)

        safe = {
            known for known, at in load.answered.items() if not window_s or at < killed - window_s
        }
        assert safe
        assert {known: logged.get(known) for known in safe} == dict.fromkeys(safe, "ok")


async def test_the_next_gateway_tells_which_requests_died_with_a_killed_one(desk: Desk) -> None:
    east = await desk.provider("east", never_answers)
    desk.write_table(desk.table())
    async with GatewayProcess(desk.table_path, desk.log_path) as alive:
        async with GatewayProcess(desk.table_path, desk.log_path) as killed:
            asking = [asyncio.create_task(ask(gateway.url)) for gateway in (alive, killed, killed)]

            async def all_in_flight() -> bool:
                return len(east.received) == 3 and len(statuses(desk.log_path)) == 3

            await desk.until(all_in_flight)
            await killed.kill()
        async with GatewayProcess(desk.table_path, desk.log_path):
            assert sorted(statuses(desk.log_path).values()).count("in_flight") >= 1

            async def told() -> bool:
                return list(statuses(desk.log_path).values()).count("error") == 2

            await desk.until(told)

    reader = LogReader(desk.log_path)
    rows = reader.newest(9)
    gateways = {row.gateway_id for row in rows if row.status == "error"}
    assert len(gateways) == 1
    [died, also_died] = [row for row in rows if row.status == "error"]
    assert (died.error_type, died.duration_ms, died.http_status) == ("gateway_died", None, None)
    assert also_died.error_type == "gateway_died"
    [living] = [row for row in rows if row.status == "in_flight"]
    assert living.gateway_id not in gateways
    [minute] = reader.rollups("route", 0, 4e9)
    assert (minute.requests, minute.errors) == (2, 2)
    reader.close()
    await asyncio.gather(*asking)


async def ask(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, verify=False, timeout=60) as client:
        with suppress(httpx.HTTPError):
            await client.post("/chat/completions", json=BODY)


def either_way(desk: Desk) -> Act:
    """Answer whole or as a stream, as is asked."""

    async def act(wire: Wire) -> None:
        asked = desk.providers["east"].received[-1].body
        await (streams(*WORDS) if asked.get("stream") else answers())(wire)

    return act
