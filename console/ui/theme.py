"""The look of the console: its themes, and the named colours of routes and outcomes.

Colours are variables (`$route-1` … `$route-8`, `$outcome-error`, `$hidden-text`, …) that every
theme defines, so style sheets and `Content` spans name what they mean and follow the theme. Nothing
is told by colour alone: an outcome has its symbol and its word, a route its name.
"""

from textual.theme import Theme

from console.traffic.records import Status

DARK = "console-dark"
LIGHT = "console-light"
TERMINAL_DARK = "ansi-dark"
TERMINAL_LIGHT = "ansi-light"

THEME_CYCLE = (DARK, LIGHT, TERMINAL_DARK, TERMINAL_LIGHT)
"""What one key steps through; the last two use the terminal's own sixteen colours."""

ROUTE_COLOURS = 8
"""Routes beyond the eighth share colours; their names still tell them apart."""

OUTCOME_SYMBOLS: dict[Status, str] = {
    "ok": "✓",
    "degraded": "!",
    "error": "✗",
    "client_cancelled": "⊘",
    "in_flight": "⋯",
}
"""One cell each in every terminal: none is an emoji or of ambiguous width."""

OUTCOME_WORDS: dict[Status, str] = {
    "ok": "ok",
    "degraded": "degraded",
    "error": "error",
    "client_cancelled": "cancelled",
    "in_flight": "in flight",
}

_DARK_ROUTES = (
    "#7cb7ff",
    "#c8a2ff",
    "#4fd1c0",
    "#ff9ac8",
    "#e0c48a",
    "#b5d96b",
    "#ff9e64",
    "#b3bcd8",
)
_LIGHT_ROUTES = (
    "#0b5fc2",
    "#7438b8",
    "#00706a",
    "#ad1f6c",
    "#765600",
    "#466400",
    "#a84300",
    "#50577a",
)
_TERMINAL_DARK_ROUTES = (
    "ansi_bright_blue",
    "ansi_magenta",
    "ansi_cyan",
    "ansi_bright_magenta",
    "ansi_yellow",
    "ansi_green",
    "ansi_bright_cyan",
    "ansi_white",
)
_TERMINAL_LIGHT_ROUTES = (
    "ansi_blue",
    "ansi_magenta",
    "ansi_cyan",
    "ansi_red",
    "ansi_yellow",
    "ansi_green",
    "ansi_bright_blue",
    "ansi_bright_black",
)


def _variables(
    routes: tuple[str, ...],
    *,
    ok: str,
    degraded: str,
    error: str,
    cancelled: str,
    in_flight: str,
    hidden: str,
    quiet: str,
    lit: str,
    band: str,
) -> dict[str, str]:
    """Return the console's own variables, spelt for one family of terminals."""
    named = {f"route-{number}": colour for number, colour in enumerate(routes, start=1)}
    return named | {
        "outcome-ok": ok,
        "outcome-degraded": degraded,
        "outcome-error": error,
        "outcome-cancelled": cancelled,
        "outcome-in-flight": in_flight,
        "hidden-text": hidden,
        "quiet": quiet,
        "lit": lit,
        "cursor-band": band,
    }


_ON_DARK = _variables(
    _DARK_ROUTES,
    ok="#6fcf87",
    degraded="#f2c14e",
    error="#ff7b7b",
    cancelled="#9aa5b5",
    in_flight="#72bfe0",
    hidden="#ff9ac8",
    quiet="#95a1b3",
    lit="#ffd866",
    band="#263344",
)
_ON_LIGHT = _variables(
    _LIGHT_ROUTES,
    ok="#17703a",
    degraded="#855700",
    error="#b91528",
    cancelled="#5c6573",
    in_flight="#0d6285",
    hidden="#ad1f6c",
    quiet="#565f6c",
    lit="#7a4d00",
    band="#d9e4f2",
)
_ON_TERMINAL_DARK = _variables(
    _TERMINAL_DARK_ROUTES,
    ok="ansi_green",
    degraded="ansi_yellow",
    error="ansi_bright_red",
    cancelled="ansi_default",
    in_flight="ansi_cyan",
    hidden="ansi_magenta",
    quiet="ansi_default",
    lit="ansi_yellow",
    band="ansi_default",
)
_ON_TERMINAL_LIGHT = _variables(
    _TERMINAL_LIGHT_ROUTES,
    ok="ansi_green",
    degraded="ansi_magenta",
    error="ansi_red",
    cancelled="ansi_default",
    in_flight="ansi_blue",
    hidden="ansi_magenta",
    quiet="ansi_default",
    lit="ansi_red",
    band="ansi_default",
)

THEMES = (
    Theme(
        name=DARK,
        dark=True,
        primary="#5aa2f0",
        secondary="#4fd1c0",
        accent="#f0a65a",
        warning="#f2c14e",
        error="#ff7b7b",
        success="#6fcf87",
        foreground="#d7dee8",
        background="#10151c",
        surface="#151c25",
        panel="#1d2733",
        variables={
            **_ON_DARK,
            "border": "#5aa2f0",
            "border-blurred": "#324154",
            "footer-background": "#1d2733",
            "footer-key-foreground": "#f0a65a",
            "footer-description-foreground": "#aeb9c8",
            "block-cursor-foreground": "#10151c",
            "block-cursor-background": "#5aa2f0",
            "block-cursor-text-style": "none",
            "input-selection-background": "#5aa2f0 35%",
            "scrollbar": "#324154",
            "scrollbar-hover": "#48607c",
            "scrollbar-active": "#5aa2f0",
            "scrollbar-background": "#151c25",
            "scrollbar-background-hover": "#151c25",
            "scrollbar-background-active": "#151c25",
            "scrollbar-corner-color": "#151c25",
        },
    ),
    Theme(
        name=LIGHT,
        dark=False,
        primary="#0b5fc2",
        secondary="#00706a",
        accent="#a84300",
        warning="#855700",
        error="#b91528",
        success="#17703a",
        foreground="#1d2530",
        background="#fbfaf7",
        surface="#f4f2ec",
        panel="#e8e5dc",
        variables={
            **_ON_LIGHT,
            "border": "#0b5fc2",
            "border-blurred": "#bdb8aa",
            "footer-background": "#e8e5dc",
            "footer-key-foreground": "#a84300",
            "footer-description-foreground": "#414a57",
            "block-cursor-foreground": "#ffffff",
            "block-cursor-background": "#0b5fc2",
            "block-cursor-text-style": "none",
            "input-selection-background": "#0b5fc2 25%",
            "scrollbar": "#bdb8aa",
            "scrollbar-hover": "#9a9484",
            "scrollbar-active": "#0b5fc2",
            "scrollbar-background": "#f4f2ec",
            "scrollbar-background-hover": "#f4f2ec",
            "scrollbar-background-active": "#f4f2ec",
            "scrollbar-corner-color": "#f4f2ec",
        },
    ),
)
"""The console's own two themes; with any other, `variables_on` supplies the named colours."""


def variables_on(theme: Theme) -> dict[str, str]:
    """Return the named colours for a theme that does not define them itself."""
    if theme.ansi:
        return _ON_TERMINAL_DARK if theme.dark else _ON_TERMINAL_LIGHT
    return _ON_DARK if theme.dark else _ON_LIGHT


def route_style(index: int | None) -> str:
    """Return the style of the route at `index` (from 0, in the order of the table's routes).

    None stands for a route that is not in the table in view. The style is a variable's name, for
    `Content` spans; it follows the theme.
    """
    return "$quiet" if index is None else f"$route-{index % ROUTE_COLOURS + 1}"


_OUTCOME_STYLES: dict[Status, str] = {
    "ok": "$outcome-ok",
    "degraded": "$outcome-degraded",
    "error": "$outcome-error",
    "client_cancelled": "$outcome-cancelled",
    "in_flight": "$outcome-in-flight",
}
UNKNOWN_OUTCOME = "?"
"""For a status this version does not know: logs are written by others, too."""


def outcome_style(status: Status) -> str:
    """Return the style of an outcome, as a variable's name for `Content` spans."""
    return _OUTCOME_STYLES.get(status, "$quiet")


def outcome_symbol(status: Status) -> str:
    """Return the sign of an outcome, one cell wide."""
    return OUTCOME_SYMBOLS.get(status, UNKNOWN_OUTCOME)


def outcome_word(status: Status) -> str:
    """Return an outcome in a word; one that is not known is repeated, and so foreign text."""
    return OUTCOME_WORDS.get(status, status)
