"""The traffic player against a small server: its account, its record, and its end."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from console.demo.loopback import LoopbackServer
from console.demo.plan import Planned
from console.demo.player import Player
from console.demo.record import Record
from console.demo.requests import ClientRequest
from console.routing.request_file import read_request

Answering = Callable[[Request], Awaitable[Response]]
DEADLINE_S = 20.0


@asynccontextmanager
async def server(answer: Answering) -> AsyncIterator[str]:
    route = Route("/v1/chat/completions", answer, methods=["POST"])
    async with LoopbackServer(Starlette(routes=[route])) as running:
        yield f"{running.url}/v1"


def planned(count: int = 1, at_s: float = 0.0, **request: Any) -> list[Planned]:
    stream = request.pop("stream", False)
    return [
        Planned(
            at_s,
            ClientRequest(
                {
                    "model": "auto",
                    "messages": [{"role": "user", "content": str(n)}],
                    "stream": stream,
                },
                {"X-Route-Task": "triage"},
                **request,
            ),
        )
        for n in range(count)
    ]


async def numbered(request: Request) -> Response:
    said = (await request.json())["messages"][0]["content"]
    return JSONResponse({"choices": []}, headers={"x-request-id": f"id-{said}"})


def streamed(*lines: str) -> Answering:
    async def answer(_: Request) -> Response:
        return StreamingResponse(iter([f"{line}\n\n" for line in lines]))

    return answer


async def play(url: str, plan: Any, **settings: Any) -> Player:
    player = Player(url, plan, **settings)
    await asyncio.wait_for(player.play(asyncio.Event()), DEADLINE_S)
    return player


async def test_every_request_is_recorded_once_in_the_form_of_a_request_in_a_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sent.jsonl"
    async with server(numbered) as url:
        with Record(path) as record:
            player = await play(url, planned(25), record=record)

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["request_id"] for line in lines} == {f"id-{n}" for n in range(25)}
    assert len(lines) == 25
    for line in lines:
        read = read_request(line)
        assert read.facts.task == "triage"
        assert f"id-{read.facts.prompt}" == line["request_id"]
        assert read.at is not None
        assert line["status"] == 200
    assert (player.counts.sent, player.counts.ok) == (25, 25)
    assert player.counts.with_request_id == 25


async def test_failures_are_counted_by_kind_and_do_not_stop_the_rest() -> None:
    async def moody(request: Request) -> Response:
        said = int((await request.json())["messages"][0]["content"])
        return Response(status_code=(503, 429, 200)[said % 3])

    async with server(moody) as url:
        player = await play(url, planned(9))

    assert player.counts.ok == 3
    assert player.counts.errors == {"http_503": 3, "http_429": 3}


async def test_a_gateway_that_is_not_there_is_an_error_of_connection() -> None:
    async with server(numbered) as url:
        pass

    player = await play(url, planned(3))

    assert player.counts.errors == {"connection": 3}
    assert player.counts.with_request_id == 0


async def test_a_stream_is_whole_cut_or_an_error_by_how_it_ends() -> None:
    text = 'data: {"choices": []}'
    kinds = {}
    for name, lines in {
        "whole": (text, ": ping", "data: [DONE]"),
        "cut": (text,),
        "error": (text, 'data: {"error": {"message": "upstream died"}}', "data: [DONE]"),
    }.items():
        async with server(streamed(*lines)) as url:
            player = await play(url, planned(stream=True))
        kinds[name] = (player.counts.ok, dict(player.counts.errors))

    assert kinds == {
        "whole": (1, {}),
        "cut": (0, {"cut_stream": 1}),
        "error": (0, {"stream_error": 1}),
    }


async def test_a_client_that_leaves_in_the_middle_is_seen_to_leave() -> None:
    left = asyncio.Event()

    async def endless(_: Request) -> Response:
        async def events() -> AsyncIterator[str]:
            try:
                while True:
                    yield 'data: {"choices": []}\n\n'
                    await asyncio.sleep(0)
            finally:
                left.set()

        return StreamingResponse(events(), headers={"x-request-id": "id-1"})

    async with server(endless) as url:
        player = await play(url, planned(stream=True, abort_after=3))
        await asyncio.wait_for(left.wait(), DEADLINE_S)

    assert player.counts.aborted == 1
    assert player.counts.with_request_id == 1


async def test_a_stopped_player_cancels_what_does_not_end_and_accounts_for_it() -> None:
    came = asyncio.Event()

    async def never(_: Request) -> Response:
        came.set()
        await asyncio.Event().wait()
        return Response()

    stop = asyncio.Event()
    async with server(never) as url:
        plan = planned(2) + planned(at_s=1e6)
        player = Player(url, plan, finish_within_s=0.01)
        playing = asyncio.create_task(player.play(stop))
        await asyncio.wait_for(came.wait(), DEADLINE_S)
        stop.set()
        counts = await asyncio.wait_for(playing, DEADLINE_S)

    assert 1 <= counts.sent <= 2
    assert counts.cancelled == counts.sent
    assert counts.in_flight == 0


async def test_a_stopped_player_lets_what_is_in_flight_end() -> None:
    came, go = asyncio.Event(), asyncio.Event()

    async def patient(request: Request) -> Response:
        came.set()
        await go.wait()
        return await numbered(request)

    stop = asyncio.Event()
    async with server(patient) as url:
        player = Player(url, planned(1) + planned(at_s=1e6))
        playing = asyncio.create_task(player.play(stop))
        await asyncio.wait_for(came.wait(), DEADLINE_S)
        stop.set()
        go.set()
        counts = await asyncio.wait_for(playing, DEADLINE_S)

    assert (counts.ok, counts.cancelled) == (1, 0)


async def test_no_more_are_in_flight_than_allowed_and_the_late_ones_are_counted() -> None:
    at_once: list[int] = []
    now = 0

    async def counting(request: Request) -> Response:
        nonlocal now
        now += 1
        at_once.append(now)
        await asyncio.sleep(0)
        now -= 1
        return await numbered(request)

    async with server(counting) as url:
        player = await play(url, planned(30), max_in_flight=3)

    assert max(at_once) <= 3
    assert player.counts.ok == 30
    assert player.counts.held_back > 0


async def test_speed_divides_the_waits() -> None:
    def hours() -> Iterator[Planned]:
        for hour in range(5):
            yield from planned(at_s=hour * 3600.0)

    async with server(numbered) as url:
        player = await play(url, hours(), speed=3.6e6)

    assert player.counts.ok == 5
