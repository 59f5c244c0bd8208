"""Cuts the text of a filter into words, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal

from console.traffic.filters.problem import FilterProblem

Kind = Literal["(", ")", "-", "or", "and", "term", "text"]

_OPERATOR = re.compile(r"([A-Za-z_]+)(>=|<=|>|<|=|:)")
_BARE = re.compile(r"[^\s()\",]+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Value:
    """One value of a term with its place; `quoted` is taken as it is, without `*` or `none`."""

    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Word:
    """A word of a filter. A term has a field, an operator and values; a bare one has neither."""

    kind: Kind
    start: int
    end: int
    text: str = ""
    operator: str = ""
    values: tuple[Value, ...] = ()


def words_of(text: str) -> list[Word]:
    """Return the words of a filter in their order. Raises FilterProblem for an open quote."""
    words: list[Word] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        word = _word_at(text, at)
        words.append(word)
        at = word.end
    return words


def _word_at(text: str, at: int) -> Word:
    char = text[at]
    if char == "(":
        return Word("(", at, at + 1)
    if char == ")":
        return Word(")", at, at + 1)
    if char == "-":
        return Word("-", at, at + 1)
    if char == ",":
        raise FilterProblem(
            at, at + 1, "A comma stands between values of a field only.", "Write route:small,large."
        )
    if char == '"':
        quoted = _quoted(text, at)
        return Word("text", at, quoted.end, quoted.text)
    operator = _OPERATOR.match(text, at)
    if operator is not None:
        return _term(text, at, operator)
    bare = _BARE.match(text, at)
    assert bare is not None
    lowered = bare[0].lower()
    if lowered == "or":
        return Word("or", at, bare.end(), bare[0])
    if lowered == "and":
        return Word("and", at, bare.end(), bare[0])
    return Word("term", at, bare.end(), bare[0])


def _term(text: str, start: int, operator: re.Match[str]) -> Word:
    values: list[Value] = []
    at = operator.end()
    while True:
        value = _value_at(text, at)
        values.append(value)
        at = value.end
        if text[at : at + 1] != ",":
            return Word("term", start, at, operator[1], operator[2], tuple(values))
        at += 1


def _value_at(text: str, at: int) -> Value:
    if text[at : at + 1] == '"':
        return _quoted(text, at)
    bare = _BARE.match(text, at)
    return Value("", at, at) if bare is None else Value(bare[0], at, bare.end())


def _quoted(text: str, start: int) -> Value:
    at = start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] == '"':
            inside = _ESCAPED.sub(r"\1", text[start + 1 : at])
            return Value(inside, start, at + 1, quoted=True)
        else:
            at += 1
    raise FilterProblem(start, len(text), "This quote is not closed.", 'Close it with ".')
