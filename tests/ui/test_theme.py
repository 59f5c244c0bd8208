"""The look: readable colours by name in every theme, and signs that need no colour."""

import pytest
from rich.cells import cell_len
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from console.ui.app import ConsoleApp
from console.ui.theme import (
    DARK,
    LIGHT,
    OUTCOME_SYMBOLS,
    OUTCOME_WORDS,
    ROUTE_COLOURS,
    THEME_CYCLE,
    THEMES,
    outcome_style,
    route_style,
    variables_on,
)

READABLE = 4.5
"""WCAG 2.2, contrast of text, level AA."""


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["background", "surface", "cursor-band"])
def test_every_named_colour_is_readable_where_it_stands(theme: Theme, ground: str) -> None:
    under = theme.variables.get(ground) or getattr(theme, ground)
    named = {name: value for name, value in variables_on(theme).items() if name != "cursor-band"}

    poor = {
        name: contrast
        for name, value in named.items()
        if (contrast := _contrast(Color.parse(value), Color.parse(under))) < READABLE
    }
    assert poor == {}


def test_every_theme_one_may_choose_has_the_named_colours() -> None:
    app = ConsoleApp(None, None)

    for name in app.available_themes:
        app.theme = name
        assert {"route-1", "outcome-error", "hidden-text"} <= app.get_css_variables().keys()


def test_the_theme_cycle_names_themes_that_exist() -> None:
    assert {*THEME_CYCLE} <= {DARK, LIGHT, *BUILTIN_THEMES}


def test_an_outcome_has_a_sign_of_one_cell_and_a_word_of_its_own() -> None:
    assert all(cell_len(symbol) == 1 for symbol in OUTCOME_SYMBOLS.values())
    assert len(set(OUTCOME_SYMBOLS.values())) == len(OUTCOME_SYMBOLS)
    assert OUTCOME_SYMBOLS.keys() == OUTCOME_WORDS.keys()
    assert len({outcome_style(status) for status in OUTCOME_SYMBOLS}) == len(OUTCOME_SYMBOLS)


def test_routes_take_colours_in_their_order_and_share_them_when_they_run_out() -> None:
    assert route_style(0) == "$route-1"
    assert route_style(ROUTE_COLOURS) == "$route-1"
    assert route_style(None) == "$quiet"


def _contrast(first: Color, second: Color) -> float:
    lighter, darker = sorted([_luminance(first), _luminance(second)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    """Relative luminance as WCAG 2.2 defines it."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
