"""Every way a provider can fail, asked plainly and streamed: what the client sees, what is logged.

There is one target and nothing to fall back to, so that each fault is seen as it is.
"""

import asyncio
import json
import socket
from typing import Any, NamedTuple

import openai
import pytest

from console.gateway import sse, upstream
from console.gateway.held_stream import HeldStream
from console.gateway.streamed_answer import StreamedAnswer
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import (
    WORDS,
    Act,
    Wire,
    answers,
    chunk_of,
    completion,
    cuts_after,
    never_answers,
    resets,
    says,
    streams,
)

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]
FEW_BYTES = 16 * 1024


class Fault(NamedTuple):
    """What the provider does, and what is to come of it.

    `status` is what the client is told; 200 means an error event after the text "Hel".
    `seen` is the provider's own status as the attempt has it.
    """

    name: str
    streamed: bool
    act: Act
    status: int
    error_type: str
    seen: int | None


HEL = chunk_of({"content": "Hel"})


async def stalls_after_content(wire: Wire) -> None:
    await wire.begin_stream()
    await wire.event(HEL)
    await wire.gateway_left()


async def stalls_before_content(wire: Wire) -> None:
    await wire.begin_stream()
    await wire.gateway_left()


async def stalls_half_way(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    await wire.send(b'content-length: 999\r\n\r\n{"id": "chatcmpl-1",')
    await wire.gateway_left()


async def ends_half_way(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    await wire.send(b'content-length: 999\r\n\r\n{"id": "chatcmpl-1",')
    wire.writer.close()


async def drips_text(wire: Wire) -> None:
    await wire.begin_stream()
    while True:
        await wire.event(HEL if not wire.writer.is_closing() else {})
        await asyncio.sleep(0.05)


async def drips_spaces(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    await wire.send(b"content-length: 99999\r\n\r\n")
    while not wire.writer.is_closing():
        await wire.send(b" ")
        await asyncio.sleep(0.05)


async def sends_an_endless_line(wire: Wire) -> None:
    await wire.begin_stream()
    await wire.chunk(b"data: " + b"x" * 3 * FEW_BYTES)
    await wire.gateway_left()


async def sends_an_endless_line_after_content(wire: Wire) -> None:
    await wire.begin_stream()
    await wire.event(HEL)
    await asyncio.sleep(0)
    await wire.chunk(b"data: " + b"x" * 3 * FEW_BYTES)
    await wire.gateway_left()


def events(text: bytes) -> Act:
    return says(200, text, "text/event-stream")


HTML = b"<html>Bad gateway</html>"
LARGE = json.dumps(completion("x" * 3 * FEW_BYTES)).encode()

FAULTS = [
    Fault("reset", False, resets, 502, "connection_reset", None),
    Fault("reset", True, resets, 502, "connection_reset", None),
    Fault("reset after content", True, cuts_after(HEL), 200, "connection_reset", 200),
    Fault("stall before headers", False, never_answers, 504, "timeout", None),
    Fault("stall before headers", True, never_answers, 504, "timeout", None),
    Fault("stall in the body", False, stalls_half_way, 504, "timeout", None),
    Fault("stall before content", True, stalls_before_content, 504, "timeout", None),
    Fault("stall after content", True, stalls_after_content, 200, "timeout", 200),
    Fault("end in the body", False, ends_half_way, 502, "connection_reset", 200),
    Fault("clean end, no finish", True, streams(HEL, done=False), 200, "eof_no_finish", 200),
    Fault("clean end, no content", True, streams(done=False), 502, "eof_no_finish", 200),
    Fault("done, no content", True, streams(), 502, "eof_no_finish", 200),
    Fault("empty 200", False, says(200, b""), 502, "bad_answer", 200),
    Fault("empty 200", True, events(b""), 502, "eof_no_finish", 200),
    Fault("HTML 502", False, says(502, HTML, "text/html"), 502, "upstream_5xx", 502),
    Fault("HTML 502", True, says(502, HTML, "text/html"), 502, "upstream_5xx", 502),
    Fault("503", False, says(503, HTML, "text/html"), 503, "upstream_5xx", 503),
    Fault("503", True, says(503, HTML, "text/html"), 503, "upstream_5xx", 503),
    Fault("invalid JSON", False, says(200, b'{"choices": ['), 502, "bad_answer", 200),
    Fault("invalid JSON", True, events(b"data: {broken\n\n"), 502, "bad_answer", 200),
    Fault("HTML 200", False, says(200, HTML, "text/html"), 502, "bad_answer", 200),
    Fault("HTML 200", True, says(200, HTML, "text/html"), 502, "bad_answer", 200),
    Fault("JSON for a stream", True, answers(), 502, "bad_answer", 200),
    Fault("events for a document", False, streams(*WORDS), 502, "bad_answer", 200),
    Fault("oversized", False, says(200, LARGE), 502, "answer_too_large", 200),
    Fault("endless line", True, sends_an_endless_line, 502, "answer_too_large", 200),
    Fault("slow drip", False, drips_spaces, 504, "timeout", None),
    Fault("slow drip", True, drips_text, 200, "timeout", 200),
]


def name_of(fault: Fault) -> str:
    return f"{fault.name}, {'streamed' if fault.streamed else 'plain'}"


async def seen_by_client(client: openai.AsyncOpenAI, streamed: bool) -> tuple[int, str, str]:
    """Ask and fail: the status, the error's code, and the text that came before it."""
    text = ""
    try:
        answer: Any = await client.chat.completions.create(
            model="any", messages=ASK, stream=streamed
        )
        async for chunk in answer:
            text += chunk.choices[0].delta.content or ""
    except openai.APIStatusError as error:
        said = error.response.headers["x-should-retry"]
        return error.status_code, f"{error.code}", text if said == "false" else "do try again"
    except openai.APIError as error:
        return 200, str(error.code), text
    raise AssertionError("the client saw a clean end")


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "MAX_ANSWER_BYTES", FEW_BYTES)
    monkeypatch.setattr(sse, "MAX_EVENT_BYTES", FEW_BYTES)


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("fault", FAULTS, ids=name_of)
async def test_a_fault_is_told_to_the_client_and_to_the_log_as_what_it_is(
    desk: Desk, fault: Fault
) -> None:
    await desk.provider("east", fault.act)
    route = {"model": "east-model", "retries": 0, "timeout_s": 0.4}
    client = await desk.open(desk.table(routes={"general": route}))

    status, code, text = await seen_by_client(client, fault.streamed)

    assert (status, code) == (fault.status, fault.error_type)
    assert text[:3] == ("Hel" if fault.status == 200 else "")
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("error", status, fault.error_type)
    assert (attempt.error_type, attempt.http_status) == (fault.error_type, fault.seen)
    assert (attempt.kind, attempt.why_next) == ("primary", None)
    assert attempt.held_back is (False if fault.streamed else None)
    assert (row.cost_usd, row.finish_reason) == (None, None)
    ends = {"eof_no_finish": "eof_no_finish"}
    assert row.stream_end == (ends.get(code, "upstream_error") if status == 200 else None)
    assert row.usage_source == ("estimated" if status == 200 else "missing")


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_refused_connection_is_told_as_one(desk: Desk, streamed: bool) -> None:
    await desk.provider("east", answers())
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    table = desk.table()
    table["providers"]["east"]["base_url"] = nobody
    client = await desk.open(table)

    assert await seen_by_client(client, streamed) == (502, "connection_refused", "")
    row, [attempt] = await desk.one_logged()
    assert (row.http_status, attempt.error_type, attempt.http_status) == (
        502,
        "connection_refused",
        None,
    )


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("headers", "tries", "told"),
    [({}, 2, None), ({"retry_after_ms": "20"}, 2, "1"), ({"retry_after": "3600"}, 1, "3600")],
    ids=["none", "short", "long"],
)
async def test_a_429_is_tried_again_unless_its_retry_after_is_too_long(
    desk: Desk, headers: dict[str, str], tries: int, told: str | None, streamed: bool
) -> None:
    east = await desk.provider("east", says(429, **headers))
    client = await desk.open(desk.table(routes={"general": {"model": "east-model", "retries": 1}}))

    with pytest.raises(openai.RateLimitError) as caught:
        await client.chat.completions.create(model="any", messages=ASK, stream=streamed)

    assert (caught.value.code, caught.value.message) == ("c", "Error code: 429 - no")
    assert caught.value.response.headers.get("retry-after") == told
    assert caught.value.response.headers["x-should-retry"] == "false"
    assert len(east.received) == tries
    row, attempts = await desk.one_logged()
    assert (row.http_status, row.error_type, row.n_attempts) == (429, "rate_limited", tries)
    whys = ["retry_after_rate_limited", None] if tries == 2 else [None]
    assert [attempt.why_next for attempt in attempts] == whys


async def test_a_line_that_never_ends_breaks_off_a_stream_under_way(
    desk: Desk, small_bounds: None
) -> None:
    await desk.provider("east", sends_an_endless_line_after_content)
    client = await desk.open()

    status, code, text = await seen_by_client(client, streamed=True)

    assert (code, text) in [("answer_too_large", "Hel"), ("answer_too_large", "")]
    row, _ = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("error", status, "answer_too_large")


async def test_a_client_that_hangs_up_on_a_held_back_stream_is_logged_with_its_tokens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, left = asyncio.Event(), asyncio.Event()
    take = HeldStream.of

    async def says_when_it_begins(stream: StreamedAnswer) -> HeldStream:
        begun.set()
        return await take(stream)

    monkeypatch.setattr(HeldStream, "of", says_when_it_begins)

    async def goes_on(wire: Wire) -> None:
        await stalls_after_content(wire)
        left.set()

    await desk.provider("east", goes_on)
    await desk.provider("west", answers())
    escalate = {"to": "large", "on": ["truncated"], "because": "Whole answers."}
    routes = {
        "general": {"model": "east-model", "escalate": escalate},
        "large": {"model": "west-model"},
    }
    client = await desk.open(desk.table(routes=routes))

    call = asyncio.create_task(
        client.chat.completions.create(model="any", messages=ASK, stream=True)
    )

    await asyncio.wait_for(begun.wait(), 5)
    call.cancel()

    await asyncio.wait_for(left.wait(), 5)
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.stream_end) == ("client_cancelled", "client_abort")
    assert (attempt.error_type, attempt.held_back) == ("client_abort", True)
    assert attempt.time_to_first_chunk_ms is not None
    assert (row.usage_source, row.output_tokens, row.cost_usd) == ("estimated", 1, None)


async def test_a_stream_that_is_held_back_is_not_kept_beyond_a_bound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.gateway.held_stream.MAX_ANSWER_BYTES", FEW_BYTES)
    much = chunk_of({"content": "x" * FEW_BYTES})
    await desk.provider("east", streams(much, *WORDS))
    await desk.provider("west", streams(*WORDS))
    escalate = {"to": "large", "on": ["truncated", "failed"], "because": "Whole answers."}
    routes = {
        "general": {"model": "east-model", "retries": 1, "escalate": escalate},
        "large": {"model": "west-model"},
    }
    client = await desk.open(desk.table(routes=routes))

    stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert text == "Hello."
    row, [first, _] = await desk.one_logged()
    assert (first.error_type, first.why_next) == ("answer_too_large", "escalation_after_failed")
    assert (row.escalation_reason, row.cost_usd) == ("failed", None)
