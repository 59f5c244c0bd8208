"""Starting, stopping, changing tables under way, and what a gateway tells about itself."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from console.gateway.running import RunningGateway
from console.gateway.settings import GatewaySettings, ServeProblem
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import Wire, answers, completion, never_answers

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


async def test_models_lists_the_models_of_the_table(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    client = await desk.open()

    models = [model async for model in client.models.list()]

    assert [(model.id, model.owned_by) for model in models] == [
        ("east-model", "east"),
        ("west-model", "west"),
    ]
    without_prefix = await desk.http.get("/models")
    assert without_prefix.json()["object"] == "list"


async def test_chat_is_reached_without_the_version_prefix_too(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.open()

    answer = await desk.http.post("/chat/completions", json={"model": "any", "messages": ASK})

    assert answer.json()["model"] == "east-model"
    await desk.logged()


async def test_healthz_tells_what_serves(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.open()

    health = (await desk.http.get("/healthz")).json()

    assert health["status"] == "ok"
    assert health["table"]["name"] == "desk"
    assert health["table"]["version"] == desk.gateway.served.table.version
    assert health["table"]["problem"] is None
    assert health["log"]["lost"] == 0
    assert health["uptime_s"] >= 0


async def test_a_new_version_is_taken_up_and_a_broken_one_is_not(desk: Desk) -> None:
    await desk.provider("east", answers(completion("east")))
    await desk.provider("west", answers(completion("west")))
    client = await desk.open()
    first = desk.gateway.served.table.version

    async def health(field: str) -> Any:
        return (await desk.http.get("/healthz")).json()["table"][field]

    desk.write_table(desk.table(routes={"general": {"model": "west-model"}}))
    await desk.until(lambda: changed_from(first, health("version")))
    answer = await client.chat.completions.create(model="any", messages=ASK)
    second = desk.gateway.served.table.version
    desk.table_path.write_text("version: 1\nname: desk\ndefault: nowhere\n")
    problem = await desk.until(lambda: health("problem"))
    still = await client.chat.completions.create(model="any", messages=ASK)

    assert answer.model == still.model == "west-model"
    assert "the last good one serves. Line 3" in problem
    assert desk.gateway.served.table.version == second
    rows = await desk.logged(2)
    assert {row.table_version for row in rows} == {second}
    assert desk.read_log(lambda reader: reader.table_version(first)) is not None
    assert desk.read_log(lambda reader: reader.table_version(second)) is not None

    async def told_in_the_log() -> bool:
        [row] = desk.read_log(lambda reader: reader.gateways())
        return bool(row.last_problem == problem)

    await desk.until(told_in_the_log)


async def changed_from(old: str, asked: Any) -> bool:
    return bool(await asked != old)


async def test_a_drain_written_beside_the_table_takes_effect_while_serving(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    client = await desk.open()
    desk.table_path.with_name("desk.overrides.yaml").write_text(
        "version: 1\noverrides:\n- {id: inc-1, drain: {provider: east}, because: down, by: me, "
        "until: 2999-01-01T00:00:00Z}\n"
    )

    async def drained() -> bool:
        health = (await desk.http.get("/healthz")).json()
        return bool(health["overrides"]["live"] == ["inc-1"])

    await desk.until(drained)
    answer = await client.chat.completions.create(model="any", messages=ASK)

    assert answer.model == "west-model"
    row, [attempt] = await desk.one_logged()
    assert (row.status, attempt.kind) == ("ok", "primary")


async def test_broken_overrides_leave_those_in_service_and_are_told(desk: Desk) -> None:
    await desk.provider("east", answers())
    overrides = desk.table_path.with_name("desk.overrides.yaml")
    overrides.write_text(
        "version: 1\noverrides:\n- {id: inc-1, drain: {provider: east}, because: down, by: me, "
        "until: 2999-01-01T00:00:00Z}\n"
    )
    await desk.open()

    async def overrides_health(field: str) -> Any:
        return (await desk.http.get("/healthz")).json()["overrides"][field]

    overrides.write_text("version: 1\noverrides: [{id: inc-1}]\n")
    problem = await desk.until(lambda: overrides_health("problem"))

    assert problem.startswith("The overrides have errors. Line 2")
    assert await overrides_health("live") == ["inc-1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("version: 1\nname: desk\n", "has errors and is not served: line"),
    ],
)
async def test_a_gateway_does_not_start_without_a_good_table(
    tmp_path: Path, text: str | None, said: str
) -> None:
    table = tmp_path / "desk.yaml"
    if text is not None:
        table.write_text(text)

    with pytest.raises(ServeProblem, match=said):
        async with RunningGateway(GatewaySettings(table, tmp_path / "log.sqlite", port=0)):
            pass


async def test_a_port_in_use_is_told_in_one_sentence(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.open()
    port = int(desk.url.rsplit(":", 1)[1].removesuffix("/v1"))

    with pytest.raises(ServeProblem, match=f"Port {port} on 127.0.0.1 is in use") as caught:
        async with RunningGateway(GatewaySettings(desk.table_path, desk.log_path, port=port)):
            pass

    assert caught.value.hint is not None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com"])
async def test_a_gateway_listens_on_loopback_only(desk: Desk, host: str) -> None:
    await desk.provider("east", answers())
    desk.write_table(desk.table())

    with pytest.raises(ServeProblem, match="listens on loopback only"):
        async with RunningGateway(GatewaySettings(desk.table_path, desk.log_path, host=host)):
            pass


async def test_a_stopped_gateway_lets_what_runs_finish(desk: Desk) -> None:
    stopping = asyncio.Event()

    async def answers_late(wire: Wire) -> None:
        await stopping.wait()
        await answers(completion("Just in time."))(wire)

    east = await desk.provider("east", answers_late)
    desk.write_table(desk.table())
    gateway = RunningGateway(GatewaySettings(desk.table_path, desk.log_path, port=0))
    async with gateway:
        client = httpx.AsyncClient(base_url=gateway.url, verify=False)
        call = asyncio.create_task(
            client.post("/chat/completions", json={"model": "any", "messages": ASK})
        )

        async def arrived() -> bool:
            return bool(east.received)

        await desk.until(arrived)
        asyncio.get_running_loop().call_soon(stopping.set)

    answer = await call
    await client.aclose()

    assert answer.json()["choices"][0]["message"]["content"] == "Just in time."
    row, _ = await desk.one_logged()
    assert row.status == "ok"


async def test_what_does_not_finish_in_time_is_cut_off_told_and_logged(
    desk: Desk,
) -> None:
    east = await desk.provider("east", never_answers)
    client = await desk.open(grace_s=0.1)
    call = asyncio.create_task(client.chat.completions.create(model="any", messages=ASK))

    async def arrived() -> bool:
        return bool(east.received)

    await desk.until(arrived)
    await desk.gateway.__aexit__(None, None, None)

    with pytest.raises(openai.InternalServerError, match="being stopped"):
        await call
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("error", 503, "gateway_stopped")
    assert attempt.error_type == "gateway_stopped"


async def test_a_bug_of_our_own_ends_the_request_and_shows_nothing_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.provider("east", answers())
    await desk.open()

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("console.gateway.attempts.ask_for_whole_answer", broken)
    answer = await desk.http.post("/v1/chat/completions", json={"model": "any", "messages": ASK})

    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "secret" not in answer.text
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.error_type, attempt.error_type) == ("error", "internal", "internal")


async def test_serve_runs_as_a_process_until_it_is_told_to_stop(desk: Desk) -> None:
    await desk.provider("east", answers())
    desk.write_table(desk.table())
    program = (
        "import sys; from pathlib import Path\n"
        "from console.gateway.server import GatewaySettings, serve\n"
        "sys.exit(serve(GatewaySettings(Path(sys.argv[1]), Path(sys.argv[2]), port=0)))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(desk.table_path), str(desk.log_path),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ,
    )  # fmt: skip
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 10)).decode()
    process.send_signal(signal.SIGTERM)
    rest, errors = await asyncio.wait_for(process.communicate(), 10)

    assert line.startswith("Gateway at http://127.0.0.1:")
    assert "table desk@" in line
    assert str(desk.log_path) in line
    assert (process.returncode, rest, errors) == (0, b"", b"")
