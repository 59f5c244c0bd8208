"""The facts of a request, row by row of the page's table."""

import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.routing.facts import Facts, draw_facts, estimated_tokens, hidden_characters

Message = dict[str, Any]


def user(content: Any) -> Message:
    return {"role": "user", "content": content}


def said(*messages: Message) -> Facts:
    return draw_facts({"messages": list(messages)})


def test_the_declared_task_is_the_header_and_else_in_the_metadata() -> None:
    body = {"metadata": {"task": "drafting"}}

    assert draw_facts(body, {"X-Route-Task": "coding"}).task == "coding"
    assert draw_facts(body, {"X-Other": "coding"}).task == "drafting"
    assert draw_facts(body).task == "drafting"
    assert draw_facts({}).task is None


@pytest.mark.parametrize("name", ["x-route-task", "X-ROUTE-TASK", "X-Route-Task", "x-RoUtE-tAsK"])
def test_headers_count_in_any_case(name: str) -> None:
    assert draw_facts({}, {name: " coding "}).task == "coding"


@pytest.mark.parametrize("value", ["", "  "])
def test_a_header_that_says_nothing_gives_way_to_the_metadata(value: str) -> None:
    assert (
        draw_facts({"metadata": {"task": "drafting"}}, {"X-Route-Task": value}).task == "drafting"
    )


def test_the_model_is_what_the_client_asked_for() -> None:
    assert draw_facts({"model": "gpt-x"}).model == "gpt-x"
    assert draw_facts({"model": 5}).model == ""


def test_the_client_is_the_alias_of_its_key() -> None:
    assert draw_facts({}, client="billing-app").client == "billing-app"
    assert draw_facts({}).client is None


def test_tags_are_the_metadata_and_the_header_over_it() -> None:
    facts = draw_facts(
        {"metadata": {"team": "billing", "tier": "gold", "seats": 5, "nested": {"a": "b"}}},
        {"x-route-tags": "team=sales, region = eu ,=lost,odd,formula=a=b"},
    )

    assert facts.tags == {"team": "sales", "tier": "gold", "region": "eu", "formula": "a=b"}


def test_the_prompt_is_the_last_user_message() -> None:
    facts = said(user("first"), {"role": "assistant", "content": "answer"}, user("second"))

    assert facts.prompt == "second"
    assert facts.turns == 2


def test_text_parts_are_joined_by_a_newline_and_empty_ones_left_out() -> None:
    facts = said(
        user([{"type": "text", "text": "one"}, {"type": "text", "text": ""}]),
        user([{"type": "text", "text": "two"}, {"type": "odd"}, {"type": "text", "text": "three"}]),
    )

    assert facts.prompt == "two\nthree"
    assert facts.conversation == "one\ntwo\nthree"


def test_a_last_user_message_without_text_is_an_empty_prompt() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:,"}}

    assert said(user("earlier"), user([image])).prompt == ""


def test_system_and_developer_messages_are_the_system_text() -> None:
    facts = said(
        {"role": "system", "content": "be kind"},
        user("hello"),
        {"role": "developer", "content": [{"type": "text", "text": "be brief"}]},
        {"role": "system", "content": ""},
    )

    assert facts.system == "be kind\nbe brief"


def test_the_conversation_is_the_text_of_all_messages_in_order() -> None:
    facts = said(
        {"role": "system", "content": "s"},
        user("u"),
        {"role": "assistant", "content": None, "tool_calls": [{}]},
        {"role": "tool", "content": "t"},
        {"role": "assistant", "content": "a"},
    )

    assert facts.conversation == "s\nu\nt\na"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("é" * 4, 2), ("😀", 1), ("😀a", 2)],
)
def test_input_tokens_are_utf8_bytes_over_four_rounded_up(text: str, tokens: int) -> None:
    assert said(user(text)).input_tokens == tokens
    assert estimated_tokens(text) == tokens


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ({"max_completion_tokens": 5, "max_tokens": 9}, 5),
        ({"max_completion_tokens": None, "max_tokens": 9}, 9),
        ({"max_completion_tokens": 0, "max_tokens": 9}, 0),
        ({"max_tokens": 9}, 9),
        ({"max_tokens": True}, None),
        ({"max_tokens": "9"}, None),
        ({}, None),
    ],
)
def test_max_output_tokens_are_the_newer_field_and_else_the_older(
    body: dict[str, Any], limit: int | None
) -> None:
    assert draw_facts(body).max_output_tokens == limit


@pytest.mark.parametrize("fact", ["tools", "stream"])
def test_a_flag_is_set_where_its_field_is_present_and_not_empty(fact: str) -> None:
    full: Any = [{"type": "function"}] if fact == "tools" else True
    empty: Any = [] if fact == "tools" else False

    assert draw_facts({fact: full}).value(fact) is True
    assert draw_facts({fact: empty}).value(fact) is False
    assert draw_facts({fact: None}).value(fact) is False
    assert draw_facts({}).value(fact) is False


def test_images_and_audio_are_found_among_the_parts_of_any_message() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:,"}}
    audio = {"type": "input_audio", "input_audio": {"data": "-", "format": "wav"}}

    assert (said(user([image]), user("x")).images, said(user([image])).audio) == (True, False)
    assert (said(user([audio])).images, said(user([audio])).audio) == (False, True)
    assert said(user([{"type": "image_url", "image_url": {}}])).images is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "json_schema", "json_schema": {}}, "json_schema"),
        ({"type": "json_object"}, "json_object"),
        ({"type": "text"}, "text"),
        ({"type": ""}, "text"),
        ({"type": "grammar"}, "text"),
        ({}, "text"),
        ("json_object", "text"),
        (None, "text"),
    ],
)
def test_the_response_format_is_its_type_and_text_by_default(value: Any, expected: str) -> None:
    assert draw_facts({"response_format": value}).response_format == expected


@pytest.mark.parametrize(
    "messages",
    [
        None,
        5,
        "hello",
        {},
        [None, 5, "x", []],
        [{"role": "user"}],
        [{"role": "user", "content": 7}],
    ],
)
def test_messages_of_an_unexpected_shape_have_no_text(messages: Any) -> None:
    facts = draw_facts({"messages": messages})

    assert (facts.prompt, facts.conversation, facts.input_tokens) == ("", "", 0)


def test_half_a_surrogate_pair_becomes_a_replacement_character_wherever_it_stands() -> None:
    half = "a\ud800b"
    facts = draw_facts(
        {
            "model": half,
            "metadata": {"task": half, half: half},
            "messages": [{"role": "system", "content": half}, user(half)],
        },
        {"X-Route-Tags": f"h={half}"},
        client=half,
    )

    whole = "a\ufffdb"
    assert (facts.model, facts.task, facts.client) == (whole,) * 3
    assert (facts.prompt, facts.system) == (whole, whole)
    assert facts.conversation == f"{whole}\n{whole}"
    assert facts.tags == {"task": whole, whole: whole, "h": whole}
    assert facts.hidden_chars == 0


def test_hidden_characters_are_those_unicode_calls_control_and_format() -> None:
    every = [chr(point) for point in range(sys.maxunicode + 1)]
    hidden = {char for char in every if unicodedata.category(char) in ("Cc", "Cf")}
    hidden -= {"\t", "\n", "\r"}

    assert [char for char in hidden if hidden_characters(char) != 1] == []
    assert hidden_characters("".join(char for char in every if char not in hidden)) == 0
    assert hidden_characters("".join(every)) == len(hidden) > 200


@settings(deadline=None)
@given(st.text(alphabet=st.characters() | st.sampled_from("\u200b\u202e\x00\x7f\ufeff\t\n")))
def test_hidden_characters_are_counted_one_by_one(text: str) -> None:
    counted = sum(
        unicodedata.category(char) in ("Cc", "Cf") for char in text if char not in "\t\n\r"
    )

    assert hidden_characters(text) == counted
    assert said(user(text)).hidden_chars == counted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
FIELDS = [
    "model",
    "messages",
    "metadata",
    "max_tokens",
    "tools",
    "stream",
    "response_format",
    "audio",
]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_body_makes_drawing_fail(body: dict[str, Any]) -> None:
    assert isinstance(draw_facts(body), Facts)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(["role", "content", "type", "text"]), JSON)))
def test_no_messages_make_drawing_fail(messages: list[Message]) -> None:
    facts = draw_facts({"messages": messages})

    assert facts.conversation.encode().decode() == facts.conversation
    assert facts.turns <= len(messages)


def given_input(given: Any, **fields: Any) -> Facts:
    return draw_facts({"input": given, **fields})


@pytest.mark.parametrize("given", ["hello", ["hello"], [user("hello")]])
def test_a_text_a_list_of_one_and_one_user_item_say_the_same(given: Any) -> None:
    facts = given_input(given)

    assert (facts.prompt, facts.conversation, facts.turns) == ("hello", "hello", 1)
    assert (facts.input_tokens, facts.response_format) == (2, "text")


def test_texts_to_be_embedded_are_what_one_user_says_at_once() -> None:
    facts = given_input(["first", "", "second"])

    assert (facts.prompt, facts.conversation, facts.turns) == ("first\nsecond",) * 2 + (1,)


@pytest.mark.parametrize(
    ("given", "tokens"), [([5, 6, 7], 3), ([[5, 6], [7]], 3), ([[]], 0), ([True], 0), ([], 0)]
)
def test_of_tokens_given_as_numbers_only_their_number_is_known(given: Any, tokens: int) -> None:
    facts = given_input(given)

    assert (facts.input_tokens, facts.prompt, facts.conversation) == (tokens, "", "")


def test_a_response_s_items_say_what_messages_would() -> None:
    facts = given_input(
        [
            {"role": "developer", "content": "be kind"},
            user([{"type": "input_text", "text": "one"}, {"type": "input_text", "text": "two"}]),
            {"role": "assistant", "content": [{"type": "output_text", "text": "three"}]},
            {"type": "function_call", "name": "look", "arguments": "{}", "call_id": "c"},
            {"type": "function_call_output", "call_id": "c", "output": "four"},
            {"type": "message", "role": "user", "content": "five"},
        ],
        instructions="be brief",
    )

    assert facts.system == "be brief\nbe kind"
    assert facts.conversation == "be brief\nbe kind\none\ntwo\nthree\nfour\nfive"
    assert (facts.prompt, facts.turns) == ("five", 2)


def test_a_response_s_items_may_show_and_play_something() -> None:
    image = {"type": "input_image", "image_url": "data:,"}
    shot = {"type": "computer_call_output", "output": {**image, "type": "computer_screenshot"}}
    audio = {"type": "input_audio", "input_audio": {"data": "-"}}

    assert (given_input([user([image])]).images, given_input([user([image])]).audio) == (
        True,
        False,
    )
    assert given_input([user([{"type": "input_image", "file_id": "file-1"}])]).images
    assert given_input([shot]).images
    assert given_input([user([audio])]).audio
    assert not given_input([user([{"type": "input_file", "file_id": "file-1"}])]).images


def test_a_response_s_other_fields_are_those_of_a_chat_by_their_own_names() -> None:
    facts = given_input(
        "hello",
        max_output_tokens=5,
        max_tokens=9,
        text={"format": {"type": "json_schema", "name": "n", "schema": {}}},
        response_format={"type": "json_object"},
        tools=[{"type": "function"}],
        stream=True,
        metadata={"task": "coding", "team": "billing"},
    )

    assert (facts.max_output_tokens, facts.response_format) == (5, "json_schema")
    assert (facts.tools, facts.stream, facts.task) == (True, True, "coding")
    assert facts.tags == {"task": "coding", "team": "billing"}


def test_messages_are_what_a_body_says_where_it_has_them() -> None:
    assert draw_facts({"messages": [user("hello")], "input": "other"}).prompt == "hello"
    assert draw_facts({"messages": [], "input": "other"}).prompt == ""
    assert draw_facts({"messages": None, "input": "other"}).prompt == "other"


@pytest.mark.parametrize("given", [None, 5, {}, [None, 5.5, {}], [user(7)], [{"output": 5}]])
def test_an_input_of_an_unexpected_shape_has_no_text(given: Any) -> None:
    facts = given_input(given, instructions=5, text=5)

    assert (facts.prompt, facts.system, facts.conversation, facts.input_tokens) == ("", "", "", 0)
