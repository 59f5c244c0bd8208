"""Tables and overrides that change while requests are served, in one gateway and in several."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from console.cli import main
from console.gateway.served_table import TableInService
from console.traffic.records import GatewayRow, OverrideRow
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import Wire, answers, completion

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]
BODY = {"model": "any", "messages": ASK}
FOR = ("--for", "30m", "--because", "INC-1", "--by", "bo")


async def override(desk: Desk, *arguments: str) -> None:
    """Run `drain`, `pin` or `lift` on the desk's table, as from a shell."""
    code = await asyncio.to_thread(main, [*arguments, "--table", str(desk.table_path)])
    assert code == 0


async def answering(client: openai.AsyncOpenAI) -> str:
    return (await client.chat.completions.create(model="any", messages=ASK)).model


def becomes(client: openai.AsyncOpenAI, model: str) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return await answering(client) == model

    return holds


def changes(desk: Desk) -> list[tuple[str, str]]:
    rows: list[OverrideRow] = desk.read_log(lambda reader: reader.overrides(0))
    return [(row.override_id, row.change) for row in rows]


async def test_drain_and_lift_take_effect_while_serving_and_are_logged(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    client = await desk.open()
    assert await answering(client) == "east-model"

    await override(desk, "drain", "provider:east", *FOR, "--id", "inc-1")
    await desk.until(becomes(client, "west-model"))
    await override(desk, "lift", "inc-1")
    await desk.until(becomes(client, "east-model"))

    async def logged() -> bool:
        return changes(desk) == [("inc-1", "made"), ("inc-1", "lifted")]

    await desk.until(logged)
    [made, _] = desk.read_log(lambda reader: reader.overrides(0))
    assert (made.provider, made.because, made.by) == ("east", "INC-1", "bo")


async def test_a_pin_sends_requests_elsewhere_until_it_runs_out_by_itself(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    routes = {"general": {"model": "east-model"}, "large": {"model": "west-model"}}
    client = await desk.open(desk.table(routes=routes))

    await override(
        desk, "pin", "general", "large", "--for", "2s", "--because", "x", "--id", "inc-2"
    )
    await desk.until(becomes(client, "west-model"))
    await desk.until(becomes(client, "east-model"))

    async def logged() -> bool:
        return changes(desk) == [("inc-2", "made"), ("inc-2", "expired")]

    await desk.until(logged)
    [made, expired] = desk.read_log(lambda reader: reader.overrides(0))
    assert expired.ts == expired.until_ts == made.until_ts
    pinned = [row for row in await all_logged(desk) if row.override_id == "inc-2"]
    assert pinned
    assert {row.route for row in pinned} == {"large"}


async def all_logged(desk: Desk) -> list[Any]:
    found: list[Any] = desk.read_log(lambda reader: reader.newest(1000))
    return found


async def test_an_override_of_what_the_table_does_not_have_is_told_and_has_no_effect(
    desk: Desk,
) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    client = await desk.open()
    desk.table_path.with_name("desk.overrides.yaml").write_text(
        "version: 1\noverrides:\n"
        "- {id: a, drain: {provider: eest}, because: x, by: y, until: 2999-01-01T00:00:00Z}\n"
        "- {id: b, drain: {provider: east}, because: x, by: y, until: 2999-01-01T00:00:00Z}\n"
        "- {id: c, pin: {route: old, to: older}, because: x, by: y, until: 2000-01-01T00:00:00Z}\n"
    )

    await desk.until(becomes(client, "west-model"))

    health = (await desk.http.get("/healthz")).json()["overrides"]
    assert health == {
        "live": ["b"],
        "problem": "An override has no effect. Line 3: There is no provider `eest`.",
    }


async def test_a_request_under_way_keeps_the_version_it_began_with(desk: Desk) -> None:
    go_on = asyncio.Event()

    async def fails_late(wire: Wire) -> None:
        await go_on.wait()
        await wire.answer(500, b"{}")

    east = await desk.provider("east", fails_late)
    await desk.provider("west", answers())
    client = await desk.open()
    before = desk.gateway.served.table.version
    call = asyncio.create_task(answering(client))

    async def arrived() -> bool:
        return bool(east.received)

    await desk.until(arrived)
    # Without the fallback, and without the model it falls back to.
    table = desk.table(routes={"general": {"model": "east-model"}})
    del table["models"]["west-model"]
    desk.write_table(table)

    async def swapped() -> bool:
        return desk.gateway.served.table.version != before

    await desk.until(swapped)
    go_on.set()

    assert await call == "west-model"
    row, _ = await desk.one_logged()
    assert row.table_version == before


async def test_reload_reads_the_files_at_once_though_they_look_as_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.gateway.served_table.stamp_of", lambda path: (1, 1, 1, 1))
    monkeypatch.setattr("console.gateway.served_table.POLL_S", 3600)
    await desk.provider("east", answers())
    await desk.open()
    version = desk.gateway.served.table.version
    desk.write_table(desk.table(description="Another."))

    desk.gateway.reload()

    async def swapped() -> bool:
        return desk.gateway.served.table.version != version

    await desk.until(swapped)
    assert desk.gateway.served.table.description == "Another."


def test_a_file_that_is_still_being_written_is_read_when_it_has_come_to_rest(
    tmp_path: Path,
) -> None:
    table = tmp_path / "desk.yaml"
    base = "version: 1\nname: desk\ndefault: a\nproviders: {p: {base_url: 'http://x/v1'}}\n"
    base += "models: {m: {provider: p}}\nroutes: {a: {model: m}}\n"
    table.write_text(base)
    served: list[str] = []
    tables = TableInService(
        table, tmp_path / "o.yaml", lambda version: served.append(version.table.description)
    )

    table.write_text(base + "descr")
    tables.look()
    table.write_text(base + "description: New.\n")
    tables.look()
    tables.look()

    assert served == ["New."]
    assert tables.last_problem is None


@dataclass
class OtherGateway:
    """A gateway in a process of its own."""

    process: asyncio.subprocess.Process
    url: str

    async def health(self) -> dict[str, Any]:
        async with httpx.AsyncClient(verify=False) as client:
            found: dict[str, Any] = (await client.get(f"{self.url}/healthz")).json()
            return found

    async def answering(self) -> str:
        async with httpx.AsyncClient(verify=False) as client:
            answer = await client.post(f"{self.url}/v1/chat/completions", json=BODY)
            return str(answer.json()["model"])


@asynccontextmanager
async def gateway(table: Path, log: Path) -> AsyncIterator[OtherGateway]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "console", "serve", "--port", "0",
        "--table", str(table), "--log", str(log),
        stdout=asyncio.subprocess.PIPE, env=os.environ,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        yield OtherGateway(process, line.split()[2].removesuffix("/v1:"))
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_two_gateways_on_one_log_each_tell_the_version_they_serve(desk: Desk) -> None:
    await desk.provider("east", answers(completion("east")))
    await desk.provider("west", answers(completion("west")))
    desk.write_table(desk.table())
    second = desk.table_path.with_name("second.yaml")
    second.write_text(desk.table_path.read_text().replace("name: desk", "name: second"))

    async with (
        gateway(desk.table_path, desk.log_path) as one,
        gateway(second, desk.log_path) as two,
    ):
        rows = await heartbeats(desk, {"desk", "second"})
        for other, name in ((one, "desk"), (two, "second")):
            health = await other.health()
            row = rows[name]
            assert row.table_version == health["table"]["version"]
            assert row.gateway_id == health["gateway_id"]
            assert row.pid == other.process.pid
            assert row.address in other.url
            assert row.health == "[]"

        # A bad version of one is refused by that one alone, and told.
        second.write_text("version: 1\nname: second\n")
        two.process.send_signal(signal.SIGHUP)

        async def refused() -> str | None:
            problem: str | None = (await two.health())["table"]["problem"]
            return problem

        problem = await desk.until(refused)

        async def told() -> bool:
            found = {row.table_name: row for row in gateways(desk)}
            return (found["desk"].last_problem, found["second"].last_problem) == (None, problem)

        await desk.until(told)
        assert "the last good one serves" in problem
        assert await two.answering() == "east-model"

        # Both see an override that is for the table of one: the other's file is its own.
        await override(desk, "drain", "provider:east", *FOR, "--id", "inc-1")

        async def drained() -> bool:
            return await one.answering() == "west-model"

        await desk.until(drained)
        assert await two.answering() == "east-model"


async def heartbeats(desk: Desk, names: set[str]) -> dict[str, GatewayRow]:
    async def there() -> bool:
        return {row.table_name for row in gateways(desk)} == names

    await desk.until(there)
    return {row.table_name: row for row in gateways(desk)}


def gateways(desk: Desk) -> list[GatewayRow]:
    rows: list[GatewayRow] = desk.read_log(lambda reader: reader.gateways())
    return rows


async def test_two_gateways_on_one_table_log_an_override_once(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    desk.write_table(desk.table())

    async with (
        gateway(desk.table_path, desk.log_path) as one,
        gateway(desk.table_path, desk.log_path) as two,
    ):
        await override(desk, "drain", "provider:east", *FOR, "--id", "inc-1")

        async def both_drained() -> bool:
            live = [(await other.health())["overrides"]["live"] for other in (one, two)]
            return live == [["inc-1"], ["inc-1"]]

        await desk.until(both_drained)
        await override(desk, "lift", "--all")

        async def both_lifted() -> bool:
            live = [(await other.health())["overrides"]["live"] for other in (one, two)]
            return live == [[], []]

        await desk.until(both_lifted)

    # Both have stopped and brought what they had to tell to disk.
    assert changes(desk) == [("inc-1", "made"), ("inc-1", "lifted")]
