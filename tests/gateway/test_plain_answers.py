"""Whole answers through the gateway, asked for with OpenAI's own client."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from console.table.version import version_of
from tests.gateway.conftest import CANARY, Desk
from tests.gateway.scripted_provider import answers, completion, says

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


async def test_an_answer_names_the_model_of_the_table_and_how_it_was_routed(desk: Desk) -> None:
    await desk.provider("east", answers(completion("Good morning.")))
    client = await desk.open()

    raw = await client.chat.completions.with_raw_response.create(model="any", messages=ASK)

    answer = raw.parse()
    assert answer.choices[0].message.content == "Good morning."
    assert answer.model == "east-model"
    version = version_of(desk.table_path.read_bytes())
    assert {name: raw.headers[name] for name in raw.headers if name.startswith("x-route")} == {
        "x-route": "general",
        "x-route-rule": "",
        "x-route-reason": "table_default",
        "x-route-model": "east-model",
        "x-route-attempts": "1",
        "x-route-table": f"desk@{version}",
    }
    row, [attempt] = await desk.one_logged()
    assert raw.headers["x-request-id"] == row.request_id
    assert (row.status, row.http_status, row.error_type) == ("ok", 200, None)
    assert (attempt.kind, attempt.model, attempt.why_next) == ("primary", "east-model", None)


async def test_tokens_and_cost_are_logged_as_the_provider_counts_them(desk: Desk) -> None:
    await desk.provider("east", answers())
    client = await desk.open()

    await client.chat.completions.create(model="any", messages=ASK)

    row, [attempt] = await desk.one_logged()
    assert (row.input_tokens, row.output_tokens) == (100, 20)
    assert (row.cache_read_tokens, row.reasoning_tokens) == (40, 5)
    assert row.cost_usd == pytest.approx((60 * 1.0 + 40 * 0.5 + 20 * 2.0) / 1e6)
    assert (row.usage_source, row.cost_source) == ("provider", "table")
    assert (attempt.input_tokens, attempt.output_tokens) == (100, 20)
    assert attempt.cost_usd == row.cost_usd
    assert row.finish_reason == "stop"
    assert row.duration_ms is not None
    assert attempt.duration_ms is not None
    assert row.gateway_overhead_ms == pytest.approx(row.duration_ms - attempt.duration_ms)


async def test_what_a_provider_does_not_count_stays_unknown(desk: Desk) -> None:
    await desk.provider("east", answers(completion(usage=None)))
    client = await desk.open()

    await client.chat.completions.create(model="any", messages=ASK)

    row, _ = await desk.one_logged()
    assert (row.input_tokens, row.output_tokens, row.cost_usd) == (None, None, None)
    assert (row.usage_source, row.cost_source) == ("missing", None)


async def test_unknown_fields_reach_the_provider_and_upstream_overrides_do_not(desk: Desk) -> None:
    east = await desk.provider("east", answers())
    client = await desk.open()
    overrides = {
        "api_base": "http://elsewhere.example",
        "base_url": "http://elsewhere.example",
        "api_key": "sk-theirs",
        "extra_headers": {"x-evil": "1"},
        "fallbacks": ["other"],
    }

    await client.post(
        "/chat/completions",
        body={"model": "any", "messages": ASK, "reasoning_effort": "low", "odd": 1.5} | overrides,
        cast_to=object,
        options={"headers": {"X-Route-Tags": "team=blue", "X-Other": "1"}},
    )

    [received] = east.received
    assert received.body == {
        "model": "east-upstream",
        "messages": ASK,
        "reasoning_effort": "low",
        "odd": 1.5,
    }
    assert received.headers["authorization"] == f"Bearer {CANARY}"
    assert not [name for name in received.headers if name.startswith(("x-", "openai"))]


async def test_tools_pass_both_ways_untouched(desk: Desk) -> None:
    call = {
        "id": "call_1",
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city":"Zürich"}'},
    }
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    east = await desk.provider("east", answers(completion(choices=[choice])))
    client = await desk.open()
    tool: Any = {
        "type": "function",
        "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
    }

    answer = await client.chat.completions.create(model="any", messages=ASK, tools=[tool])

    [called] = answer.choices[0].message.tool_calls or []
    assert called.model_dump() == call
    assert east.received[0].body["tools"] == [tool]
    row, _ = await desk.one_logged()
    assert row.finish_reason == "tool_calls"


async def test_a_rule_on_a_header_routes_and_is_named_in_the_answer(desk: Desk) -> None:
    await desk.provider("east", answers(completion("east")))
    await desk.provider("west", answers(completion("west")))
    routes = {"general": {"model": "east-model"}, "western": {"model": "west-model"}}
    rule = {
        "id": "blue-team",
        "because": "The blue team has a contract in the west.",
        "when": {"tags.team": "blue"},
        "route": "western",
    }
    client = await desk.open(desk.table(routes=routes, rules=[rule]))

    raw = await client.chat.completions.with_raw_response.create(
        model="any",
        messages=ASK,
        metadata={"conversation_id": "c-7"},
        extra_headers={"X-Route-Tags": "team=blue", "x-stainless-read-timeout": "42.5"},
    )

    assert raw.headers["x-route"] == "western"
    assert raw.headers["x-route-rule"] == "blue-team"
    row, _ = await desk.one_logged()
    assert (row.rule_id, row.reason) == ("blue-team", "rule_match")
    assert (row.conversation_id, row.client_retry_count) == ("c-7", 0)
    assert row.client_timeout_s == 42.5
    recorded = desk.read_log(lambda reader: reader.decision(row.request_id))
    assert recorded is not None
    assert recorded.explanation is not None
    facts = desk.read_log(lambda reader: reader.facts(row.request_id))
    assert facts is not None
    assert facts.tags == {"conversation_id": "c-7", "team": "blue"}


async def test_half_a_surrogate_pair_passes_and_does_not_break_the_log(desk: Desk) -> None:
    east = await desk.provider("east", answers())
    await desk.open()
    body = b'{"model":"any","messages":[{"role":"user","content":"cut \\ud83d"}]}'

    answer = await desk.http.post("/v1/chat/completions", content=body)

    assert answer.status_code == 200
    assert east.received[0].body["messages"][0]["content"] == "cut \ud83d"
    row, _ = await desk.one_logged()
    assert row.prompt_preview == "cut \ufffd"


@pytest.mark.parametrize(
    ("capture", "expected"),
    [
        ({"text": "full"}, ("Be kind.", "Greet me.", "Good day.")),
        ({"text": "full", "max_bytes": 5}, ("Be ki", "Greet", "Good ")),
        ({"text": "prompt"}, (None, "Greet me.", None)),
        ({"text": "none"}, None),
    ],
)
async def test_the_log_keeps_as_much_text_as_the_table_says(
    desk: Desk, capture: dict[str, object], expected: tuple[str | None, ...] | None
) -> None:
    await desk.provider("east", answers(completion("Good day.")))
    client = await desk.open(desk.table(capture=capture))

    await client.chat.completions.create(
        model="any", messages=[{"role": "system", "content": "Be kind."}, *ASK]
    )

    row, _ = await desk.one_logged()
    body = desk.read_log(lambda reader: reader.body(row.request_id))
    kept = None if body is None else (body.system, body.prompt, body.answer)
    assert kept == expected
    assert (row.prompt_preview is None) == (capture["text"] == "none")


async def test_a_provider_that_repeats_the_key_is_not_quoted(desk: Desk) -> None:
    error = {"error": {"message": f"Bad key {CANARY}.", "type": "auth", "code": "invalid_api_key"}}
    await desk.provider("east", says(401, error), answers(completion(f"Your key: {CANARY}")))
    await desk.open(desk.table(capture={"text": "full"}))
    request = {"model": "any", "messages": ASK}

    refused = await desk.http.post("/v1/chat/completions", json=request)
    answered = await desk.http.post("/v1/chat/completions", json=request)

    assert refused.json()["error"]["message"] == "Bad key [key withheld]."
    assert answered.json()["choices"][0]["message"]["content"] == "Your key: [key withheld]"
    await desk.logged(2)


async def test_recorded_answers_of_real_providers_pass_unchanged_but_for_the_model(
    desk: Desk, shared_data: Path
) -> None:
    lines = (shared_data / "upstream" / "openai_chat_completions.jsonl").read_text().splitlines()
    whole = [
        exchange["response_body"]
        for exchange in map(json.loads, lines)
        if exchange["status"] == 200
        and isinstance(exchange["response_body"], dict)
        and exchange["response_body"].get("choices")
    ][:40]
    await desk.provider("east", *map(answers, whole))
    await desk.open()

    for recorded in whole:
        answer: httpx.Response = await desk.http.post(
            "/v1/chat/completions", json={"model": "any", "messages": ASK}
        )
        assert answer.json() == recorded | {"model": "east-model"}
    assert len(whole) > 10
    await desk.logged(len(whole))
