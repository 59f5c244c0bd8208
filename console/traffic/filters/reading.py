"""Reads a filter: words become a tree, or a problem at its place.

filter = group { "or" group }
group  = part { ["and"] part }
part   = "-" part | "(" filter ")" | field operator values | word | "words"
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from console.traffic.filters.fields import (
    FLAG_WORDS,
    MOMENT_FIELDS,
    NAME_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
)
from console.traffic.filters.moments import FORMS, moment_of
from console.traffic.filters.nodes import (
    And,
    Comparison,
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
from console.traffic.filters.problem import FilterProblem
from console.traffic.filters.quantity import forms_of, quantity_of
from console.traffic.filters.words import Value, Word, words_of

NONE = "none"
"""The value that stands for there being none."""

MOST_CHARACTERS = 2_000
MOST_DEPTH = 50
MOST_VALUES = 100

_COMPARISONS: dict[str, Comparison] = {
    ":": "=",
    "=": "=",
    ">": ">",
    ">=": ">=",
    "<": "<",
    "<=": "<=",
}


def read_filter(text: str, now: float) -> Node | None:
    """Return what a filter says; None where it says nothing. Raises FilterProblem.

    `now` is what `since:15m` is reckoned from, in Unix seconds.
    """
    if len(text) > MOST_CHARACTERS:
        raise FilterProblem(
            MOST_CHARACTERS, len(text), f"A filter has at most {MOST_CHARACTERS:,} characters."
        )
    words = words_of(text)
    return _Reader(words, len(text), now).whole() if words else None


class _Reader:
    def __init__(self, words: list[Word], end: int, now: float) -> None:
        self._words = words
        self._end = end
        self._now = now
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._filter()
        if (left := self._next) is not None:
            raise FilterProblem(left.start, left.end, "Nothing is open that this could close.")
        return node

    @property
    def _next(self) -> Word | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _filter(self) -> Node:
        groups = [self._group()]
        while (word := self._next) is not None and word.kind == "or":
            self._at += 1
            groups.append(self._group())
        return groups[0] if len(groups) == 1 else Or(tuple(groups))

    def _group(self) -> Node:
        parts = [self._part()]
        while (word := self._next) is not None and word.kind not in ("or", ")"):
            if word.kind == "and":
                self._at += 1
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _part(self) -> Node:
        word = self._next
        if word is None or word.kind in ("or", "and", ")"):
            start, end = (self._end, self._end) if word is None else (word.start, word.end)
            raise FilterProblem(start, end, "A condition is missing here.")
        self._at += 1
        if word.kind == "-":
            return self._below(word, self._part, Not)
        if word.kind == "(":
            return self._below(word, self._in_parentheses, lambda node: node)
        return Words(_some_text(word)) if word.kind == "text" else _atom(word, self._now)

    def _below(self, word: Word, read: Callable[[], Node], wrap: Callable[[Node], Node]) -> Node:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise FilterProblem(word.start, word.end, f"This is nested over {MOST_DEPTH} deep.")
        node = wrap(read())
        self._depth -= 1
        return node

    def _in_parentheses(self) -> Node:
        opened = self._words[self._at - 1]
        node = self._filter()
        closing = self._next
        if closing is None:
            raise FilterProblem(opened.start, opened.end, "This parenthesis is not closed.")
        self._at += 1
        return node


def _atom(word: Word, now: float) -> Node:
    name = word.text.lower()
    if not word.operator:
        return _flag(word, name)
    if any(not value.text for value in word.values):
        raise FilterProblem(word.end, word.end, f"`{name}` wants a value here.", _what_for(name))
    if name in NAME_FIELDS:
        return _names(word, name)
    if name in NUMBER_FIELDS:
        return _number(word, name)
    if name in MOMENT_FIELDS:
        return _moment(word, name, now)
    if name in TEXT_FIELDS:
        return _contains(word, name)
    end = word.start + len(word.text)
    raise FilterProblem(
        word.start, end, f"There is no field `{word.text}`.", _did_you_mean(name, _all_fields())
    )


def _flag(word: Word, name: str) -> Node:
    if name in FLAG_WORDS:
        return Flag(name)
    if name in _all_fields():
        hint = f"Write `{name}:` and a value."
        if name in NUMBER_FIELDS:
            hint = f"Write `{name}>` and a value."
        raise FilterProblem(word.start, word.end, f"`{name}` is a field and wants a value.", hint)
    hint = _did_you_mean(name, FLAG_WORDS) or f'To search texts for it, quote it: "{word.text}".'
    raise FilterProblem(word.start, word.end, f"`{word.text}` is no word of a filter.", hint)


def _names(word: Word, name: str) -> Node:
    if word.operator not in (":", "="):
        raise _wrong_operator(word, f"`{name}` is a name.", f"Write `{name}:` and one or more.")
    if len(word.values) > MOST_VALUES:
        raise FilterProblem(word.start, word.end, f"At most {MOST_VALUES} values go in a list.")
    known = NAME_FIELDS[name].values
    return Names(name, tuple(_name(value, known, name) for value in word.values))


def _name(value: Value, known: tuple[str, ...], field: str) -> str | Glob | None:
    text = value.text
    if not value.quoted:
        if text.lower() == NONE:
            return None
        if "*" in text:
            return Glob(text)
    if known and text not in known:
        hint = _did_you_mean(text, known) or f"There are {', '.join(known)}."
        raise FilterProblem(value.start, value.end, f"No request has the {field} `{text}`.", hint)
    return text


def _number(word: Word, name: str) -> Node:
    field = NUMBER_FIELDS[name]
    if len(word.values) > 1:
        second = word.values[1]
        raise FilterProblem(second.start, second.end, f"`{name}` takes one number.")
    [value] = word.values
    number = quantity_of(value.text, field.unit)
    if number is None:
        raise FilterProblem(
            value.start,
            value.end,
            f"`{value.text}` is no number.",
            f"Write {forms_of(field.unit)}.",
        )
    return Number(name, _COMPARISONS[word.operator], number)


def _moment(word: Word, name: str, now: float) -> Node:
    if word.operator not in (":", "=") or len(word.values) > 1:
        raise _wrong_operator(word, f"`{name}` takes one moment.", f"Write `{name}:2h`.")
    [value] = word.values
    moment = moment_of(value.text, now)
    if moment is None:
        raise FilterProblem(
            value.start, value.end, f"`{value.text}` is no moment.", f"Write {FORMS}."
        )
    return Since(value.text, moment) if name == "since" else Until(value.text, moment)


def _contains(word: Word, name: str) -> Node:
    if word.operator not in (":", "=") or len(word.values) > 1:
        raise _wrong_operator(word, f"`{name}` takes one text.", f'Write `{name}:"und"`.')
    return Contains(word.values[0].text)


def _some_text(word: Word) -> str:
    if not word.text:
        raise FilterProblem(word.start, word.end, "There is no text between these quotes.")
    return word.text


def _wrong_operator(word: Word, message: str, hint: str) -> FilterProblem:
    start = word.start + len(word.text)
    return FilterProblem(start, start + len(word.operator), message, hint)


def _what_for(name: str) -> str:
    if name in NUMBER_FIELDS:
        return f"Write {forms_of(NUMBER_FIELDS[name].unit)}."
    return f"Write {FORMS}." if name in MOMENT_FIELDS else ""


def _all_fields() -> list[str]:
    return [*NAME_FIELDS, *NUMBER_FIELDS, *MOMENT_FIELDS, *TEXT_FIELDS]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean `{near[0]}`?" if near else ""
