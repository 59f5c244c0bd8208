"""Writes a filter as text that reads as the same filter."""

import re

from console.traffic.filters.fields import NUMBER_FIELDS
from console.traffic.filters.nodes import (
    And,
    Contains,
    Flag,
    Glob,
    Names,
    Node,
    Not,
    Number,
    Or,
    Since,
    Until,
    Words,
)
from console.traffic.filters.quantity import spelled
from console.traffic.filters.reading import NONE

_PLAIN = re.compile(r'[^\s()",*]+')


def written(node: Node) -> str:
    """Return the filter in its shortest usual form."""
    match node:
        case Or(parts):
            # One alternative within another keeps its parentheses: the tree stays the same.
            return " or ".join(
                f"({written(p)})" if isinstance(p, Or) else written(p) for p in parts
            )
        case And(parts):
            return " ".join(_in_group(part) for part in parts)
        case Not(part):
            return "-" + (f"({written(part)})" if isinstance(part, (And, Or)) else written(part))
        case _:
            return _atom(node)


def term(field: str, value: str | None) -> str:
    """Return the condition that a field has this very value; None: that it has none."""
    return f"{field}:{name_written(value)}"


def name_written(value: str | None) -> str:
    """Return a name as a value, between quotes where it needs them; None: the word for none."""
    return _value(value)


def _in_group(part: Node) -> str:
    return f"({written(part)})" if isinstance(part, (And, Or)) else written(part)


def _atom(node: Node) -> str:
    match node:
        case Names(field, values):
            return f"{field}:{','.join(map(_value, values))}"
        case Number(field, comparison, value):
            return f"{field}{comparison}{spelled(value, NUMBER_FIELDS[field].unit)}"
        case Since(text, _):
            return f"since:{_value(text)}"
        case Until(text, _):
            return f"until:{_value(text)}"
        case Flag(word):
            return word
        case Words(text):
            return quoted(text)
        case Contains(text):
            return f"contains:{quoted(text)}"
    raise AssertionError(node)


def _value(value: str | Glob | None) -> str:
    if value is None:
        return NONE
    if isinstance(value, Glob):
        return value.pattern
    is_plain = _PLAIN.fullmatch(value) and value.lower() != NONE
    return value if is_plain else quoted(value)


def quoted(text: str) -> str:
    """Return a text between quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
