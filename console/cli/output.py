"""How commands speak: foreign text made inert, colour only to a terminal that wants it."""

import os
import sys
from typing import Any, TextIO

import msgspec

from console.inert import inert
from console.json_text import encoded

_STYLES = {
    "bold": "1",
    "dim": "2",
    "lit": "1;4;33",
    "good": "32",
    "bad": "31",
    "warn": "33",
    "route": "1;36",
}


class Paint:
    """Puts styles around text for one stream; plain where that is no terminal or asks for none."""

    def __init__(self, stream: TextIO, colour: str = "auto") -> None:
        wanted = stream.isatty() and not os.environ.get("NO_COLOR")
        self.on = colour == "always" or (colour == "auto" and wanted)

    def __call__(self, style: str, text: str, *, limit: int | None = None) -> str:
        """Return `text`, made inert, in one of the styles named in this module."""
        return self.raw(style, inert(text, limit=limit))

    def raw(self, style: str, text: str) -> str:
        """Return text that is inert already in a style."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.on and text else text


def say(line: str = "") -> None:
    """Print a line of our own making, or of text already inert, on standard output."""
    print(line)


def tell(sentence: str, hint: str | None = None) -> None:
    """Print one sentence about what went wrong, and what would help, on standard error."""
    print(f"route-console: {inert(sentence)}", file=sys.stderr)
    if hint:
        print(f"  {inert(hint)}", file=sys.stderr)


def print_json(data: Any) -> None:
    """Print data as one line of JSON in which nothing can move a terminal's cursor."""
    print(json_line(data))


def json_line(data: Any) -> str:
    """Return data as one line of JSON, control and format characters escaped."""
    text = encoded(msgspec.to_builtins(data)).decode()
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    """Return a character as JSON spells it, a surrogate pair where it takes one."""
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
