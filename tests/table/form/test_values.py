"""What a field shows is what was there, and what is typed into it is never lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.table.form.field import MISSING, Field, Kind
from console.table.form.values import can_show, shown, typed_value

_texts = st.text(max_size=12) | st.sampled_from(
    ["a, b", '"', '"a"', " a ", "", ",", "a\nb", "a\r", "\u2028", "\\", '"a', "é", 'a"b', "[", "#"]
)


def a_field(kind: Kind, value: Any = MISSING, **told: Any) -> Field:
    return Field(("when", "task"), "task is", kind, value, **told)


@given(_texts | st.lists(_texts, max_size=4), st.sampled_from(["names", "phrases", "patterns"]))
def test_a_list_is_read_again_from_what_is_shown_of_it(value: Any, kind: Kind) -> None:
    field = a_field(kind, value, takes_one=True)
    assert typed_value(field, shown(field)) == value


@given(st.integers(-(10**14), 10**14) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_again_from_what_is_shown_of_it(value: float) -> None:
    field = a_field("number", value)
    read = typed_value(field, shown(field))
    assert read == value
    assert type(read) is type(value) or float(value).is_integer()


@given(_texts.filter(lambda text: "\r" not in text))
def test_a_text_is_read_again_from_what_is_shown_of_it(value: str) -> None:
    field = a_field("text", value)
    assert can_show("text", value)
    assert typed_value(field, shown(field)) == value


@pytest.mark.parametrize("typed", ["8o", "1e999", "nan", "--1", "0x1f", "1_000", "٣"])
def test_what_is_no_number_stays_as_it_was_typed(typed: str) -> None:
    assert typed_value(a_field("number"), typed) == typed


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("number", "8000", 8000),
        ("number", " 0.25 ", 0.25),
        ("number", "", MISSING),
        ("flag", "true", True),
        ("flag", "false", False),
        ("flag", "ture", "ture"),
        ("flag", "", MISSING),
        ("names", "drafting", "drafting"),
        ("names", "drafting, extract*,", ["drafting", "extract*"]),
        ("names", '"a, b", c', ["a, b", "c"]),
        ("names", '"a', '"a'),
        ("phrases", "refund\n\n  money back \n", ["refund", "money back"]),
        ("phrases", '"a\\nb"', ["a\nb"]),
        ("phrases", '"quoted" words', ['"quoted" words']),
    ],
)
def test_what_is_typed_is_read_as_meant(kind: Kind, typed: str, value: Any) -> None:
    assert typed_value(a_field(kind, takes_one=kind == "names"), typed) == value


def test_one_name_stays_written_as_it_was_and_a_second_makes_a_list() -> None:
    def typed(value: Any, typed: str, *, takes_one: bool = True) -> Any:
        return typed_value(a_field("names", value, takes_one=takes_one), typed)

    assert typed("a", "b") == "b"
    assert typed("a", "a, b") == ["a", "b"]
    assert typed(["a"], "b") == ["b"]
    assert typed([], "b") == "b"
    assert typed(MISSING, "b", takes_one=False) == ["b"]


def test_an_empty_field_is_no_key_where_there_need_be_none() -> None:
    assert typed_value(a_field("name", "small", is_optional=True), "") is MISSING
    assert typed_value(a_field("name", "small"), "") == ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [("names", [5]), ("phrases", {"a": 1}), ("number", [1]), ("name", "a\nb"), ("name", 5)],
)
def test_a_shape_that_no_field_can_hold_is_not_shown_as_one(kind: Kind, value: Any) -> None:
    assert not can_show(kind, value)
