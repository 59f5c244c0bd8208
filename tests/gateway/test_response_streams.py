"""Streamed responses: typed events as they come, and an end that is told as what it is."""

import asyncio
import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from console.gateway import keep_alive, responses_stream
from tests.gateway.conftest import CANARY, Desk
from tests.gateway.metrics_page import samples, value
from tests.gateway.scripted_provider import Act, Wire, answers, never_answers, resets, says
from tests.gateway.scripted_responses import (
    CALL,
    beginning,
    calling,
    cut_short,
    ending,
    failed,
    hello,
    message,
    numbered,
    response,
    saying,
    send_event,
    streams_events,
)

BODY = {"model": "any", "input": "Greet me.", "stream": True}
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT: Any = {"format": {"type": "json_schema", "name": "n", "schema": NAME}}
FEW_BYTES = 16 * 1024


class Named(BaseModel):
    name: str


class Watched:
    """Whether the client under test has seen any text, for providers that wait for it."""

    def __init__(self) -> None:
        self.text_seen = asyncio.Event()


client_under_test = Watched()


@pytest.fixture(autouse=True)
def _not_seen_yet() -> None:
    client_under_test.text_seen = asyncio.Event()


async def asked(desk: Desk, **changes: Any) -> str:
    """Return the text of the stream that a client gets."""
    text = ""
    async with desk.http.stream("POST", "/v1/responses", json={**BODY, **changes}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for piece in answer.aiter_text():
            text += piece
            if "output_text.delta" in text:
                client_under_test.text_seen.set()
    return text


def events_in(text: str) -> list[dict[str, Any]]:
    """Return the events of a stream, each of which is to be named as its type says."""
    found = []
    for block in text.split("\n\n")[:-1]:
        lines = [line for line in block.split("\n") if not line.startswith(":")]
        if lines:
            name, data = lines
            document = json.loads(data.removeprefix("data: "))
            assert name == f"event: {document['type']}"
            found.append(document)
    return found


async def seen_by_client(client: openai.AsyncOpenAI) -> tuple[int, str | None, str]:
    """Ask for a stream: the status, the code of the error that is raised, the text before it."""
    text = ""
    try:
        stream: Any = await client.responses.create(model="any", input="Greet me.", stream=True)
        async for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
                client_under_test.text_seen.set()
    except openai.APIStatusError as error:
        said = error.response.headers["x-should-retry"]
        return error.status_code, f"{error.code}", text if said == "false" else "do try again"
    except openai.APIError as error:
        return 200, f"{error.code}", text
    return 200, None, text


async def test_events_come_as_they_are_under_the_table_s_model_and_by_their_names(
    desk: Desk,
) -> None:
    east = await desk.provider("east", streams_events(*hello()))
    await desk.open()

    got = events_in(await asked(desk))

    wanted = numbered(*hello())
    for event in wanted:
        if "response" in event:
            event["response"] = {**event["response"], "model": "east-model"}
    assert got == wanted
    assert east.received[0].body == {**BODY, "model": "east-upstream"}
    row, [attempt] = await desk.one_logged()
    assert (row.operation_name, row.status, row.stream_end) == ("responses", "ok", "done")
    assert (row.finish_reason, row.usage_source) == ("stop", "provider")
    assert (row.input_tokens, row.output_tokens, row.cache_read_tokens) == (100, 20, 40)
    assert (row.reasoning_tokens, attempt.held_back) == (5, False)
    assert row.cost_usd is not None
    assert None not in (row.time_to_first_chunk_ms, attempt.time_to_first_chunk_ms)
    found = await samples(desk)
    first = "gen_ai_server_time_to_first_token_seconds_count"
    assert value(found, first, openai_api_type="responses") == 1


async def test_the_client_library_s_helper_puts_texts_schemas_and_calls_together(
    desk: Desk,
) -> None:
    named = message('{"name":"A"}')
    await desk.provider(
        "east",
        streams_events(*beginning(), *saying('{"name":', '"A"}'), ending(response(named))),
        streams_events(*beginning(), *calling(), ending(response(CALL))),
    )
    client = await desk.open()
    tool: Any = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}

    async with client.responses.stream(model="any", input="Name?", text_format=Named) as stream:
        parsed = await stream.get_final_response()
    async with client.responses.stream(model="any", input="Look.", tools=[tool]) as stream:
        deltas = [event async for event in stream if event.type.endswith("arguments.delta")]
        called = await stream.get_final_response()

    assert parsed.output_parsed == Named(name="A")
    assert [event.snapshot for event in deltas] == ['{"a"', '{"a":1}']  # type: ignore[union-attr]
    assert called.output[0].type == "function_call"
    assert [row.finish_reason for row in await desk.logged(2)] == ["stop", "tool_calls"]


async def test_content_is_sent_on_before_the_provider_goes_on(desk: Desk) -> None:
    seen = asyncio.Event()
    first, rest = numbered(*hello())[:5], numbered(*hello())[5:]

    async def waits_for_the_client(wire: Wire) -> None:
        await wire.begin_stream()
        for document in first:
            await send_event(wire, document)
        await seen.wait()
        for document in rest:
            await send_event(wire, document)
        await wire.end_stream()

    await desk.provider("east", waits_for_the_client)
    client = await desk.open()

    stream: Any = await client.responses.create(model="any", input="Greet me.", stream=True)
    types = []
    async for event in stream:
        types.append(event.type)
        if event.type == "response.output_text.delta":
            seen.set()

    assert types == [event["type"] for event in hello()]


async def test_a_failure_before_the_first_content_is_never_seen(desk: Desk) -> None:
    announced = [*beginning(), *saying("x")[:2], {"type": "keepalive"}]
    await desk.provider("east", streams_events(*announced))
    await desk.provider("west", streams_events(*hello()))
    client = await desk.open()

    assert await seen_by_client(client) == (200, None, "Hello.")
    row, [first, _] = await desk.one_logged()
    assert (row.status, first.why_next) == ("degraded", "fallback_after_eof_no_finish")


async def test_a_client_that_leaves_with_the_last_event_has_all_it_came_for(desk: Desk) -> None:
    left = asyncio.Event()

    async def stays_open(wire: Wire) -> None:
        await wire.begin_stream()
        for document in numbered(*hello()):
            await send_event(wire, document)
        await left.wait()

    await desk.provider("east", stays_open)
    await desk.open(durable=True)

    async with desk.http.stream("POST", "/v1/responses", json=BODY) as answer:
        async for line in answer.aiter_lines():
            if line == "event: response.completed":
                [row] = desk.read_log(lambda reader: reader.newest(9))
                break
    left.set()

    assert (row.status, row.output_tokens) == ("ok", 20)
    assert (await desk.one_logged())[0].status == "ok"


async def stalls_after_content(wire: Wire) -> None:
    await streams_events_on(wire, *hello()[:5])
    await wire.gateway_left()


async def stalls_before_content(wire: Wire) -> None:
    await streams_events_on(wire, *beginning())
    await wire.gateway_left()


async def breaks_off_after_content(wire: Wire) -> None:
    await streams_events_on(wire, *hello()[:5])
    wire.writer.close()


async def sends_an_endless_line(wire: Wire) -> None:
    await wire.begin_stream()
    await wire.chunk(b"data: " + b"x" * 3 * FEW_BYTES)
    await wire.gateway_left()


async def talks_nonsense_after_content(wire: Wire) -> None:
    await streams_events_on(wire, *hello()[:5])
    await client_under_test.text_seen.wait()
    await wire.chunk(b"data: {broken\n\n")
    await wire.end_stream()


def after_content(event: dict[str, Any]) -> Act:
    """Stream some content, and this event once it was seen."""

    async def act(wire: Wire) -> None:
        await streams_events_on(wire, *HEL)
        await client_under_test.text_seen.wait()
        await send_event(wire, {**event, "sequence_number": len(HEL)})
        await wire.end_stream()

    return act


async def ends_with_done(wire: Wire) -> None:
    await streams_events_on(wire, *hello()[:5])
    await wire.chunk(b"data: [DONE]\n\n")
    await wire.end_stream()


async def streams_events_on(wire: Wire, *events: dict[str, Any]) -> None:
    await wire.begin_stream()
    for document in numbered(*events):
        await send_event(wire, document)


HEL = hello()[:5]
FLAT = {"type": "error", "code": "server_error", "message": "An accident.", "param": None}
NESTED = {"type": "error", "error": {"type": "server_error", "code": "c", "message": "Sorry."}}
HTML = b"<html>Bad gateway</html>"
EMPTY = says(200, b"", "text/event-stream")
NONSENSE = says(200, b"data: {broken\n\n", "text/event-stream")


@pytest.mark.parametrize(
    ("act", "status", "code", "error_type", "seen"),
    [
        pytest.param(resets, 502, None, "connection_reset", None, id="reset"),
        pytest.param(
            breaks_off_after_content, 200, None, "connection_reset", 200, id="reset after content"
        ),
        pytest.param(never_answers, 504, None, "timeout", None, id="stall"),
        pytest.param(stalls_before_content, 504, None, "timeout", None, id="stall before content"),
        pytest.param(stalls_after_content, 200, None, "timeout", 200, id="stall after content"),
        pytest.param(
            streams_events(*beginning()), 502, None, "eof_no_finish", 200, id="end, no content"
        ),
        pytest.param(
            streams_events(*HEL), 200, None, "eof_no_finish", 200, id="end without an ending"
        ),
        pytest.param(ends_with_done, 200, None, "eof_no_finish", 200, id="done, no ending"),
        pytest.param(EMPTY, 502, None, "eof_no_finish", 200, id="empty 200"),
        pytest.param(
            streams_events(*beginning(), FLAT), 502, "server_error", "upstream_error", 200,
            id="error event",
        ),
        pytest.param(
            streams_events(*beginning(), NESTED), 502, "c", "upstream_error", 200,
            id="error event with an error",
        ),
        pytest.param(
            after_content(FLAT), 200, None, "upstream_error", 200,
            id="error event after content",
        ),
        pytest.param(
            streams_events(*beginning(), ending(failed())), 502, "server_error", "upstream_error",
            200, id="failed",
        ),
        pytest.param(
            after_content({"type": "response.completed"}), 200, None, "bad_answer", 200,
            id="an ending without a response",
        ),
        pytest.param(says(502, HTML, "text/html"), 502, None, "upstream_5xx", 502, id="HTML 502"),
        pytest.param(says(200, HTML, "text/html"), 502, None, "bad_answer", 200, id="HTML 200"),
        pytest.param(NONSENSE, 502, None, "bad_answer", 200, id="invalid JSON"),
        pytest.param(
            talks_nonsense_after_content, 200, None, "bad_answer", 200,
            id="invalid JSON after content",
        ),
        pytest.param(
            answers(response()), 502, None, "bad_answer", 200, id="a document for a stream"
        ),
        pytest.param(
            sends_an_endless_line, 502, None, "answer_too_large", 200, id="endless line"
        ),
    ],
)  # fmt: skip
async def test_a_fault_is_told_to_the_client_to_the_log_and_in_the_metrics(
    desk: Desk,
    act: Act,
    status: int,
    code: str | None,
    error_type: str,
    seen: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(responses_stream, "MOST_EVENT_BYTES", FEW_BYTES)
    await desk.provider("east", act)
    route = {"model": "east-model", "retries": 0, "timeout_s": 0.4}
    client = await desk.open(desk.table(routes={"general": route}))

    told = await seen_by_client(client)

    assert told == (status, code or error_type, "Hel" if status == 200 else "")
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("error", status, error_type)
    assert (attempt.error_type, attempt.http_status) == (error_type, seen)
    assert (row.cost_usd, row.finish_reason) == (None, None)
    ends = {"eof_no_finish": "eof_no_finish"}
    end = ends.get(error_type, "upstream_error") if status == 200 else None
    assert (row.stream_end, row.usage_source) == (end, "estimated" if end else "missing")
    failed_so = {"openai_api_type": "responses", "error_type": error_type}
    found = await samples(desk)
    assert value(found, "gen_ai_server_request_duration_seconds_count", **failed_so) == 1
    assert value(found, "gen_ai_client_operation_duration_seconds_count", **failed_so) == 1


async def test_an_error_in_a_stream_is_one_that_clients_raise_and_readers_of_types_see(
    desk: Desk,
) -> None:
    await desk.provider("east", streams_events(*HEL))
    await desk.open()

    *_, last = events_in(await asked(desk))

    assert last.pop("error")["type"] == "upstream_error"
    assert last == {
        "type": "error",
        "code": "eof_no_finish",
        "message": "The provider's stream broke off.",
        "param": None,
        "sequence_number": len(HEL),
    }


async def test_a_response_that_fails_after_content_ends_as_its_provider_ended_it(
    desk: Desk,
) -> None:
    usage = {"input_tokens": 7, "output_tokens": 3}
    await desk.provider("east", after_content(ending({**failed(), "usage": usage})))
    await desk.open()

    *_, last = events_in(await asked(desk))

    assert last["type"] == "response.failed"
    assert last["response"]["error"]["message"] == "The model had an accident."
    assert last["response"]["model"] == "east-model"
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.error_type) == ("error", "upstream_error")
    assert (row.usage_source, row.output_tokens) == ("provider", 3)
    assert attempt.error_message == "The model had an accident."


async def test_after_a_comment_an_error_is_an_event_that_clients_raise(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_alive, "SILENCE_S", 0.05)
    await desk.provider("east", stalls_before_content)
    route = {"model": "east-model", "retries": 0, "timeout_s": 0.4}
    client = await desk.open(desk.table(routes={"general": route}))

    assert await seen_by_client(client) == (200, "timeout", "")


@pytest.mark.parametrize(
    ("events", "trigger"),
    [
        ([*saying("Hel"), ending(cut_short("max_output_tokens", message("Hel")))], "truncated"),
        ([ending(response(output=[]))], "empty"),
        ([*saying("{not"), ending(response(output=[]))], "invalid_json"),
        ([*saying("Hel"), ending(failed())], "failed"),
        ([*saying("Hel")], "failed"),
    ],
)
async def test_a_stream_is_held_back_and_judged_where_its_route_judges_answers(
    desk: Desk, events: list[dict[str, Any]], trigger: str
) -> None:
    await desk.provider("east", streams_events(*beginning(), *events))
    await desk.provider("west", streams_events(*hello('{"name":', '"A"}')))
    on = list(dict.fromkeys(["truncated", trigger]))
    escalate = {"to": "large", "on": on, "because": "Test."}
    routes = {
        "general": {"model": "east-model", "retries": 0, "escalate": escalate},
        "large": {"model": "west-model"},
    }
    client = await desk.open(desk.table(routes=routes))

    async with client.responses.stream(model="any", input="Name?", text_format=Named) as stream:
        answer = await stream.get_final_response()

    assert (answer.model, answer.output_text) == ("west-model", '{"name":"A"}')
    row, [first, second] = await desk.one_logged()
    assert (row.status, row.escalation_reason) == ("degraded", trigger)
    assert (first.held_back, second.held_back) == (True, False)


async def test_a_held_back_stream_that_is_good_enough_comes_as_it_came(desk: Desk) -> None:
    await desk.provider("east", streams_events(*hello()))
    escalate = {"to": "large", "on": ["truncated", "empty"], "because": "Test."}
    routes = {"general": {"model": "east-model", "escalate": escalate}}
    routes["large"] = {"model": "east-model"}
    await desk.open(desk.table(routes=routes))

    got = events_in(await asked(desk))

    assert [event["type"] for event in got] == [event["type"] for event in hello()]
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.stream_end, attempt.held_back) == ("ok", "done", True)
    assert attempt.time_to_first_chunk_ms is not None


async def test_a_client_that_hangs_up_cancels_the_provider_and_is_logged_with_its_tokens(
    desk: Desk,
) -> None:
    left = asyncio.Event()

    async def goes_on_forever(wire: Wire) -> None:
        await streams_events_on(wire, *beginning(), *saying("12345678")[:3])
        await wire.gateway_left()
        left.set()

    await desk.provider("east", goes_on_forever)
    client = await desk.open()

    stream: Any = await client.responses.create(model="any", input="Greet me.", stream=True)
    async for event in stream:
        if event.type == "response.output_text.delta":
            break
    await stream.close()

    await asyncio.wait_for(left.wait(), 5)
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.stream_end) == ("client_cancelled", "client_abort")
    assert (row.usage_source, row.output_tokens, row.cost_usd) == ("estimated", 2, None)
    assert attempt.error_type == "client_abort"


async def test_an_answer_told_only_in_the_last_event_is_kept_where_answers_are(
    desk: Desk,
) -> None:
    await desk.provider("east", streams_events(ending(response())))
    await desk.open(desk.table(capture={"text": "full"}))

    [only] = events_in(await asked(desk))

    assert only["type"] == "response.completed"
    [row] = await desk.logged()
    assert desk.read_log(lambda reader: reader.body(row.request_id)).answer == "Hello."


async def test_a_provider_s_key_is_blotted_out_of_every_event(desk: Desk) -> None:
    leak = [*beginning(), *saying("Hel", CANARY), ending(response(message(CANARY)))]
    await desk.provider("east", streams_events(*leak))
    await desk.open()

    text = await asked(desk)

    assert CANARY not in text
    assert "[key withheld]" in text
