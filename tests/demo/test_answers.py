"""What simulated models say: prose, JSON, tool calls and faults."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from console.demo.answers import Answer, answer_to
from console.demo.ask import AskError, read_ask
from console.demo.behaviour import Behaviour
from console.demo.fate import Fate, draw_fate
from console.demo.json_values import value_for
from tests.demo.test_behaviour import SURE

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["queue", "urgency"],
    "additionalProperties": False,
    "properties": {
        "queue": {"type": "string", "enum": ["delivery", "billing"]},
        "urgency": {"type": "integer", "minimum": 1, "maximum": 4},
    },
}
JSON_SCHEMA = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
TOOL = {
    "type": "function",
    "function": {
        "name": "get_order",
        "parameters": {
            "type": "object",
            "properties": {"order_id": {"type": "string"}},
            "required": ["order_id"],
        },
    },
}


def answer(behaviour: Behaviour = SURE, key: str = "k", **body: Any) -> Answer:
    whole = {"model": "m", "messages": [{"role": "user", "content": "Where is it?"}], **body}
    return answer_to(read_ask(json.dumps(whole).encode()), draw_fate(behaviour, key), 4.0)


def fate(**changes: Any) -> Fate:
    return replace(draw_fate(SURE, "k"), **changes)


def test_an_answer_is_as_long_as_its_usage_says() -> None:
    given = answer()

    assert given.content is not None
    assert given.usage.completion_tokens == len(given.content) // 4
    assert given.usage.prompt_tokens == 3
    assert given.finish_reason == "stop"


def test_the_limit_of_a_request_bounds_the_answer() -> None:
    assert answer(max_completion_tokens=5).usage.completion_tokens == 5
    assert answer(max_tokens=5).usage.completion_tokens == 5


def test_a_traced_length_is_met_exactly() -> None:
    given = answer(max_completion_tokens=1234, min_tokens=1234)

    assert given.usage.completion_tokens == 1234
    assert given.finish_reason == "stop"


def test_json_fits_the_schema_that_was_asked_for() -> None:
    for number in range(30):
        given = json.loads(answer(key=str(number), response_format=JSON_SCHEMA).content or "")

        assert set(given) == {"queue", "urgency"}
        assert given["queue"] in ("delivery", "billing")
        assert 1 <= given["urgency"] <= 4


def test_any_json_object_will_do_where_no_schema_was_given() -> None:
    given = answer(response_format={"type": "json_object"})

    assert isinstance(json.loads(given.content or ""), dict)


def test_broken_json_does_not_parse() -> None:
    broken = replace(SURE, p_broken_json=1.0)

    with pytest.raises(json.JSONDecodeError):
        json.loads(answer(broken, response_format=JSON_SCHEMA).content or "")


def test_json_of_the_wrong_schema_parses_but_lacks_a_required_field() -> None:
    wrong = replace(SURE, p_broken_json=0.0, p_wrong_schema=1.0)

    given = json.loads(answer(wrong, response_format=JSON_SCHEMA).content or "")

    assert set(given) < {"queue", "urgency"}


def test_a_truncated_answer_says_so() -> None:
    given = answer(replace(SURE, p_truncated=1.0), response_format=JSON_SCHEMA)

    assert given.finish_reason == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(given.content or "")


def test_an_offered_tool_is_called_with_arguments_that_fit() -> None:
    given = answer(replace(SURE, p_tool_call=1.0), tools=[TOOL])

    [call] = given.tool_calls
    assert call.name == "get_order"
    assert isinstance(json.loads(call.arguments)["order_id"], str)
    assert given.content is None
    assert given.finish_reason == "tool_calls"


def test_tools_are_called_or_left_alone_as_tool_choice_demands() -> None:
    never = replace(SURE, p_tool_call=0.0)

    assert not answer(never, tools=[TOOL]).tool_calls
    assert answer(never, tools=[TOOL], tool_choice="required").tool_calls
    named = {"type": "function", "function": {"name": "get_order"}}
    assert answer(never, tools=[TOOL], tool_choice=named).tool_calls
    always = replace(SURE, p_tool_call=1.0)
    assert not answer(always, tools=[TOOL], tool_choice="none").tool_calls


def test_the_result_of_a_tool_is_answered_in_words() -> None:
    messages = [{"role": "user", "content": "?"}, {"role": "tool", "content": "on its way"}]

    given = answer(replace(SURE, p_tool_call=1.0), tools=[TOOL], messages=messages)

    assert given.content
    assert not given.tool_calls


def test_refusals_filtered_and_empty_answers_look_as_providers_make_them() -> None:
    refused = answer(replace(SURE, p_refusal=1.0))
    filtered = answer(replace(SURE, p_content_filter=1.0))
    empty = answer(replace(SURE, p_empty=1.0))

    assert (refused.content, bool(refused.refusal), refused.finish_reason) == (None, True, "stop")
    assert (filtered.content, filtered.finish_reason) == ("", "content_filter")
    assert (empty.content, empty.refusal, empty.finish_reason) == ("", None, "stop")


def test_a_schema_that_refers_to_itself_ends() -> None:
    tree = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "required": ["children"],
                "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
            }
        },
    }

    assert isinstance(value_for(tree, Random(3)), dict)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**9},
        {"type": "integer", "minimum": "low"},
        {"type": "object", "properties": 3},
        {"enum": []},
        {"$ref": "#/nowhere"},
        [],
        None,
    ],
)
def test_no_schema_a_client_may_send_breaks_the_provider(schema: Any) -> None:
    json.dumps(value_for(schema, Random(1)))


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{", None),
        (b"[" * 100_000, None),
        (b'"text"', None),
        (b'{"messages": []}', "model"),
        (b'{"model": "m", "messages": []}', "messages"),
        (b'{"model": "m", "messages": [1]}', "messages"),
    ],
)
def test_what_no_provider_would_take_is_refused_with_the_field(
    body: bytes, param: str | None
) -> None:
    with pytest.raises(AskError) as refused:
        read_ask(body)

    assert refused.value.param == param
