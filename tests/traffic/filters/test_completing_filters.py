"""What is offered while a filter is typed, and that every offer can be read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.traffic.filters.completion import complete
from console.traffic.filters.reading import read_filter
from console.traffic.known_values import known_values
from console.traffic.reader import LogReader
from console.traffic.writer import LogWriter
from tests.traffic.building import NOON, ended

VALUES = {"route": ["small", "large", "a b"], "client": ["web-1", "none"]}


def offered(text: str, cursor: int | None = None) -> list[str]:
    found = complete(text, len(text) if cursor is None else cursor, lambda f: VALUES.get(f, []))
    return [candidate.text for candidate in found.candidates]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rou", ["route:"]),
        ("lat", ["latency>"]),
        ("ok esc", ["escalation:", "escalated"]),
        ("-esc", ["escalation:", "escalated"]),
        ("(de", ["degraded"]),
        ("route:", ["small", "large", '"a b"', "none"]),
        ("route:s", ["small"]),
        ("route:small,l", ["large"]),
        ("-route:l", ["large"]),
        ("route:A", ['"a b"']),
        ("client:no", ['"none"', "none"]),
        ("status:cl", ["client_cancelled"]),
        ("since:1", ["15m", "1h"]),
        ("latency>", []),
        ("nothing:", []),
        ('"text', []),
    ],
)
def test_what_could_stand_there_is_offered(typed: str, expected: list[str]) -> None:
    assert offered(typed) == expected


def test_an_offer_replaces_what_was_typed_of_it() -> None:
    found = complete("ok route:sm error", 11, lambda field: VALUES.get(field, []))
    assert (found.start, found.end) == (9, 11)
    assert [candidate.text for candidate in found.candidates] == ["small"]


@given(st.text(max_size=30), st.integers(0, 30))
def test_there_is_an_offer_or_none_for_any_text(text: str, cursor: int) -> None:
    found = complete(text, min(cursor, len(text)), lambda field: VALUES.get(field, []))
    assert 0 <= found.start <= found.end == min(cursor, len(text))


@given(st.text(min_size=1, max_size=12))
def test_a_value_that_is_offered_means_itself(name: str) -> None:
    [*_, candidate, _none] = complete("client:", 7, lambda _: [name]).candidates
    assert read_filter(f"client:{candidate.text}", NOON) is not None


def test_values_are_those_of_the_log(path: Path) -> None:
    writer = LogWriter(path)
    for number, route in enumerate(["small", "large", "small", "b"], start=1):
        writer.finish(ended(number, route=route, client="ide"))
    writer.close()
    reader = LogReader(path)
    found = known_values(reader)
    assert found["route"] == ["b", "large", "small"]
    assert found["client"] == ["ide"]
    assert found["error"] == []
    reader.close()
