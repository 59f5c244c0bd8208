"""Cuts what requests differ in into cells, such that no condition of a table splits a cell.

A cell is a set of values that every condition treats alike: one name, all names that match the same
globs, the numbers between two bounds, a fact that is absent. What a condition wants of a fact is
then a set of its cells, written as an integer with a bit a cell, and whatever holds for one value
of a cell holds for them all.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Protocol

from console.routing.conditions import glob_matcher
from console.routing.lint.globs import regions
from console.table.model import RESPONSE_FORMATS, NumberRange

Value = str | int | bool | None

NEVER_ABSENT = ("model", "response_format")
"""Name facts that every request has. `model` is empty where the client asked for none."""

MOST_MISSES = 100
"""Numbers put into a name in vain before it is taken to be the only one of its cell."""

_UNBOUNDED_BELOW = "max_output_tokens"
"""The one number that clients write themselves, so it may be below 0, or absent."""


class Cells(Protocol):
    """The cells of one fact. A set of cells is an integer, bit i for cell i."""

    fact: str
    count: int

    def values(self, cell: int) -> Iterator[Value]:
        """Yield values of a cell, the plainest first; endlessly where it holds that many."""

    def cell_of(self, value: Value) -> int:
        """Return the cell that a value is in."""

    def sole_value(self, cell: int) -> tuple[Value] | None:
        """Return the one value a cell holds, None where it holds several."""


class NameCells:
    """Absence, every name the table has of a fact, and a region for each way to match its globs."""

    def __init__(self, fact: str, names: Iterable[str]) -> None:
        """Cut by `names`. Raises TooManyRegionsError where their globs are too intricate."""
        self.fact = fact
        listed = set(names)
        exact = {name for name in listed if "*" not in name}
        self._globs = {glob: glob_matcher([glob]) for glob in sorted(listed - exact)}
        known: list[str | None] = [] if fact in NEVER_ABSENT else [None]
        if fact == "response_format":
            known += RESPONSE_FORMATS
        else:
            known += sorted(exact)
        self._named = len(known)
        if fact != "response_format":
            known += regions(self._globs, exact)
        self._cells = known
        self.count = len(known)
        self._cell = {value: cell for cell, value in enumerate(known)}
        self._masks = {glob: self._mask_of(matches) for glob, matches in self._globs.items()}
        self._by_globs = {
            self._matched(str(known[cell])): cell for cell in range(self._named, self.count)
        }

    def mask(self, names: Iterable[str]) -> int:
        """Return the cells whose names equal one of `names`, all of them among those cut by."""
        found = 0
        for name in names:
            if name in self._masks:
                found |= self._masks[name]
            elif name in self._cell:
                found |= 1 << self._cell[name]
        return found

    def _mask_of(self, matches: Callable[[str], bool]) -> int:
        values = enumerate(self._cells)
        return sum(1 << cell for cell, value in values if value is not None and matches(value))

    def _matched(self, value: str) -> tuple[str, ...]:
        return tuple(glob for glob, matches in self._globs.items() if matches(value))

    def values(self, cell: int) -> Iterator[Value]:
        """Yield values of a cell, the plainest first."""
        value = self._cells[cell]
        yield value
        if cell < self._named or value is None:
            return
        misses = 0
        for number in count(1):
            for longer in dict.fromkeys(
                (f"{value}{number}", f"{number}{value}", _in(value, number))
            ):
                if self.cell_of(longer) == cell:
                    misses = 0
                    yield longer
            misses += 1
            if misses > MOST_MISSES:
                return

    def cell_of(self, value: Value) -> int:
        """Return the cell that a value is in."""
        if value in self._cell:
            return self._cell[value]
        return self._by_globs[self._matched(str(value))]

    def sole_value(self, cell: int) -> tuple[Value] | None:
        """Return the one value a cell holds, None where it holds several."""
        return (self._cells[cell],) if cell < self._named else None


def _in(text: str, number: int) -> str:
    middle = len(text) // 2
    return f"{text[:middle]}{number}{text[middle:]}"


class NumberCells:
    """The whole numbers between one bound of the table and the next; absence, where it can be."""

    def __init__(self, fact: str, ranges: Iterable[NumberRange]) -> None:
        self.fact = fact
        self._absent = int(fact == _UNBOUNDED_BELOW)
        edges = {bounds.min for bounds in ranges if bounds.min is not None}
        edges |= {bounds.max + 1 for bounds in ranges if bounds.max is not None}
        if self._absent:
            self._low: list[int | None] = [None, *sorted(edges)]
        else:
            self._low = [0, *sorted(edge for edge in edges if edge > 0)]
        self._edges = [edge for edge in self._low if edge is not None]
        self.count = len(self._low) + self._absent

    def mask(self, bounds: NumberRange) -> int:
        """Return the cells within a range, which was among those cut by."""
        first, last = 0, len(self._low) - 1
        if bounds.min is not None:
            first = max(0, self._interval(bounds.min))
        if bounds.max is not None:
            last = self._interval(bounds.max)
        wide = max(0, last - first + 1)
        return ((1 << wide) - 1) << (first + self._absent)

    def _interval(self, value: int) -> int:
        return bisect_right(self._edges, value) - (self._low[0] is not None)

    def values(self, cell: int) -> Iterator[Value]:
        """Yield values of a cell, the plainest first."""
        interval = cell - self._absent
        if interval < 0:
            yield None
            return
        low = self._low[interval]
        high = self._low[interval + 1] if interval + 1 < len(self._low) else None
        if low is None:
            yield from count(high - 1, -1) if high is not None else count(1)
        else:
            yield from count(low) if high is None else range(low, high)

    def cell_of(self, value: Value) -> int:
        """Return the cell that a value is in."""
        return 0 if value is None else self._interval(int(value)) + self._absent

    def sole_value(self, cell: int) -> tuple[Value] | None:
        """Return the one value a cell holds, None where it holds several."""
        interval = cell - self._absent
        if interval < 0:
            return (None,)
        low = self._low[interval]
        last = interval + 1 == len(self._low)
        return (
            (low,) if low is not None and not last and self._low[interval + 1] == low + 1 else None
        )


class FlagCells:
    """Cell 0 is false, cell 1 is true."""

    count = 2

    def __init__(self, fact: str) -> None:
        self.fact = fact

    def values(self, cell: int) -> Iterator[Value]:
        """Yield values of a cell, the plainest first."""
        yield bool(cell)

    def cell_of(self, value: Value) -> int:
        """Return the cell that a value is in."""
        return int(bool(value))

    def sole_value(self, cell: int) -> tuple[Value] | None:
        """Return the one value a cell holds, None where it holds several."""
        return (bool(cell),)
