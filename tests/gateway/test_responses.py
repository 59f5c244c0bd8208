"""Responses in one piece: routed, judged, logged and counted like chat."""

from functools import partial
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from tests.gateway.conftest import Desk
from tests.gateway.metrics_page import samples, value
from tests.gateway.scripted_provider import answers, says
from tests.gateway.scripted_responses import CALL, cut_short, failed, message, response

RESPONSES = "/v1/responses"
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT: Any = {"format": {"type": "json_schema", "name": "n", "schema": NAME}}


class Named(BaseModel):
    name: str


def facts_of(row: RequestRow, reader: LogReader) -> Any:
    return reader.facts(row.request_id)


def escalating(desk: Desk, *on: str) -> dict[str, Any]:
    """Return a table whose small route escalates from the east to the west."""
    escalate = {"to": "large", "on": list(on), "because": "Test."}
    routes = {
        "general": {"model": "east-model", "retries": 0, "escalate": escalate},
        "large": {"model": "west-model", "retries": 0},
    }
    return desk.table(routes=routes)


@pytest.mark.parametrize("address", ["/v1/responses", "/responses"])
async def test_a_response_is_routed_by_its_items_and_told_under_the_table_s_model(
    desk: Desk, address: str
) -> None:
    await desk.provider("east", says(500))
    west = await desk.provider("west", answers(response()))
    rules = [{"id": "kind", "because": "Test.", "when": {"system": "kind"}, "route": "small"}]
    routes = {"general": {"model": "east-model"}, "small": {"model": "west-model"}}
    await desk.open(desk.table(rules=rules, routes=routes))

    body = {
        "model": "any",
        "instructions": "Be kind.",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "Greet me."}]}],
        "store": True,
        "reasoning": {"effort": "low"},
        "a_field_of_tomorrow": {"a": 1},
        "api_key": "sk-mine",
    }
    answer = await desk.http.post(address, json=body)

    assert answer.json() == response(model="west-model")
    assert answer.headers["x-route-rule"] == "kind"
    assert answer.headers["x-route-model"] == "west-model"
    [received] = west.received
    assert received.path == "/v1/responses"
    body.pop("api_key")
    assert received.body == {**body, "model": "west-upstream"}
    row, [attempt] = await desk.one_logged()
    assert (row.operation_name, row.status, row.finish_reason) == ("responses", "ok", "stop")
    assert (row.input_tokens, row.output_tokens, row.usage_source) == (100, 20, "provider")
    assert (row.cache_read_tokens, row.reasoning_tokens) == (40, 5)
    assert row.cost_usd == attempt.cost_usd == pytest.approx((60 * 1.0 + 40 * 0.5 + 20 * 2.0) / 1e6)
    assert (row.prompt_preview, row.stream) == ("Greet me.", False)


async def test_the_log_tells_the_three_operations_apart_and_the_metrics_name_the_api(
    desk: Desk,
) -> None:
    await desk.provider("east", answers(response()))
    await desk.open()
    await desk.http.post(RESPONSES, json={"model": "any", "input": "Greet me."})

    found = await samples(desk)

    asked = {"gen_ai_operation_name": "chat", "openai_api_type": "responses"}
    assert value(found, "gen_ai_server_request_duration_seconds_count", **asked) == 1
    assert value(found, "gen_ai_client_operation_duration_seconds_count", **asked) == 1
    tokens = "gen_ai_client_token_usage_sum"
    assert value(found, tokens, gen_ai_token_type="output", **asked) == 20
    assert value(found, "gen_ai_client_token_usage_sum", openai_api_type="chat_completions") is None
    [row] = await desk.logged()
    assert row.operation_name == "responses"


async def test_what_a_table_captures_in_full_includes_the_answer_s_text(desk: Desk) -> None:
    await desk.provider("east", answers(response(message("Hel", "lo."), message("More."))))
    await desk.open(desk.table(capture={"text": "full"}))

    await desk.http.post(RESPONSES, json={"model": "any", "input": "Greet me."})

    [row] = await desk.logged()
    body = desk.read_log(lambda reader: reader.body(row.request_id))
    assert (body.prompt, body.answer) == ("Greet me.", "Hello.More.")


async def test_the_client_library_calls_functions_and_parses_schemas(desk: Desk) -> None:
    await desk.provider("east", answers(response(CALL)), answers(response(message('{"name":"A"}'))))
    client = await desk.open()
    tool: Any = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}

    called = await client.responses.create(model="any", input="Look.", tools=[tool])
    parsed = await client.responses.parse(model="any", input="Name?", text_format=Named)

    assert called.output[0].to_dict() == CALL
    assert parsed.output_parsed == Named(name="A")
    first, second = await desk.logged(2)
    assert (first.finish_reason, second.finish_reason) == ("tool_calls", "stop")
    facts = [desk.read_log(partial(facts_of, row)) for row in (first, second)]
    assert [(f.tools, f.response_format) for f in facts] == [(True, "text"), (False, "json_schema")]


async def test_an_answer_that_falls_short_is_escalated_as_a_chat_would_be(desk: Desk) -> None:
    await desk.provider("east", answers(response(message('{"name": 5}'))))
    await desk.provider("west", answers(response(message('{"name": "A"}'))))
    client = await desk.open(escalating(desk, "truncated", "schema_mismatch"))

    answer = await client.responses.create(model="any", input="Name?", text=FORMAT)

    assert (answer.model, answer.output_text) == ("west-model", '{"name": "A"}')
    row, [first, _] = await desk.one_logged()
    assert (row.status, row.escalation_reason) == ("degraded", "schema_mismatch")
    assert (first.why_next, first.output_tokens) == ("escalation_after_schema_mismatch", 20)


async def test_a_response_that_was_cut_short_reaches_a_client_whose_route_does_not_mind(
    desk: Desk,
) -> None:
    await desk.provider("east", answers(cut_short("max_output_tokens", message("Hel"))))
    client = await desk.open()

    answer = await client.responses.create(model="any", input="Greet me.")

    assert (answer.status, answer.output_text) == ("incomplete", "Hel")
    assert (await desk.one_logged())[0].finish_reason == "length"


async def test_what_only_one_provider_could_answer_is_refused_with_the_reason(
    desk: Desk,
) -> None:
    east = await desk.provider("east", answers(response()))
    client = await desk.open()

    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(model="any", input="Go on.", previous_response_id="resp_1")

    error = caught.value
    assert (error.param, error.code) == ("previous_response_id", "unsupported_parameter")
    assert "Give the earlier turns in `input`." in error.message
    assert east.received == []
    found = await samples(desk)
    refused = {"http_status": "400", "code": "unsupported_parameter"}
    assert value(found, "route_console_refused_requests_total", **refused) == 1


async def test_no_response_is_kept_to_be_fetched_cancelled_or_deleted(desk: Desk) -> None:
    await desk.provider("east", answers(response()))
    client = await desk.open()

    for method, path, status, code in (
        ("DELETE", "/responses/resp_1", 404, "unknown_url"),
        ("POST", "/v1/responses/resp_1/cancel", 404, "unknown_url"),
        ("GET", "/v1/responses/resp_1/input_items", 404, "unknown_url"),
        ("GET", "/v1/responses", 405, "method_not_allowed"),
        ("DELETE", "/v1/embeddings", 405, "method_not_allowed"),
    ):
        answer = await desk.http.request(method, path)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["param"]) == (status, code, None)
        assert ("keeps no responses" in error["message"]) == ("resp_1" in path)
    with pytest.raises(openai.NotFoundError, match="keeps no responses"):
        await client.responses.retrieve("resp_1")


async def test_a_response_that_failed_is_tried_elsewhere_and_else_told_in_its_own_words(
    desk: Desk,
) -> None:
    own = {"code": "server_error", "message": "The model had an accident."}
    await desk.provider("east", answers(failed()))
    await desk.provider("west", answers(response()), answers(failed()))
    client = await desk.open()

    answered = await client.responses.create(model="any", input="Hello.")
    with pytest.raises(openai.InternalServerError) as caught:
        await client.responses.create(model="any", input="Hello.")

    assert answered.model == "west-model"
    assert caught.value.body == own
    first, second = await desk.logged(2)
    assert (first.status, second.status) == ("degraded", "error")
    assert (second.error_type, second.http_status) == ("upstream_error", 502)
