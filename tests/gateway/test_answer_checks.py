"""What makes an answer not good enough, and what does not."""

import json
import socket
from typing import Any

import pytest

from console.gateway.answer_checks import Said, first_trigger
from console.gateway.chat_answer import asked_format, said_in
from console.gateway.chat_stream import SaidSoFar
from console.gateway.schema_check import breaks_schema
from tests.gateway.scripted_provider import chunk_of, completion

EVERY = ("invalid_json", "schema_mismatch", "truncated", "empty", "refusal")
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
TEXT = asked_format({})
JSON = asked_format({"response_format": {"type": "json_object"}})
SCHEMA = asked_format(
    {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": NAME}}}
)


@pytest.mark.parametrize(
    ("said", "asked", "trigger"),
    [
        (Said("Hello.", finish_reason="stop"), TEXT, None),
        (Said("Hel", finish_reason="length"), TEXT, "truncated"),
        (Said("", finish_reason="stop"), TEXT, "empty"),
        (Said(" \n", finish_reason="stop"), TEXT, "empty"),
        (Said("", does_more=True, finish_reason="tool_calls"), TEXT, None),
        (Said("I can not.", refused=True), TEXT, "refusal"),
        (Said("I", finish_reason="content_filter"), TEXT, "refusal"),
        (Said("{not json"), TEXT, None),
        (Said("{not json"), JSON, "invalid_json"),
        (Said(""), JSON, "invalid_json"),
        (Said("{}"), JSON, None),
        (Said("{}"), SCHEMA, "schema_mismatch"),
        (Said('{"name": "Ada"}'), SCHEMA, None),
        (Said("", does_more=True), SCHEMA, None),
        (Said("", refused=True), SCHEMA, "empty"),
    ],
)
async def test_an_answer_sets_off_the_trigger_that_names_what_is_wrong(
    said: Said, asked: Any, trigger: str | None
) -> None:
    assert await first_trigger(EVERY, [said], asked) == trigger


async def test_the_first_trigger_that_fires_counts_in_the_order_of_the_table() -> None:
    said = [Said("{", finish_reason="length")]

    assert await first_trigger(("truncated", "invalid_json"), said, JSON) == "truncated"
    assert await first_trigger(("invalid_json", "truncated"), said, JSON) == "invalid_json"
    assert await first_trigger(("empty",), said, JSON) is None


async def test_one_bad_choice_among_several_is_enough() -> None:
    said = [Said("Fine."), Said("Cut", finish_reason="length")]

    assert await first_trigger(("truncated",), said, TEXT) == "truncated"


async def test_a_long_text_is_judged_like_a_short_one() -> None:
    assert await first_trigger(("invalid_json",), [Said("[" + "1," * 99_999)], JSON) is not None
    assert await first_trigger(("invalid_json",), [Said(json.dumps(["x"] * 99_999))], JSON) is None


def test_a_stream_says_what_its_chunks_say_together() -> None:
    so_far = SaidSoFar()
    for chunk in (
        chunk_of({"role": "assistant", "content": ""}),
        chunk_of({"content": "Hel"}),
        chunk_of(choices=[{"index": 1, "delta": {"refusal": "No."}}, "odd", {"delta": 5}]),
        chunk_of({"content": "lo."}, finish="stop"),
        chunk_of({"tool_calls": [{"index": 0}]}),
        chunk_of(choices=None),
    ):
        so_far.count(chunk)

    first, second = so_far.choices
    assert first == Said("Hello.", does_more=True, finish_reason="stop")
    assert second.refused


def test_a_whole_answer_says_what_its_messages_say() -> None:
    assert said_in(completion("Hello.")) == [Said("Hello.", finish_reason="stop")]
    assert said_in({"choices": [{"message": {"content": None, "audio": {"data": "x"}}}]}) == [
        Said("", does_more=True)
    ]


def breaks(document: Any, schema: Any) -> bool:
    text = json.dumps(document)
    return breaks_schema(document, json.dumps(schema).encode(), len(text))


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        ([], NAME),
        ({"name": 5}, NAME),
        ({"a": 1}, {"properties": {}, "additionalProperties": False}),
        ({"xx": 1}, {"patternProperties": {"^x": {"type": "string"}}}),
        ({"y": 1}, {"patternProperties": {"^x": {}}, "additionalProperties": False}),
        ("no", {"pattern": "^y"}),
        ([1, 1.0], {"uniqueItems": True}),
        ("x", {"$defs": {"n": {"type": "integer"}}, "$ref": "#/$defs/n"}),
    ],
)
def test_an_answer_that_breaks_its_schema_is_found(document: Any, schema: Any) -> None:
    assert breaks(document, schema)


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        ({"name": "Ada"}, NAME),
        ([1, True, "1"], {"uniqueItems": True}),
        ({"x1": 1}, {"patternProperties": {"^x": {}}, "additionalProperties": False}),
    ],
)
def test_an_answer_that_keeps_its_schema_is_good(document: Any, schema: Any) -> None:
    assert not breaks(document, schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": 5},
        {"type": "objekt"},
        {"required": "name"},
        {"$ref": "#/nowhere"},
        {"pattern": "(?=look)ahead"},
        {"minimum": "5"},
    ],
)
def test_a_schema_that_is_none_measures_no_answer(schema: Any) -> None:
    assert not breaks(4, schema)
    assert not breaks("text", schema)
    assert not breaks({}, schema)


def test_a_schema_cannot_make_the_gateway_call_anybody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"

        assert not breaks(4, {"$ref": url})
        assert not breaks(4, {"$schema": url, "$dynamicRef": url})
        with pytest.raises(BlockingIOError):
            listener.accept()


HARD = "a" * 60 + "!"


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "^(a+)+$"},
        {"allOf": [{"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "^(a+)+$"}]},
    ],
)
def test_a_pattern_that_backtracks_for_years_elsewhere_is_judged_at_once(schema: Any) -> None:
    assert breaks(HARD, schema)


def test_a_schema_that_doubles_at_every_step_is_given_up() -> None:
    steps = {f"s{n}": {"anyOf": [{"$ref": f"#/$defs/s{n + 1}"}] * 2} for n in range(40)}

    assert not breaks(4, {"$defs": {**steps, "s40": False}, "$ref": "#/$defs/s0"})


def test_a_schema_that_refers_to_itself_is_given_up() -> None:
    assert not breaks(4, {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})


def test_a_schema_or_an_answer_beyond_bounds_is_not_judged() -> None:
    assert not breaks(4, {"description": "x" * 200_000, "type": "string"})
    assert not breaks_schema("x", b'{"type": "integer"}', 2_000_000)
    assert not breaks_schema(4, b'{"not":' * 3000 + b"{}" + b"}" * 3000, 1)
