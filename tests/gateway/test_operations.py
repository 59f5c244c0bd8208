"""How bodies, answers and events of embeddings and responses are read, without any gateway."""

import json
from typing import Any

import pytest

from console.gateway.answer_checks import AskedFormat, first_trigger
from console.gateway.embeddings_operation import Embeddings
from console.gateway.failures import AttemptError
from console.gateway.openai_errors import RefusalError
from console.gateway.operation import Operation
from console.gateway.responses_operation import Responses
from console.gateway.responses_stream import ResponsesStream, ResponsesStreaming
from tests.gateway.scripted_responses import CALL, cut_short, message, response

EVERY = ("invalid_json", "schema_mismatch", "truncated", "empty", "refusal")
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
FORMAT = {"format": {"type": "json_schema", "name": "n", "schema": NAME}}
EMBEDDINGS, RESPONSES = Embeddings(), Responses()
TEXT = AskedFormat(json=False)


@pytest.mark.parametrize(
    ("operation", "body", "code", "param"),
    [
        (EMBEDDINGS, b"{broken", "invalid_json", None),
        (EMBEDDINGS, b"[]", "invalid_type", None),
        (EMBEDDINGS, b"{}", "missing_required_parameter", "input"),
        (EMBEDDINGS, b'{"input": null}', "missing_required_parameter", "input"),
        (EMBEDDINGS, b'{"input": {"text": "a"}}', "invalid_type", "input"),
        (EMBEDDINGS, b'{"input": [{"text": "a"}]}', "invalid_type", "input"),
        (EMBEDDINGS, b'{"input": ["a", 5]}', "invalid_type", "input"),
        (EMBEDDINGS, b'{"input": [["a"]]}', "invalid_type", "input"),
        (EMBEDDINGS, b'{"input": [true]}', "invalid_type", "input"),
        (EMBEDDINGS, b'{"input": "a", "model": 5}', "invalid_type", "model"),
        (EMBEDDINGS, b'{"input": "a", "stream": true}', "unsupported_parameter", "stream"),
        (EMBEDDINGS, b'{"input": "a", "stream": "no"}', "invalid_type", "stream"),
        (EMBEDDINGS, b'{"input": "a", "messages": []}', "unsupported_parameter", "messages"),
        (RESPONSES, b"{broken", "invalid_json", None),
        (RESPONSES, b"{}", "missing_required_parameter", "input"),
        (RESPONSES, b'{"input": 5}', "invalid_type", "input"),
        (RESPONSES, b'{"input": "a", "model": 5}', "invalid_type", "model"),
        (RESPONSES, b'{"input": "a", "stream": "yes"}', "invalid_type", "stream"),
        (RESPONSES, b'{"input": "a", "messages": []}', "unsupported_parameter", "messages"),
        (RESPONSES, b'{"input": "a", "background": true}', "unsupported_parameter", "background"),
        (RESPONSES, b'{"prompt": {"id": "p"}}', "unsupported_parameter", "prompt"),
        (
            RESPONSES,
            b'{"input": "a", "previous_response_id": "resp_1"}',
            "unsupported_parameter",
            "previous_response_id",
        ),
        (
            RESPONSES,
            b'{"input": "a", "conversation": {"id": "conv_1"}}',
            "unsupported_parameter",
            "conversation",
        ),
        (
            RESPONSES,
            b'{"input": [{"role": "user", "content": "a"}, {"type": "item_reference", "id": "r"}]}',
            "unsupported_parameter",
            "input[1]",
        ),
        (RESPONSES, b'{"input": [{"id": "rs_1"}]}', "unsupported_parameter", "input[0]"),
    ],
)
def test_a_body_that_cannot_be_routed_is_refused_with_the_field_to_blame(
    operation: Operation, body: bytes, code: str, param: str | None
) -> None:
    with pytest.raises(RefusalError) as caught:
        operation.request(body)

    refusal = caught.value
    assert (refusal.status, refusal.code, refusal.param) == (400, code, param)
    assert param is None or f"`{param}`" in refusal.message


@pytest.mark.parametrize(
    "fields",
    [
        {"store": True},
        {"store": False, "include": ["reasoning.encrypted_content"]},
        {"background": False, "previous_response_id": None, "conversation": None, "prompt": None},
        {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}], "truncation": "auto"},
        {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]}]},
        {"a_field_of_tomorrow": {"a": 1}},
    ],
)
def test_what_needs_nothing_that_was_kept_passes_as_it_is(fields: dict[str, Any]) -> None:
    body = {"input": "Hello.", **fields}

    request = RESPONSES.request(json.dumps({**body, "model": "any", "api_key": "sk-1"}).encode())

    assert json.loads(request.sent_as(b'"up"')) == {"model": "up", **body}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, TEXT),
        ({}, TEXT),
        ({"format": 5}, TEXT),
        ({"format": {"type": "text"}}, TEXT),
        ({"format": {"type": "json_object"}}, AskedFormat(json=True)),
        ({"format": {"type": "json_schema"}}, AskedFormat(json=True)),
        (FORMAT, AskedFormat(json=True, schema=json.dumps(NAME, separators=(",", ":")).encode())),
    ],
)
def test_a_response_s_format_is_asked_for_in_its_text(given: Any, wanted: AskedFormat) -> None:
    assert RESPONSES.asked_format({"text": given}) == wanted


@pytest.mark.parametrize(
    ("said", "text", "trigger"),
    [
        (response(), None, None),
        (cut_short("max_output_tokens", message("Hel")), None, "truncated"),
        (cut_short("content_filter", message("I")), None, "refusal"),
        (cut_short("steered", message("Hel")), None, None),
        (response(message("")), None, "empty"),
        (response(output=[]), None, "empty"),
        (response(output=["odd", {"type": "message", "content": ["odd"]}]), None, "empty"),
        (response({"type": "reasoning", "id": "rs_1", "summary": []}), None, "empty"),
        (response({"type": "web_search_call", "id": "ws_1"}), None, "empty"),
        (response(CALL), None, None),
        (response({"type": "image_generation_call", "result": "AAAA"}), None, None),
        (response({"type": "an_item_of_tomorrow"}), None, None),
        (response(message(refusal="No.")), FORMAT, "empty"),
        (response(message("I", refusal="No.")), None, "refusal"),
        (response(message("{not json")), FORMAT, "invalid_json"),
        (response(message('{"name": 5}')), FORMAT, "schema_mismatch"),
        (response(message('{"name": "A"}')), FORMAT, None),
        (response(message("Wait.", phase="commentary"), message('{"name":"A"}')), FORMAT, None),
        (response(message("Wait.", phase="commentary")), None, "empty"),
        (response(CALL), FORMAT, None),
    ],
)
async def test_a_response_sets_off_the_trigger_that_names_what_is_wrong(
    said: dict[str, Any], text: Any, trigger: str | None
) -> None:
    answer = RESPONSES.whole(json.dumps(said).encode(), "small")
    asked = RESPONSES.asked_format({"text": text})

    assert await first_trigger(EVERY, RESPONSES.said_in(answer), asked) == trigger


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (response(), "stop"),
        (response(status=None), "stop"),
        (response(CALL), "tool_calls"),
        (cut_short("max_output_tokens"), "length"),
        (cut_short("content_filter"), "content_filter"),
        (cut_short("steered"), "steered"),
        (response(status="incomplete"), "incomplete"),
    ],
)
def test_a_response_ends_for_the_reasons_that_a_chat_does(
    ended: dict[str, Any], reason: str
) -> None:
    assert RESPONSES.whole(json.dumps(ended).encode(), "small").finish_reason == reason


@pytest.mark.parametrize(
    ("event", "begun"),
    [
        ({"type": "response.created", "response": {}}, False),
        ({"type": "response.queued"}, False),
        ({"type": "response.in_progress"}, False),
        ({"type": "response.output_item.added", "item": {}}, False),
        ({"type": "response.content_part.added", "part": {}}, False),
        ({"type": "response.reasoning_summary_part.added"}, False),
        ({"type": "response.output_text.delta", "delta": ""}, False),
        ({"type": "keepalive"}, False),
        ({"note": "of no type"}, False),
        ({"type": "response.output_text.delta", "delta": "H"}, True),
        ({"type": "response.reasoning_summary_text.delta", "delta": "Hm"}, True),
        ({"type": "response.refusal.delta", "delta": "No"}, True),
        ({"type": "response.function_call_arguments.delta", "delta": "{"}, True),
        ({"type": "response.web_search_call.searching"}, True),
        ({"type": "response.an_event_of_tomorrow"}, True),
        ({"type": "response.completed", "response": response()}, True),
    ],
)
def test_a_response_has_begun_with_whatever_a_model_does(
    event: dict[str, Any], begun: bool
) -> None:
    reading = reading_of()

    reading.sent(event, "small")

    assert reading.tally.has_begun == begun


def reading_of() -> ResponsesStream:
    return ResponsesStreaming().reading(keep_text_bytes=0, is_judged=True)


@pytest.mark.parametrize("kind", ["x\ndata: {}", "x\r\nevent: y", "", "a" * 999, "É", 5, None])
def test_what_is_no_event_s_name_stands_in_its_data_alone(kind: Any) -> None:
    event = {"type": kind, "note": "kept"}

    sent = reading_of().sent(dict(event), "small")

    assert sent is not None
    assert sent.startswith(b"data: ")
    assert sent.count(b"\n") == 2
    assert json.loads(sent.removeprefix(b"data: ")) == event


async def test_an_answer_that_its_last_event_leaves_out_is_judged_by_the_items_before() -> None:
    reading = reading_of()
    done = {"type": "response.output_item.done", "item": message("{not")}
    for event in (done, {"type": "response.completed", "response": response(output=None)}):
        reading.sent(event, "small")

    asked = RESPONSES.asked_format({"text": FORMAT})
    assert await first_trigger(EVERY, reading.said(), asked) == "invalid_json"
    assert reading.is_over


@pytest.mark.parametrize(
    ("event", "own"),
    [
        (
            {"type": "error", "message": "m", "code": "c", "param": None, "sequence_number": 3},
            {"code": "c", "message": "m", "param": None},
        ),
        ({"type": "error", "error": {"message": "m"}}, {"message": "m"}),
        ({"error": {"message": "m", "code": 5}}, {"message": "m", "code": 5}),
        ({"type": "response.failed", "response": {"error": {"code": "c"}}}, {"code": "c"}),
        ({"type": "response.failed", "response": {"error": None}}, None),
        ({"type": "response.failed"}, None),
        ({"type": "error", "error": "odd"}, None),
    ],
)
def test_an_event_of_an_error_is_a_failure_with_the_provider_s_own_words(
    event: dict[str, Any], own: Any
) -> None:
    with pytest.raises(AttemptError) as caught:
        reading_of().sent(event, "small")

    failure = caught.value.failure
    assert failure.error_type == "upstream_error"
    told = None if failure.own_error is None else json.loads(failure.own_error)["error"]
    assert told == own
