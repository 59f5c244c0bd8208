"""Parts of a table's file: the lines that hold one rule, or those around a problem."""

from collections.abc import Mapping
from dataclasses import dataclass

Places = Mapping[str, tuple[int, int]]
"""Paths such as `rules[3].when` to the (line, column) of their value, counted from 1."""

LINES_TO_KEY = 5
"""How far above its value a key may stand: comments and blank lines can be between."""


@dataclass(frozen=True)
class Excerpt:
    """Some consecutive lines of a file; `first` is the number of the first, from 1."""

    first: int
    lines: tuple[str, ...]


def lines_of(text: str) -> list[str]:
    """Return the lines of a file as its problems count them, without their ends."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def excerpt_of(text: str, places: Places, path: str) -> Excerpt | None:
    """Return the lines of the entry at `path`; None where the file has no such entry.

    An entry begins at the line of its key, or its dash, and goes on as long as lines are indented
    further; blank lines and comments at its end belong to what follows.
    """
    place = places.get(path)
    if place is None:
        return None
    lines = lines_of(text)
    first = min(place[0], len(lines)) if path.endswith("]") else _key_line(lines, place[0], path)
    indent = _indent(lines[first - 1])
    last = first
    for number in range(first + 1, len(lines) + 1):
        line = lines[number - 1]
        if _says_nothing(line):
            continue
        if _indent(line) <= indent:
            break
        last = number
    return Excerpt(first, tuple(lines[first - 1 : last]))


def excerpt_around(text: str, line: int, around: int) -> Excerpt:
    """Return line number `line` with `around` lines before and after it."""
    lines = lines_of(text)
    first = max(min(line, len(lines)) - around, 1)
    return Excerpt(first, tuple(lines[first - 1 : line + around]))


def _key_line(lines: list[str], value_line: int, path: str) -> int:
    """Return the line of the key whose value begins on `value_line`, or that line itself."""
    key = path.rpartition(".")[2]
    value_line = min(value_line, len(lines))
    for number in range(value_line, max(value_line - LINES_TO_KEY, 0), -1):
        if lines[number - 1].lstrip().lstrip("'\"").startswith(key):
            return number
    return value_line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _says_nothing(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith("#")
