"""Pages of selected requests, by number: never a count, never an offset, never long out of reach.

The log is looked through in slices of its own numbers, each a statement of its own. A page costs
what its rows cost where an index finds them; where few of many requests are wanted, the slices
grow, and between two of them the search tells how far it has come and can be given up.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any, Literal

from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.traffic.rows import REQUEST_COLUMNS, request_of
from console.traffic.selection import Selection, TailAnchor, WordsAnchor

Direction = Literal["before", "after"]

FIRST_SLICE = 4_000
LAST_SLICE = 400_000
"""Numbers looked through in one statement: from the first, four times as many each time, to these
at most, and only as long as a slice takes no longer than `SLICE_S`: a disk may be cold."""

SLICE_S = 0.15
"""A search can be given up between two slices: what takes longer than this is cut smaller."""

MOST_OF_TAIL = 100_000
"""Numbers taken from an index of large values at most; where more are, slices find them soon."""

FEW_AT_ONCE = 1_000

UNORDERED_S = 300.0
"""Requests are numbered when they are written: those of one moment lie within minutes of it."""

_COLUMNS = ", ".join(f"r.{column}" for column in REQUEST_COLUMNS)


@dataclass(frozen=True)
class Step:
    """What one slice brought: its rows ascending, and the number up to which was looked.

    `is_last` says that there is nothing more to look through, or that the page is full.
    """

    rows: list[RequestRow]
    reached_seq: int
    is_last: bool


class Pages:
    """Pages of one selection, read by `reader`. Methods raise what the reader's do."""

    def __init__(self, reader: LogReader, selection: Selection) -> None:
        self._log = reader.connection
        self._selection = selection
        self._first, self._last = _bounds(reader, selection)
        self._few = self._numbers_of_tail(selection.anchor)

    def search(self, direction: Direction, seq: int | None, limit: int) -> Iterator[Step]:
        """Look for the `limit` selected requests next before or after `seq`, slice by slice.

        None for `seq` begins at the log's far end: the newest before, the oldest after.
        """
        if self._few is not None:
            yield from self._search_few(self._few, direction, seq, limit)
            return
        size, found = FIRST_SLICE, 0
        if direction == "before":
            at = self._last + 1 if seq is None else min(seq, self._last + 1)
        else:
            at = self._first - 1 if seq is None else max(seq, self._first - 1)
        while True:
            if direction == "before":
                low, high = max(self._first, at - size), at - 1
                at = low
                is_over = low <= self._first
            else:
                low, high = at + 1, min(self._last, at + size)
                at = high
                is_over = high >= self._last
            begun = time.perf_counter()
            rows = self._slice(low, high, direction, limit - found) if low <= high else []
            took_s = time.perf_counter() - begun
            found += len(rows)
            is_last = is_over or found >= limit
            yield Step(rows, at, is_last)
            if is_last:
                return
            size = min(size * 4, LAST_SLICE) if took_s < SLICE_S else max(size // 4, FIRST_SLICE)

    def page(self, direction: Direction, seq: int | None, limit: int) -> list[RequestRow]:
        """Return the `limit` selected requests next before or after `seq`, ascending."""
        steps = [step.rows for step in self.search(direction, seq, limit)]
        ordered = steps if direction == "after" else steps[::-1]
        return [row for rows in ordered for row in rows]

    def among(self, seqs: list[int]) -> list[RequestRow]:
        """Return those of the numbered requests that are selected, ascending."""
        numbers = "[" + ",".join(map(str, seqs)) + "]"
        condition = self._selection.condition
        among = "r.seq IN (SELECT value FROM json_each(?)) ORDER BY r.seq"
        clause = f"{condition.sql} AND {among}"
        return self._rows("requests AS r", clause, *condition.parameters, numbers)

    def _numbers_of_tail(self, anchor: object) -> list[int] | None:
        """Return the numbers that an index of large values has, ascending; None: too many."""
        if not isinstance(anchor, TailAnchor):
            return None
        rows = self._log.rows(
            f"SELECT r.seq FROM requests AS r INDEXED BY {anchor.index}"  # noqa: S608 - our own
            f" WHERE {anchor.test.sql} LIMIT ?",
            *(*anchor.test.parameters, MOST_OF_TAIL + 1),
        )
        return None if len(rows) > MOST_OF_TAIL else sorted(seq for (seq,) in rows)

    def _search_few(
        self, numbers: list[int], direction: Direction, seq: int | None, limit: int
    ) -> Iterator[Step]:
        """Look at some requests alone, as many as a page has at a time."""
        numbers = [number for number in numbers if self._first <= number <= self._last]
        backwards, found = direction == "before", 0
        if backwards:
            left = numbers if seq is None else numbers[: bisect_left(numbers, seq)]
        else:
            left = numbers if seq is None else numbers[bisect_right(numbers, seq) :]
        size = max(limit, FEW_AT_ONCE)
        while True:
            part = left[-size:] if backwards else left[:size]
            left = left[:-size] if backwards else left[size:]
            rows = self.among(part)
            wanted = limit - found
            rows = rows[-wanted:] if backwards else rows[:wanted]
            found += len(rows)
            is_last = not left or found >= limit
            reached = (part[0] if backwards else part[-1]) if part else self._first
            yield Step(rows, reached, is_last)
            if is_last:
                return

    def _slice(self, low: int, high: int, direction: Direction, limit: int) -> list[RequestRow]:
        condition, anchor = self._selection.condition, self._selection.anchor
        backwards = direction == "before"
        way = "DESC" if backwards else "ASC"
        within = f"r.seq BETWEEN ? AND ? AND {condition.sql} ORDER BY r.seq {way} LIMIT ?"
        if anchor is None or isinstance(anchor, TailAnchor):
            rows = self._rows(
                "requests AS r NOT INDEXED", within, low, high, *condition.parameters, limit
            )
            return rows[::-1] if backwards else rows
        if isinstance(anchor, WordsAnchor):
            rows = self._rows(
                # The order of this join is kept by SQLite: the words first, then their rows.
                "words CROSS JOIN requests AS r ON r.seq = words.rowid",
                "words MATCH ? AND words.rowid BETWEEN ? AND ?"
                f" AND {anchor.others.sql} ORDER BY words.rowid {way} LIMIT ?",
                *(anchor.match, low, high, *anchor.others.parameters, limit),
            )
            return rows[::-1] if backwards else rows
        table = f"requests AS r INDEXED BY {anchor.index}"
        found = [
            self._rows(
                table,
                f"{anchor.column} = ?{anchor.also} AND {within}",
                *(value, low, high, *condition.parameters, limit),
            )
            for value in anchor.values
        ]
        merged = list(merge(*found, key=_seq, reverse=backwards))[:limit]
        return merged[::-1] if backwards else merged

    def _rows(self, table: str, clause: str, *parameters: Any) -> list[RequestRow]:
        statement = f"SELECT {_COLUMNS} FROM {table} WHERE {clause}"  # noqa: S608 - our own names
        return [request_of(values) for values in self._log.rows(statement, *parameters)]


def _seq(row: RequestRow) -> int:
    return row.seq or 0


def _bounds(reader: LogReader, selection: Selection) -> tuple[int, int]:
    """Return the numbers of the first and the last request that can be selected."""
    first, last = reader.first_seq() or 1, reader.last_seq() or 0
    if selection.since is not None:
        # Not the first one at or after that moment: one begun later may be numbered before it.
        found = _last_before(reader, selection.since - UNORDERED_S)
        first = first if found is None else max(first, found + 1)
    if selection.until is not None:
        found = seq_at(reader, selection.until + UNORDERED_S)
        last = last if found is None else min(last, found)
    return first, last


def _last_before(reader: LogReader, moment: float) -> int | None:
    return reader.connection.number(
        "SELECT seq FROM requests WHERE ts_start < ? ORDER BY ts_start DESC, seq DESC LIMIT 1",
        moment,
    )


def seq_at(reader: LogReader, moment: float) -> int | None:
    """Return the number of the first request that began at `moment` (Unix seconds) or later."""
    return reader.connection.number(
        "SELECT seq FROM requests WHERE ts_start >= ? ORDER BY ts_start LIMIT 1", moment
    )
