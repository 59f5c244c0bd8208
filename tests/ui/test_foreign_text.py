"""Foreign text on the screen: visible, harmless, never markup."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.ui.foreign_text import HIDDEN_STYLE, foreign, one_line, pieces

ANYTHING = st.text(st.characters(exclude_categories=[]))


@given(ANYTHING, st.booleans())
def test_no_control_or_format_character_survives(text: str, keep_newlines: bool) -> None:
    shown = foreign(text, keep_newlines=keep_newlines).plain

    kept = shown.replace("\n", "") if keep_newlines else shown
    assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co") for char in kept)


@given(ANYTHING, st.integers(min_value=0, max_value=40))
def test_pieces_and_content_say_the_same(text: str, limit: int) -> None:
    joined = "".join(part for part, _ in pieces(text, limit=limit))

    assert foreign(text, limit=limit).plain == joined


@pytest.mark.parametrize(
    "text", ["[red]x[/red]", "[/", "[type=x, v={'a[0]'}]", "[@click=app.quit]x[/]", "\\[x]"]
)
def test_markup_is_shown_as_it_was_written(text: str) -> None:
    assert foreign(text).plain == text
    assert foreign(text).spans == []


def test_a_hidden_character_stands_out() -> None:
    content = foreign("a\u202eb", "$route-1")

    assert content.plain == "a⟨U+202E⟩b"
    assert [(span.start, span.end, span.style) for span in content.spans] == [
        (0, 1, "$route-1"),
        (1, 9, HIDDEN_STYLE),
        (9, 10, "$route-1"),
    ]


def test_line_ends_break_lines_only_where_that_is_asked_for() -> None:
    assert foreign("a\n\tb").plain == "a⏎⇥b"
    assert foreign("a\n\tb", keep_newlines=True).plain == "a\n    b"


def test_an_absent_text_is_a_quiet_dash() -> None:
    assert one_line(None).plain == "–"
    assert one_line("").plain == "–"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert foreign("abcdef", limit=4).plain == "abc…"


def test_no_known_hostile_string_reaches_the_screen_alive(shared_data: Path) -> None:
    strings = json.loads((shared_data / "hostile" / "blns.json").read_text())

    for text in strings:
        assert all(unicodedata.category(char) not in ("Cc", "Cf") for char in foreign(text).plain)
