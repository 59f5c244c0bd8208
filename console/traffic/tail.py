"""Following the log: what came since the last look, and what has ended meanwhile."""

from collections.abc import Sequence

import msgspec

from console.traffic.reader import LogReader
from console.traffic.records import RequestRow

MAX_NEW_ROWS = 1_000
"""Rows told in one step; who is further behind looks again or starts from the newest page."""

MAX_WATCHED = 10_000
"""Requests in flight that are watched; beyond, the longest running is given up."""


class TailStep(msgspec.Struct, frozen=True):
    """What one look found. Rows are ascending by `seq`.

    `changed_rows` were told before as in flight and have ended since. `more` says that there are
    newer rows than `last_seq` already. After `replaced`, which comes alone, another log stands at
    the path: numbers told so far mean nothing any more; read the newest page and tail from there.
    """

    new_rows: list[RequestRow]
    changed_rows: list[RequestRow]
    last_seq: int
    replaced: bool = False
    more: bool = False


class Tail:
    """Follows the log of `reader` from the rows already `seen`, without them from its end."""

    def __init__(self, reader: LogReader, seen: Sequence[RequestRow] = ()) -> None:
        self._reader = reader
        self._in_flight: dict[int, None] = {}
        self._watch(seen)
        last = seen[-1].seq if seen else reader.last_seq()
        self._last_seq = last or 0

    def poll(self) -> TailStep:
        """Look once and return what is new; raises LogProblem, after which it may be asked again.

        Costs two look-ups by key when nothing happened.
        """
        if self._is_replaced():
            self._in_flight.clear()
            self._last_seq = self._reader.last_seq() or 0
            return TailStep([], [], self._last_seq, replaced=True)
        changed_rows = self._ended()
        new_rows = self._reader.after(self._last_seq, MAX_NEW_ROWS)
        self._watch(new_rows)
        if new_rows:
            self._last_seq = new_rows[-1].seq or self._last_seq
        more = len(new_rows) == MAX_NEW_ROWS
        return TailStep(new_rows, changed_rows, self._last_seq, more=more)

    def _is_replaced(self) -> bool:
        # A log that was emptied begins its numbers again, as a new one does.
        return self._reader.reopen_if_replaced() or (self._reader.last_seq() or 0) < self._last_seq

    def _ended(self) -> list[RequestRow]:
        if not self._in_flight:
            return []
        ended = self._reader.completed(list(self._in_flight))
        for row in ended:
            if row.seq is not None:
                del self._in_flight[row.seq]
        return ended

    def _watch(self, rows: Sequence[RequestRow]) -> None:
        for row in rows:
            if row.status == "in_flight" and row.seq is not None:
                self._in_flight[row.seq] = None
        while len(self._in_flight) > MAX_WATCHED:
            del self._in_flight[next(iter(self._in_flight))]
