"""The columns of the list: what fits, and what a request says in each."""

import pytest
from rich.cells import cell_len

from console.traffic.records import RequestRow
from console.ui.traffic_columns import Surroundings, columns_for, heading, line_of

AROUND = Surroundings(now=112.0, route_index=lambda route: 0 if route == "small" else None)


def row(**fields: object) -> RequestRow:
    made = RequestRow("r1", 100.0, "v1", "rule_match", route="small", prompt_preview="Hello there")
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def shown(width: int, **fields: object) -> dict[str, str]:
    """One request's cells by column, as they are drawn at a width."""
    text = "".join(part for part, _ in line_of(row(**fields), width, AROUND))
    cells, start = {}, 0
    for column, size in columns_for(width):
        cells[column.title] = text[start : start + size].strip()
        start += size + 1
    return cells


def test_at_80_columns_a_line_has_what_a_first_look_needs() -> None:
    names = [column.title for column, _ in columns_for(80)]

    assert names == ["time", " ", "route", "task", "model", "took", "tokens", "prompt"]


def test_at_160_columns_every_column_is_there() -> None:
    names = {column.title for column, _ in columns_for(160)}

    assert {"http", "ttfc", "cost", "att", "client", "rule", "reason"} < names


PROMPTS = {
    "plain": "plain",
    "wide": "宽字符" * 80,
    "combining": "a\u0301" * 300,
    "escapes": "\x1b[31m" * 90,
    "empty": "",
}


@pytest.mark.parametrize("width", [59, 80, 88, 120, 160, 240])
@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())
def test_a_line_is_as_wide_as_the_list(width: int, prompt: str) -> None:
    line = line_of(row(prompt_preview=prompt, task="任务" * 20), width, AROUND)

    assert sum(cell_len(text) for text, _ in line) == width
    assert heading(width).cell_length == width


def test_where_not_even_the_prompt_fits_a_line_is_not_wider_than_the_list() -> None:
    line = line_of(row(), 30, AROUND)

    assert sum(cell_len(text) for text, _ in line) <= 30


def test_what_is_not_known_is_a_question_mark_and_never_0() -> None:
    cells = shown(160, status="error", duration_ms=10.0)

    assert cells["cost"] == "?"
    assert cells["tokens"] == "?→?"


def test_estimated_token_counts_say_that_they_are() -> None:
    cells = shown(160, status="ok", input_tokens=1200, output_tokens=9, usage_source="estimated")

    assert cells["tokens"] == "~1.2k→9"


def test_a_request_in_flight_shows_the_time_it_has_taken_so_far() -> None:
    assert shown(80)["took"] == "12s"
    assert shown(160)["http"] == ""


def test_a_request_that_got_no_http_answer_shows_a_dash() -> None:
    assert shown(160, status="client_cancelled")["http"] == "–"


def test_the_outcome_is_told_by_a_sign_as_well_as_by_colour() -> None:
    signs = [
        shown(80, status=status)[" "]
        for status in ("ok", "degraded", "error", "client_cancelled", "in_flight")
    ]

    assert signs == ["✓", "!", "✗", "⊘", "⋯"]


def test_a_route_has_the_colour_of_its_place_in_the_table() -> None:
    styles = {text.strip(): style for text, style in line_of(row(), 80, AROUND)}

    assert styles["small"] == "$route-1"


def test_a_line_is_told_in_few_pieces_since_each_costs_bytes_on_a_slow_line() -> None:
    line = line_of(row(status="ok", task="triage", response_model="mini"), 80, AROUND)

    assert len(line) < 10
