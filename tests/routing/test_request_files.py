"""A request in a file, in both its forms, and what is said of one that is neither."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.routing.facts import Facts, draw_facts
from console.routing.request_file import RequestError, RequestInFile, read_request, written_facts

BODY = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def test_a_body_is_drawn_as_the_gateway_would_draw_it() -> None:
    headers = {"x-route-task": "coding", "X-Route-Tags": "a=b"}

    request = read_request({"body": BODY, "headers": headers, "client": "app"})

    assert request == RequestInFile(draw_facts(BODY, headers, "app"), None)


def test_all_but_the_body_may_be_left_out() -> None:
    assert read_request({"body": {}}) == RequestInFile(draw_facts({}), None)


def test_a_count_of_nothing_is_written_where_the_text_would_give_another() -> None:
    facts = Facts(prompt="hi", conversation="hi", input_tokens=0)

    written = written_facts(facts)

    assert written == {"prompt": "hi", "input_tokens": 0}
    assert read_request({"facts": written}).facts == facts


def test_logs_may_carry_more_than_routing_needs() -> None:
    assert read_request({"body": BODY, "status": 200}).facts == draw_facts(BODY)


def test_facts_are_taken_as_they_are_given() -> None:
    given: dict[str, Any] = {
        "task": "t", "model": "m", "client": "c", "tags.team": "x", "tags.a.b": "y",
        "prompt": "p", "system": "s", "conversation": "all", "input_tokens": 7,
        "max_output_tokens": 8, "turns": 9, "hidden_chars": 1, "tools": True, "images": True,
        "audio": True, "stream": True, "response_format": "json_schema",
    }  # fmt: skip

    facts = read_request({"facts": given}).facts

    for name, value in given.items():
        assert facts.value(name) == value


def test_facts_left_out_are_absent_or_follow_from_the_texts() -> None:
    facts = read_request({"facts": {"prompt": "héllo\u200b", "system": "be kind"}}).facts

    assert facts == Facts(
        prompt="héllo\u200b",
        system="be kind",
        conversation="be kind\nhéllo\u200b",
        input_tokens=5,
        hidden_chars=1,
        turns=1,
    )


def test_a_conversation_leaves_out_what_is_empty() -> None:
    assert read_request({"facts": {"prompt": "p"}}).facts.conversation == "p"
    assert read_request({"facts": {"system": "s"}}).facts.conversation == "s"
    assert read_request({"facts": {}}).facts.conversation == ""


def test_estimates_follow_the_conversation_that_is_given() -> None:
    facts = read_request({"facts": {"prompt": "p", "conversation": "x" * 400}}).facts

    assert facts.input_tokens == 100


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        ("2026-11-23T12:00:00Z", 1795435200.0),
        ("2026-11-23T13:00:00+01:00", 1795435200.0),
        ("2026-11-23T12:00:00.5Z", 1795435200.5),
        (datetime.fromisoformat("2026-11-23T12:00:00+00:00"), 1795435200.0),
        (None, None),
    ],
)
def test_a_moment_is_told_in_rfc_3339(at: Any, seconds: float | None) -> None:
    assert read_request({"facts": {}, "at": at}).at == seconds
    assert read_request({"body": {}, "at": at}).at == seconds


AT = "`at` is a moment with a time zone, such as 2026-11-23T12:00:00Z."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (5, "A request is an object with `body` or `facts`."),
        ([], "A request is an object with `body` or `facts`."),
        (None, "A request is an object with `body` or `facts`."),
        ({}, "A request has either `body` or `facts`."),
        ({"body": {}, "facts": {}}, "A request has either `body` or `facts`."),
        ({"body": []}, "`body` is an object."),
        ({"body": {}, "headers": []}, "`headers` is an object of texts."),
        ({"body": {}, "headers": {"a": 5}}, "`headers` is an object of texts."),
        ({"body": {}, "client": 5}, "`client` is a text."),
        ({"body": {}, "at": "2026-11-23T12:00:00"}, AT),
        ({"body": {}, "at": "noon"}, AT),
        ({"body": {}, "at": 5}, AT),
        ({"facts": []}, "`facts` is an object."),
        ({"facts": {"promt": "x"}}, "`promt` is not a fact of a request."),
        ({"facts": {"tags": {"a": "b"}}}, "`tags` is not a fact of a request."),
        ({"facts": {"tags.": "b"}}, "`tags.` is not a fact of a request."),
        ({"facts": {"not_captured": []}}, "`not_captured` is not a fact of a request."),
        ({"facts": {"prompt": 5}}, "The fact `prompt` is a text."),
        ({"facts": {"tags.a": 5}}, "The fact `tags.a` is a text."),
        ({"facts": {"turns": "5"}}, "The fact `turns` is a whole number."),
        ({"facts": {"turns": True}}, "The fact `turns` is a whole number."),
        ({"facts": {"turns": 1.5}}, "The fact `turns` is a whole number."),
        ({"facts": {"stream": "yes"}}, "The fact `stream` is true or false."),
        ({"facts": {"stream": 1}}, "The fact `stream` is true or false."),
    ],
)
def test_a_request_of_neither_form_is_told_in_one_sentence(data: Any, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_request(data)

    assert str(caught.value) == sentence


def test_half_a_surrogate_pair_is_the_same_in_both_forms() -> None:
    half = "a\ud800b"
    drawn = read_request(
        {"body": {"messages": [{"role": "user", "content": half}]}, "client": half}
    ).facts

    given = read_request({"facts": {"prompt": half, "client": half, "tags.x": half}}).facts

    assert (given.prompt, given.client, given.tags["x"]) == ("a\ufffdb",) * 3
    assert (drawn.prompt, drawn.client) == (given.prompt, given.client)
    assert (drawn.input_tokens, drawn.hidden_chars) == (given.input_tokens, given.hidden_chars)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["body", "facts", "at", "headers", "client", "prompt", "turns", "tags.a"]
            )
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_whatever_stands_there_is_a_request_or_an_error(data: Any) -> None:
    with suppress(RequestError):
        assert isinstance(read_request(data).facts, Facts)


@pytest.mark.parametrize(
    "body", [{"input": "hello"}, {"messages": [{"role": "user", "content": "hello"}]}]
)
def test_a_body_s_own_shape_says_what_it_is(body: dict[str, object]) -> None:
    assert read_request({"body": body}).facts.prompt == "hello"
