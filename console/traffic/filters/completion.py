"""What could stand where a filter is being typed: fields, words, and values that there are."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from console.traffic.filters.fields import (
    FLAG_WORDS,
    MOMENT_FIELDS,
    NAME_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
)
from console.traffic.filters.printing import name_written

_BEFORE = re.compile(r'(?:[^\s()"]|"(?:[^"\\]|\\.)*"?)*$')
_TERM = re.compile(r"([A-Za-z_]+)(>=|<=|>|<|=|:)(.*)", re.DOTALL)
_MOMENTS = ("15m", "1h", "24h", "7d")

Values = Callable[[str], Sequence[str]]
"""Returns the values of a field of names that are known, the most useful first."""


@dataclass(frozen=True)
class Candidate:
    """Something to put in place of what was typed, and what it is."""

    text: str
    told: str = ""


@dataclass(frozen=True)
class Completion:
    """What could replace the code points from `start` to `end`; nothing where nothing is known."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


def complete(text: str, cursor: int, values: Values, most: int = 12) -> Completion:
    """Return what could stand at `cursor` in a filter, at most so many."""
    before = _BEFORE.search(text, 0, cursor)
    assert before is not None
    typed, start = before[0], before.start()
    minuses = len(typed) - len(typed.lstrip("-"))
    typed, start = typed[minuses:], start + minuses
    term = _TERM.fullmatch(typed)
    if term is None:
        found = (one for one in _words() if one.text.startswith(typed.lower()))
        return Completion(start, cursor, _first(found, most))
    field, said = term[1].lower(), term[3]
    last = said.rpartition(",")[2] if field in NAME_FIELDS else said
    known = _values(field, values)
    fitting = (one for one in known if _fits(one.text, last))
    return Completion(cursor - len(last), cursor, _first(fitting, most))


def _words() -> Iterator[Candidate]:
    for name, names in NAME_FIELDS.items():
        yield Candidate(f"{name}:", names.told)
    for name, numbers in NUMBER_FIELDS.items():
        yield Candidate(f"{name}>", numbers.told)
    for name, told in (*MOMENT_FIELDS.items(), *TEXT_FIELDS.items()):
        yield Candidate(f"{name}:", told)
    for word, flag in FLAG_WORDS.items():
        yield Candidate(word, flag.told)


def _values(field: str, values: Values) -> Iterator[Candidate]:
    if field in MOMENT_FIELDS:
        yield from map(Candidate, _MOMENTS)
    elif field in NAME_FIELDS:
        for name in NAME_FIELDS[field].values or values(field):
            yield Candidate(name_written(name))
        if not NAME_FIELDS[field].values:
            yield Candidate(name_written(None), f"without {field}")


def _fits(value: str, typed: str) -> bool:
    return value.lower().lstrip('"').startswith(typed.lower().lstrip('"'))


def _first(candidates: Iterable[Candidate], most: int) -> tuple[Candidate, ...]:
    return tuple(candidate for candidate, _ in zip(candidates, range(most), strict=False))
