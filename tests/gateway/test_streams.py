"""Streamed answers: what is sent on, how they end, and what is said when they do not end well."""

import asyncio
import json
from typing import Any

import openai
import pytest

from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import (
    USAGE_CHUNK,
    WORDS,
    Act,
    Wire,
    answers,
    chunk_of,
    completion,
    never_answers,
    streams,
)

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


async def test_a_stream_comes_chunk_by_chunk_under_the_table_s_model(desk: Desk) -> None:
    east = await desk.provider("east", streams(*WORDS))
    client = await desk.open()

    raw = await client.chat.completions.with_raw_response.create(
        model="any", messages=ASK, stream=True
    )
    chunks = [chunk async for chunk in raw.parse()]

    assert raw.headers["content-type"].startswith("text/event-stream")
    assert raw.headers["x-route-model"] == "east-model"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello."
    assert {chunk.model for chunk in chunks} == {"east-model"}
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert east.received[0].body["stream_options"] == {"include_usage": True}
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.stream, row.stream_end) == ("ok", True, "done")
    assert (row.input_tokens, row.output_tokens, row.usage_source) == (100, 20, "provider")
    assert row.cost_usd is not None
    assert row.time_to_first_chunk_ms is not None
    assert attempt.time_to_first_chunk_ms is not None


@pytest.mark.parametrize("asked", [True, False])
async def test_the_usage_chunk_is_sent_only_to_clients_that_asked_for_it(
    desk: Desk, asked: bool
) -> None:
    with_both = chunk_of(finish="stop", usage=completion()["usage"])
    await desk.provider("east", streams(*WORDS), streams(*WORDS[:3], with_both))
    client = await desk.open()
    options: Any = {"include_usage": True} if asked else openai.omit

    for _ in range(2):
        stream = await client.chat.completions.create(
            model="any", messages=ASK, stream=True, stream_options=options
        )
        chunks = [chunk async for chunk in stream]

        assert any(chunk.usage for chunk in chunks) == asked
        assert all(chunk.choices for chunk in chunks) or asked
    for row in await desk.logged(2):
        assert (row.input_tokens, row.usage_source) == (100, "provider")


async def test_tool_calls_stream_through(desk: Desk) -> None:
    first = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
    more = {"index": 0, "function": {"arguments": '{"a":1}'}}
    await desk.provider(
        "east",
        streams(
            chunk_of({"role": "assistant", "content": None, "tool_calls": [first]}),
            chunk_of({"tool_calls": [more]}),
            chunk_of(finish="tool_calls"),
        ),
    )
    client = await desk.open()
    tool: Any = {"type": "function", "function": {"name": "f", "parameters": {}}}

    async with client.chat.completions.stream(model="any", messages=ASK, tools=[tool]) as stream:
        answer = await stream.get_final_completion()

    [call] = answer.choices[0].message.tool_calls or []
    assert (call.function.name, call.function.arguments) == ("f", '{"a":1}')


async def test_content_is_sent_on_before_the_provider_goes_on(desk: Desk) -> None:
    seen = asyncio.Event()

    async def waits_for_the_client(wire: Wire) -> None:
        await wire.begin_stream()
        await wire.event(chunk_of({"content": "first"}))
        await seen.wait()
        await streams_rest(wire)

    async def streams_rest(wire: Wire) -> None:
        await wire.event(chunk_of(finish="stop"))
        await wire.chunk(b"data: [DONE]\n\n")
        await wire.end_stream()

    await desk.provider("east", waits_for_the_client)
    client = await desk.open()

    stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
    async for chunk in stream:
        if chunk.choices[0].delta.content == "first":
            seen.set()

    assert seen.is_set()


async def test_a_finished_stream_without_done_is_closed_with_one(desk: Desk) -> None:
    await desk.provider("east", streams(*WORDS[:4], done=False))
    await desk.open()

    answer = await desk.http.post(
        "/v1/chat/completions", json={"model": "any", "messages": ASK, "stream": True}
    )

    assert answer.text.endswith("data: [DONE]\n\n")
    row, _ = await desk.one_logged()
    assert (row.status, row.stream_end, row.usage_source) == ("ok", "finish_no_done", "missing")


async def is_cut(wire: Wire) -> None:
    wire.writer.close()


async def ends_without_finish(wire: Wire) -> None:
    await wire.end_stream()


async def tells_an_error(wire: Wire) -> None:
    await wire.event({"error": {"message": "overloaded"}})
    await wire.end_stream()


async def talks_nonsense(wire: Wire) -> None:
    await wire.chunk(b"data: {broken\n\n")
    await wire.end_stream()


async def falls_silent(wire: Wire) -> None:
    await wire.gateway_left()


@pytest.mark.parametrize(
    ("breaks_off", "error_type", "stream_end"),
    [
        (is_cut, "connection_reset", "upstream_error"),
        (ends_without_finish, "eof_no_finish", "eof_no_finish"),
        (tells_an_error, "upstream_error", "upstream_error"),
        (talks_nonsense, "bad_answer", "upstream_error"),
        (falls_silent, "timeout", "upstream_error"),
    ],
)
async def test_a_stream_that_breaks_off_says_so_and_never_ends_cleanly(
    desk: Desk, breaks_off: Act, error_type: str, stream_end: str
) -> None:
    seen = asyncio.Event()

    async def begins_and_breaks_off(wire: Wire) -> None:
        await wire.begin_stream()
        await wire.event(chunk_of({"content": "Hel"}))
        await seen.wait()
        await breaks_off(wire)

    await desk.provider("east", begins_and_breaks_off)
    west = await desk.provider("west", streams(*WORDS))
    general = {"model": "east-model", "fallbacks": ["west-model"], "timeout_s": 0.5}
    client = await desk.open(desk.table(routes={"general": general}))

    stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
    first = await anext(stream)
    seen.set()
    with pytest.raises(openai.APIError) as caught:
        await anext(stream)

    assert first.choices[0].delta.content == "Hel"
    assert caught.value.code == error_type
    assert west.received == []
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("error", 200, error_type)
    assert row.stream_end == stream_end
    assert (row.usage_source, row.output_tokens, row.cost_usd) == ("estimated", 1, None)
    assert (attempt.error_type, attempt.why_next) == (error_type, None)


async def test_content_that_breaks_off_before_it_was_sent_on_is_never_seen(desk: Desk) -> None:
    async def breaks_off_in_one_breath(wire: Wire) -> None:
        error = b'data: {"error": {"message": "overloaded"}}\n\n'
        content = b"data: " + json.dumps(chunk_of({"content": "No."})).encode() + b"\n\n"
        await wire.begin_stream()
        await wire.chunk(content + error)
        await wire.end_stream()

    await desk.provider("east", breaks_off_in_one_breath)
    await desk.provider("west", streams(*WORDS))
    client = await desk.open()

    stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert text == "Hello."


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_hangs_up_cancels_the_provider_at_once(
    desk: Desk, stream: bool
) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def goes_on_forever(wire: Wire) -> None:
        asked.set()
        if stream:
            await wire.begin_stream()
            await wire.event(chunk_of({"content": "12345678"}))
        await wire.gateway_left()
        left.set()

    await desk.provider("east", goes_on_forever)
    west = await desk.provider("west", answers())
    client = await desk.open()

    if stream:
        opened = await client.chat.completions.create(model="any", messages=ASK, stream=True)
        await anext(opened)
        await opened.close()
    else:
        call = asyncio.create_task(client.chat.completions.create(model="any", messages=ASK))
        await asyncio.wait_for(asked.wait(), 5)
        call.cancel()

    await asyncio.wait_for(left.wait(), 5)
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.error_type) == ("client_cancelled", "client_abort")
    assert row.stream_end == ("client_abort" if stream else None)
    assert (row.output_tokens, row.cost_usd) == (2 if stream else None, None)
    assert attempt.error_type == "client_abort"
    assert west.received == []


async def test_a_client_that_hangs_up_before_the_first_content_is_logged_too(desk: Desk) -> None:
    east = await desk.provider("east", never_answers)
    client = await desk.open()

    call = asyncio.create_task(
        client.chat.completions.create(model="any", messages=ASK, stream=True)
    )

    async def arrived() -> bool:
        return bool(east.received)

    await desk.until(arrived)
    call.cancel()

    row, _ = await desk.one_logged()
    assert (row.status, row.http_status, row.stream_end) == (
        "client_cancelled",
        None,
        "client_abort",
    )


async def test_a_connection_that_ended_well_is_used_again(desk: Desk) -> None:
    peers: set[object] = set()

    async def notes_its_peer(wire: Wire) -> None:
        peers.add(wire.writer.get_extra_info("peername"))
        await streams(*WORDS[:4], USAGE_CHUNK)(wire)

    await desk.provider("east", notes_its_peer)
    client = await desk.open()

    for number in range(3):
        stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
        assert [chunk async for chunk in stream]
        await desk.logged(number + 1)

    assert len(peers) == 1
