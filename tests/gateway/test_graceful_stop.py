"""A gateway's process that is told to stop lets what runs finish, within a limit."""

import asyncio
import signal

import httpx

from tests.gateway.conftest import Desk
from tests.gateway.gateway_process import GatewayProcess
from tests.gateway.scripted_provider import WORDS, Wire, chunk_of

BODY = {"model": "any", "stream": True, "messages": [{"role": "user", "content": "Greet me."}]}


async def test_a_stream_that_runs_is_finished_and_logged_after_sigterm(desk: Desk) -> None:
    go_on = asyncio.Event()

    async def streams_slowly(wire: Wire) -> None:
        await wire.begin_stream()
        await wire.event(WORDS[1])
        await go_on.wait()
        for document in WORDS[2:]:
            await wire.event(document)
        await wire.chunk(b"data: [DONE]\n\n")
        await wire.end_stream()

    await desk.provider("east", streams_slowly)
    desk.write_table(desk.table())
    async with GatewayProcess(desk.table_path, desk.log_path, "--grace", "20s") as gateway:
        async with (
            httpx.AsyncClient(base_url=gateway.url, verify=False, timeout=30) as client,
            client.stream("POST", "/chat/completions", json=BODY) as answer,
        ):
            lines = answer.aiter_lines()
            first = await anext(lines)
            gateway.process.send_signal(signal.SIGTERM)

            async def refuses() -> bool:
                try:
                    async with httpx.AsyncClient(verify=False) as other:
                        await other.get(gateway.url + "/models")
                except httpx.ConnectError:
                    return True
                except httpx.TransportError:
                    # It came in the very moment in which the gateway let go of the port.
                    return False
                return False

            await desk.until(refuses)
            go_on.set()
            rest = [line async for line in lines]
        out, errors = await asyncio.wait_for(gateway.process.communicate(), 20)

    assert "Hel" in first
    assert [line for line in rest if line][-1] == "data: [DONE]"
    assert (gateway.process.returncode, out, errors) == (0, b"", b"")
    row, _ = await desk.one_logged()
    assert (row.status, row.stream_end) == ("ok", "done")


async def test_what_does_not_finish_in_time_or_before_a_second_signal_is_cut_off_and_told(
    desk: Desk,
) -> None:
    async def never_ends(wire: Wire) -> None:
        await wire.begin_stream()
        await wire.event(chunk_of({"content": "Hel"}))
        await wire.gateway_left()

    await desk.provider("east", never_ends)
    desk.write_table(desk.table(routes={"general": {"model": "east-model", "timeout_s": 60}}))
    for count, (grace, signals) in enumerate([("1s", 1), ("60s", 2)], 1):
        async with GatewayProcess(desk.table_path, desk.log_path, "--grace", grace) as gateway:
            async with (
                httpx.AsyncClient(base_url=gateway.url, verify=False, timeout=30) as client,
                client.stream("POST", "/chat/completions", json=BODY) as answer,
            ):
                lines = answer.aiter_lines()
                await anext(lines)
                for _ in range(signals):
                    gateway.process.send_signal(signal.SIGTERM)
                    await asyncio.sleep(0)
                    await desk.until(lambda: has_seen(gateway))
                told = "\n".join([line async for line in lines])
            await asyncio.wait_for(gateway.process.communicate(), 20)

        assert "gateway_stopped" in told
        assert "[DONE]" not in told
        assert gateway.process.returncode == 0
        rows = await desk.logged(count)
        assert {row.error_type for row in rows} == {"gateway_stopped"}


async def has_seen(gateway: GatewayProcess) -> bool:
    """Whether the gateway takes no new connection any more."""
    try:
        async with httpx.AsyncClient(verify=False) as other:
            await other.get(gateway.url + "/models")
    except httpx.TransportError:
        return True
    return False
