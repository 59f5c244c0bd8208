"""Answers that are not good enough: who is asked next, what the client gets, what it costs."""

from typing import Any

import openai
import pytest

from console.traffic.reader import LogReader
from console.traffic.records import AttemptRow
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import (
    USAGE_CHUNK,
    WORDS,
    Act,
    answers,
    chunk_of,
    completion,
    cuts_after,
    resets,
    says,
    streams,
)

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]
SCHEMA: dict[str, Any] = {"type": "object", "required": ["name"]}
FORMAT: Any = {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}}
COST = (60 * 1.0 + 40 * 0.5 + 20 * 2.0) / 1_000_000
"""What one answer of the scripted provider costs by the desk's prices."""


def saying(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return completion(choices=[choice])


def streaming(delta: dict[str, Any], finish: str = "stop") -> Act:
    role = chunk_of({"role": "assistant"})
    return streams(role, chunk_of(delta), chunk_of(finish=finish), USAGE_CHUNK)


GOOD = '{"name": "Ada"}'
SHORTCOMINGS: list[tuple[str, dict[str, Any], str]] = [
    ("invalid_json", {"content": '{"name": '}, "stop"),
    ("schema_mismatch", {"content": "{}"}, "stop"),
    ("truncated", {"content": GOOD}, "length"),
    ("empty", {"content": ""}, "stop"),
    ("refusal", {"refusal": "I can not."}, "stop"),
    ("refusal", {"content": GOOD}, "content_filter"),
]


def escalating(desk: Desk, *on: str, **large: Any) -> dict[str, Any]:
    """A table whose route east escalates to its route west."""
    escalate = {"to": "large", "on": list(on), "because": "It must be good."}
    general = {"model": "east-model", "retries": 0, "timeout_s": 5, "escalate": escalate}
    routes = {"general": general, "large": {"model": "west-model", "retries": 0, **large}}
    return desk.table(routes=routes)


@pytest.mark.parametrize(("trigger", "message", "finish"), SHORTCOMINGS)
async def test_an_answer_that_is_not_good_enough_is_asked_for_again_on_the_next_route(
    desk: Desk, trigger: str, message: dict[str, Any], finish: str
) -> None:
    await desk.provider("east", answers(saying(message, finish)))
    await desk.provider("west", answers(completion(GOOD)))
    client = await desk.open(escalating(desk, trigger))

    answer = await client.chat.completions.create(model="any", messages=ASK, response_format=FORMAT)

    assert (answer.model, answer.choices[0].message.content) == ("west-model", GOOD)
    row, [first, second] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("degraded", 200, None)
    assert (row.escalated, row.escalation_reason) == (True, trigger)
    assert (row.route, row.response_model) == ("general", "west-model")
    assert (first.http_status, first.error_type) == (200, None)
    assert first.why_next == f"escalation_after_{trigger}"
    assert (second.kind, second.why_next) == ("escalation", None)
    assert (first.input_tokens, first.output_tokens) == (100, 20)
    assert row.cost_usd == pytest.approx(2 * COST)
    assert (row.input_tokens, row.output_tokens) == (100, 20)


@pytest.mark.parametrize(("trigger", "message", "finish"), SHORTCOMINGS)
async def test_a_streamed_answer_is_held_back_where_its_route_judges_answers(
    desk: Desk, trigger: str, message: dict[str, Any], finish: str
) -> None:
    await desk.provider("east", streaming(message, finish))
    await desk.provider("west", streaming({"content": GOOD}))
    client = await desk.open(escalating(desk, trigger))

    stream = await client.chat.completions.create(
        model="any", messages=ASK, response_format=FORMAT, stream=True
    )
    chunks = [chunk async for chunk in stream]

    assert {chunk.model for chunk in chunks} == {"west-model"}
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == GOOD
    row, [first, second] = await desk.one_logged()
    assert (row.status, row.stream_end, row.escalation_reason) == ("degraded", "done", trigger)
    assert first.why_next == f"escalation_after_{trigger}"
    # The first was held back to be judged; the route it went to judges nothing.
    assert (first.held_back, second.held_back) == (True, False)
    assert row.cost_usd == pytest.approx(2 * COST)


async def test_a_good_answer_that_was_held_back_is_replayed_as_it_came(desk: Desk) -> None:
    await desk.provider("east", streams(*WORDS))
    await desk.provider("west", streams(*WORDS))
    body = {"model": "any", "messages": ASK, "stream": True}
    await desk.open(escalating(desk, "truncated"))
    held = (await desk.http.post("/v1/chat/completions", json=body)).text
    desk.write_table(escalating(desk, "failed"))
    version = desk.gateway.served.table.version

    async def swapped() -> bool:
        return desk.gateway.served.table.version != version

    await desk.until(swapped)
    as_it_came = (await desk.http.post("/v1/chat/completions", json=body)).text

    assert held == as_it_came
    rows = await desk.logged(2)
    assert [row.status for row in rows] == ["ok", "ok"]

    def attempts(log: LogReader) -> list[AttemptRow]:
        return [attempt for row in rows for attempt in log.attempts(row.request_id)]

    assert [attempt.held_back for attempt in desk.read_log(attempts)] == [True, False]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("fails", [says(500), says(400), resets])
async def test_the_answer_held_back_is_delivered_when_the_next_route_fails(
    desk: Desk, fails: Act, streamed: bool
) -> None:
    cut = {"content": "Cut"}
    await desk.provider(
        "east", streaming(cut, "length") if streamed else answers(saying(cut, "length"))
    )
    await desk.provider("west", fails)
    client = await desk.open(escalating(desk, "truncated"))

    raw = await client.chat.completions.with_raw_response.create(
        model="any", messages=ASK, stream=streamed
    )

    assert raw.status_code == 200
    assert raw.headers["x-route-model"] == "east-model"
    answer: Any = raw.parse()
    text = (
        "".join([chunk.choices[0].delta.content or "" async for chunk in answer])
        if streamed
        else answer.choices[0].message.content
    )
    assert text == "Cut"
    row, [first, second] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("degraded", 200, None)
    assert (row.escalated, row.response_model, row.provider_name) == (True, "east-model", "east")
    assert (row.finish_reason, row.output_tokens) == ("length", 20)
    assert first.why_next == "escalation_after_truncated"
    assert second.why_next == "held_back_answer_sent"
    assert row.cost_usd == pytest.approx(COST)


async def test_of_several_answers_held_back_the_last_that_says_something_is_delivered(
    desk: Desk,
) -> None:
    await desk.provider("east", answers(saying({"content": "Cut"}, "length")))
    await desk.provider("west", answers(saying({"content": ""})))
    await desk.provider("north", says(500))
    again = {"to": "largest", "on": ["empty"], "because": "It must say something."}
    table = escalating(desk, "truncated", escalate=again)
    table["routes"]["largest"] = {"model": "north-model", "retries": 0}
    client = await desk.open(table)

    answer = await client.chat.completions.create(model="any", messages=ASK)

    assert answer.choices[0].message.content == "Cut"
    row, attempts = await desk.one_logged()
    assert [attempt.why_next for attempt in attempts] == [
        "escalation_after_truncated",
        "escalation_after_empty",
        "held_back_answer_sent",
    ]
    assert (row.response_model, row.escalation_reason) == ("east-model", "truncated")
    assert row.cost_usd == pytest.approx(2 * COST)


async def test_an_answer_with_nowhere_to_escalate_to_is_delivered_and_said_to_be_so(
    desk: Desk,
) -> None:
    await desk.provider("east", answers(saying({"content": "Cut"}, "length")))
    await desk.provider("west", answers())
    table = escalating(desk, "truncated")
    table["models"]["west-model"]["context_tokens"] = 1
    client = await desk.open(table)

    await client.chat.completions.create(model="any", messages=ASK)

    row, [attempt] = await desk.one_logged()
    assert (row.status, row.escalated) == ("ok", False)
    assert attempt.why_next == "kept_after_truncated"


async def test_the_cost_is_unknown_where_that_of_one_answer_is(desk: Desk) -> None:
    await desk.provider("east", answers(saying({"content": "Cut"}, "length")))
    await desk.provider("west", answers())
    table = escalating(desk, "truncated")
    del table["models"]["east-model"]["usd_per_million"]
    client = await desk.open(table)

    await client.chat.completions.create(model="any", messages=ASK)

    row, [first, second] = await desk.one_logged()
    assert (first.cost_usd, row.cost_usd) == (None, None)
    assert second.cost_usd == pytest.approx(COST)


async def test_a_stream_that_breaks_off_while_held_back_is_mended_unseen_but_not_for_free(
    desk: Desk,
) -> None:
    await desk.provider("east", cuts_after(chunk_of({"content": "12345678"})))
    await desk.provider("west", streams(*WORDS))
    table = escalating(desk, "truncated")
    table["routes"]["general"]["fallbacks"] = ["west-model"]
    client = await desk.open(table)

    stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert text == "Hello."
    row, [first, _] = await desk.one_logged()
    assert first.why_next == "fallback_after_connection_reset"
    assert (first.output_tokens, first.cost_usd) == (2, None)
    assert (row.status, row.cost_usd) == ("degraded", None)


async def test_a_tool_call_is_neither_empty_nor_json(desk: Desk) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    await desk.provider("east", answers(saying({"content": None, "tool_calls": [call]})))
    await desk.provider("west", answers())
    client = await desk.open(escalating(desk, "empty", "invalid_json", "schema_mismatch"))

    answer = await client.chat.completions.create(model="any", messages=ASK, response_format=FORMAT)

    assert answer.choices[0].message.tool_calls
    row, _ = await desk.one_logged()
    assert (row.status, row.escalated) == ("ok", False)


async def test_when_answers_and_routes_all_fail_the_failures_are_told(desk: Desk) -> None:
    await desk.provider("east", says(500))
    await desk.provider("west", says(500, b"<html>Down</html>", "text/html"))
    client = await desk.open(escalating(desk, "truncated", "failed"))

    with pytest.raises(openai.InternalServerError) as caught:
        await client.chat.completions.create(model="any", messages=ASK, stream=True)

    assert "east-model (upstream_5xx), west-model (upstream_5xx)" in caught.value.message
    row, attempts = await desk.one_logged()
    assert [attempt.why_next for attempt in attempts] == ["escalation_after_failed", None]
    assert [attempt.held_back for attempt in attempts] == [True, False]
    assert (row.escalation_reason, row.status) == ("failed", "error")
