"""Embeddings: routed, logged and counted like chat, their vectors untouched."""

import base64
import json
import struct
from typing import Any

import openai
import pytest

from console.gateway import embeddings_operation
from tests.gateway.conftest import Desk
from tests.gateway.metrics_page import samples, value
from tests.gateway.scripted_provider import (
    answers,
    says,
)

EMBEDDINGS = "/v1/embeddings"
VECTOR = base64.b64encode(struct.pack("<3f", 0.0, 1.0, -2.5)).decode()


def embedded(*vectors: Any, **changes: Any) -> dict[str, Any]:
    """An answer as OpenAI gives it."""
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors or (VECTOR,))
    ]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    return {"object": "list", "data": data, "model": "upstream", "usage": usage, **changes}


@pytest.mark.parametrize("address", ["/v1/embeddings", "/embeddings"])
async def test_an_embedding_is_routed_by_what_is_embedded_and_told_under_the_table_s_model(
    desk: Desk, address: str
) -> None:
    await desk.provider("east", says(500))
    west = await desk.provider("west", answers(embedded()))
    rules = [
        {"id": "invoices", "because": "Test.", "when": {"prompt": "invoice"}, "route": "small"}
    ]
    routes = {"general": {"model": "east-model"}, "small": {"model": "west-model"}}
    await desk.open(desk.table(rules=rules, routes=routes))

    body = {"model": "any", "input": ["An invoice.", "Another."], "dimensions": 3, "user": "u"}
    answer = await desk.http.post(address, json=body, headers={"x-route-tags": "team=search"})

    assert answer.json() == embedded(model="west-model")
    assert answer.headers["x-route-rule"] == "invoices"
    [received] = west.received
    assert received.path == "/v1/embeddings"
    assert received.body == {**body, "model": "west-upstream"}
    row, [attempt] = await desk.one_logged()
    assert (row.operation_name, row.status, row.rule_id) == ("embeddings", "ok", "invoices")
    assert (row.input_tokens, row.output_tokens, row.usage_source) == (8, 0, "provider")
    assert row.cost_usd == attempt.cost_usd == 8e-6
    assert (row.finish_reason, row.stream, row.stream_end) == (None, False, None)
    assert row.prompt_preview == "An invoice.\nAnother."


async def test_embeddings_are_counted_by_their_own_name(desk: Desk) -> None:
    await desk.provider("east", answers(embedded()))
    await desk.open()
    await desk.http.post(EMBEDDINGS, json={"model": "any", "input": "Hello."})

    found = await samples(desk)

    asked = {"gen_ai_operation_name": "embeddings", "openai_api_type": ""}
    assert value(found, "gen_ai_server_request_duration_seconds_count", **asked) == 1
    assert value(found, "gen_ai_client_operation_duration_seconds_count", **asked) == 1
    read = {**asked, "gen_ai_token_type": "input"}
    assert value(found, "gen_ai_client_token_usage_sum", **read) == 8
    assert value(found, "route_console_cost_usd_total", model="east-model") == 8e-6
    assert value(found, "route_console_requests_total", route="general", status="ok") == 1


async def test_the_client_library_reads_vectors_in_the_base64_it_asks_for_by_default(
    desk: Desk,
) -> None:
    east = await desk.provider("east", answers(embedded(VECTOR, VECTOR)))
    client = await desk.open()

    answer = await client.embeddings.create(model="any", input=["a", "b"])

    assert [item.embedding for item in answer.data] == [[0.0, 1.0, -2.5]] * 2
    assert answer.model == "east-model"
    assert answer.usage.prompt_tokens == 8
    assert east.received[0].body["encoding_format"] == "base64"


async def test_vectors_and_unknown_fields_pass_through_byte_for_byte(desk: Desk) -> None:
    told = (
        b'{ "x": {"a" :1.0},\n "data":[ {"embedding": [1.50, -0.0, 1E-7, 12345678901234567890],'
        b' "z": "\\u00e9"} ],"model":"up","object" : "list" }'
    )
    await desk.provider("east", says(200, told))
    await desk.open()

    answer = await desk.http.post(EMBEDDINGS, json={"model": "any", "input": [5, 6]})

    vectors = b'[ {"embedding": [1.50, -0.0, 1E-7, 12345678901234567890], "z": "\\u00e9"} ]'
    assert vectors in answer.content
    assert answer.json() == {**json.loads(told), "model": "east-model"}
    row, _ = await desk.one_logged()
    assert (row.usage_source, row.input_tokens, row.cost_usd) == ("missing", None, None)


async def test_tokens_count_against_what_a_model_can_take(desk: Desk) -> None:
    await desk.provider("east", answers(embedded()))
    await desk.provider("west", answers(embedded()))
    table = desk.table()
    table["models"]["east-model"]["context_tokens"] = 5
    await desk.open(table)

    answer = await desk.http.post(EMBEDDINGS, json={"input": [[1, 2, 3], [4, 5, 6]]})

    assert answer.json()["model"] == "west-model"
    assert (await desk.one_logged())[0].request_model is None


async def test_a_model_that_cannot_embed_says_so_in_its_provider_s_own_words(desk: Desk) -> None:
    told = {"error": {"message": "No embeddings.", "type": "t", "param": "model", "code": "c"}}
    await desk.provider("east", says(404, told))
    west = await desk.provider("west", answers(embedded()))
    client = await desk.open()

    with pytest.raises(openai.NotFoundError) as caught:
        await client.embeddings.create(model="any", input="Hello.")

    assert caught.value.body == told["error"]
    assert west.received == []


async def test_a_route_s_checks_of_answers_are_not_for_vectors_but_its_failing_is(
    desk: Desk,
) -> None:
    every = ["invalid_json", "schema_mismatch", "truncated", "empty", "refusal", "failed"]
    await desk.provider("east", answers(embedded()), says(500))
    await desk.provider("west", answers(embedded()))
    escalate = {"to": "large", "on": every, "because": "Test."}
    routes = {
        "general": {"model": "east-model", "retries": 0, "escalate": escalate},
        "large": {"model": "west-model"},
    }
    client = await desk.open(desk.table(routes=routes))

    first = await client.embeddings.create(model="any", input="Hello.")
    second = await client.embeddings.create(model="any", input="Hello.")

    assert (first.model, second.model) == ("east-model", "west-model")
    answered, escalated = await desk.logged(2)
    assert (answered.status, answered.escalated) == ("ok", False)
    assert (escalated.status, escalated.escalation_reason) == ("degraded", "failed")


def test_the_largest_request_s_vectors_in_base64_are_within_bounds() -> None:
    most_vectors, most_numbers = 2048, 3072

    assert most_vectors * (4 * most_numbers * 4 // 3 + 100) < embeddings_operation.MOST_ANSWER_BYTES
