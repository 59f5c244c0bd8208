"""Clients that wait: what keeps them, and what is not begun because they would not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from console.gateway import keep_alive
from console.gateway.keep_alive import silence_s
from console.gateway.time_left import time_left
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import (
    WORDS,
    Act,
    Wire,
    answers,
    chunk_of,
    never_answers,
    says,
    streams,
)

BODY: dict[str, Any] = {"model": "any", "messages": [{"role": "user", "content": "Greet me."}]}
COMMENT = ": keep-alive"


def waiting(seconds: float) -> dict[str, str]:
    """What OpenAI's clients say of their patience."""
    return {"x-stainless-read-timeout": str(seconds)}


def held_back(desk: Desk) -> dict[str, Any]:
    """A table whose default route judges its answers."""
    escalate = {"to": "large", "on": ["truncated"], "because": "Whole answers."}
    general = {"model": "east-model", "retries": 0, "escalate": escalate}
    return desk.table(routes={"general": general, "large": {"model": "west-model"}})


@asynccontextmanager
async def lines_of(desk: Desk) -> AsyncIterator[AsyncIterator[str]]:
    """Ask for a stream and yield what comes, line by line, the empty ones left out."""
    url, body = "/v1/chat/completions", {**BODY, "stream": True}
    async with desk.http.stream("POST", url, json=body, timeout=10) as answer:
        assert answer.status_code == 200
        yield (line async for line in answer.aiter_lines() if line)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_alive, "SILENCE_S", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("is_held", [True, False], ids=["held back", "as it comes"])
async def test_a_client_is_sent_comments_while_its_stream_is_silent(
    desk: Desk, is_held: bool
) -> None:
    go_on = asyncio.Event()

    async def pauses_after_content(wire: Wire) -> None:
        await wire.begin_stream()
        await wire.event(chunk_of({"content": "Hello."}))
        await go_on.wait()
        await wire.event(chunk_of(finish="stop"))
        await wire.chunk(b"data: [DONE]\n\n")
        await wire.end_stream()

    await desk.provider("east", pauses_after_content)
    await desk.provider("west", answers())
    await desk.open(held_back(desk) if is_held else desk.table())

    seen: list[str] = []
    async with lines_of(desk) as lines:
        async for line in lines:
            seen.append(line)
            if line == COMMENT:
                go_on.set()

    assert (seen[0] == COMMENT) == is_held
    assert [line[:6] for line in seen if line != COMMENT] == ["data: "] * 3
    assert seen[-1] == "data: [DONE]"
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.stream_end, attempt.held_back) == ("ok", "done", is_held)


def when(go_on: asyncio.Event, act: Act) -> Act:
    """Wait for the client before doing something."""

    async def waits(wire: Wire) -> None:
        await go_on.wait()
        await act(wire)

    return waits


async def after_a_comment(desk: Desk, *acts: Act) -> list[str]:
    """Return what a client gets whose first provider goes on once there was a comment."""
    go_on = asyncio.Event()
    first, *others = acts
    await desk.provider("east", when(go_on, first))
    for act in others:
        await desk.provider("west", act)
    await desk.open()
    seen: list[str] = []
    async with lines_of(desk) as lines:
        async for line in lines:
            seen.append(line)
            go_on.set()
    assert seen[0] == COMMENT
    return [line for line in seen if line != COMMENT]


@pytest.mark.usefixtures("impatient")
async def test_a_failure_after_a_comment_is_still_fallen_back_from(desk: Desk) -> None:
    seen = await after_a_comment(desk, says(500), streams(*WORDS))

    assert (len(seen), seen[-1]) == (5, "data: [DONE]")
    row, _ = await desk.one_logged()
    assert (row.status, row.n_fallbacks, row.http_status) == ("degraded", 1, 200)


@pytest.mark.usefixtures("impatient")
async def test_after_a_comment_failure_can_only_be_told_within_the_stream(desk: Desk) -> None:
    [told] = await after_a_comment(desk, says(500))

    assert '"code":"c"' in told
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, row.stream_end) == ("error", 200, "upstream_error")
    assert (row.error_type, attempt.http_status) == ("upstream_5xx", 500)


@pytest.mark.usefixtures("impatient")
async def test_after_a_comment_a_provider_s_refusal_is_an_event_too(desk: Desk) -> None:
    refusal = b'{\n "error": {"message": "Too long.",\n "code": "ctx"}}'

    [told] = await after_a_comment(desk, says(400, refusal))

    assert told == 'data: {"error":{"message":"Too long.","code":"ctx"}}'
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, attempt.http_status) == ("error", 200, 400)


def test_a_client_hears_something_well_before_it_would_give_up() -> None:
    assert [silence_s(None), silence_s(600), silence_s(6)] == [10, 10, 3]


async def ask(desk: Desk, seconds: float, *, stream: bool = False) -> httpx.Response:
    return await desk.http.post(
        "/v1/chat/completions",
        json={**BODY, "stream": stream},
        headers=waiting(seconds),
        timeout=10,
    )


@pytest.mark.parametrize("stream", [False, True])
async def test_nothing_is_begun_for_a_client_that_could_not_wait_for_it(
    desk: Desk, stream: bool
) -> None:
    east = await desk.provider("east", answers())
    await desk.open()

    answer = await ask(desk, 0.01, stream=stream)

    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "timeout")
    assert "Nothing was tried" in answer.json()["error"]["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert east.received == []
    row, attempts = await desk.one_logged()
    assert (row.status, row.error_type, row.n_attempts) == ("error", "timeout", 0)
    assert (row.client_timeout_s, list(attempts)) == (0.01, [])


@pytest.mark.parametrize("stream", [False, True])
async def test_an_attempt_ends_before_its_client_gives_up_and_none_comes_after(
    desk: Desk, stream: bool
) -> None:
    await desk.provider("east", never_answers)
    west = await desk.provider("west", answers())
    route = {"model": "east-model", "fallbacks": ["west-model"], "timeout_s": 60}
    await desk.open(desk.table(routes={"general": route}))

    answer = await ask(desk, 0.4, stream=stream)

    # A client whose patience is short is sent comments; then only an event can tell it.
    said = answer.text
    assert "There was no time left for another." in said
    assert '"code":"timeout"' in said
    assert answer.status_code == (200 if stream else 504)
    assert west.received == []
    row, [attempt] = await desk.one_logged()
    assert (row.error_type, attempt.error_type) == ("timeout", "timeout")
    assert attempt.why_next == "gave_up_no_time_left"


async def test_a_wait_too_long_for_the_client_s_time_is_not_begun(desk: Desk) -> None:
    east = await desk.provider("east", says(429, retry_after="30"))
    await desk.open(desk.table(routes={"general": {"model": "east-model", "retries": 1}}))

    answer = await ask(desk, 5)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert len(east.received) == 1


async def test_a_stream_that_has_begun_may_outlast_the_client_s_patience_for_silence(
    desk: Desk,
) -> None:
    async def takes_its_time(wire: Wire) -> None:
        await wire.begin_stream()
        await wire.event(chunk_of({"content": "Hel"}))
        await asyncio.sleep(0.5)
        await wire.event(chunk_of({"content": "lo."}, finish="stop"))
        await wire.chunk(b"data: [DONE]\n\n")
        await wire.end_stream()

    await desk.provider("east", takes_its_time)
    await desk.open()

    answer = await ask(desk, 0.4, stream=True)

    assert answer.text.endswith("data: [DONE]\n\n")
    row, _ = await desk.one_logged()
    assert row.status == "ok"


@pytest.mark.parametrize(("patience", "left"), [(None, 599.0), (600.0, 599.0), (10.0, 9.5)])
async def test_the_time_left_is_the_client_s_less_a_margin(
    patience: float | None, left: float
) -> None:
    assert time_left(patience).seconds == pytest.approx(left, abs=0.2)
    assert time_left(patience, spent_s=2.0).seconds == pytest.approx(left - 2.0, abs=0.2)
    assert time_left(patience).cut(1.0) == 1.0
