"""The stretch of the log that the traffic list holds: bounded, followed or paused, with a cursor.

A plain object without Textual: the list draws it, the screen fills it with pages. Rows ascend by
`seq`. The cursor is a request id, never a row number, so it stays on its request whatever arrives.
While following there is no cursor of its own: the newest row has it.
"""

from collections.abc import Collection, Sequence
from typing import Literal

from console.traffic.records import RequestRow
from console.ui.log_feed import WINDOW

PAGE = 200
"""Rows asked for at a time when the cursor nears an end of the window."""

MARGIN = 50
"""How near to an end of the window the next page is asked for."""

Wanted = Literal["before", "after"]
Page = Literal["before", "after", "oldest", "newest", "around"]
"""Beside what the window holds, from an end of the log, or around one of its requests."""


def seq_of(row: RequestRow) -> int:
    """Return the row's number in the log; rows that were read from it always have one."""
    return row.seq if row.seq is not None else -1


class TrafficWindow:
    """Rows in view and near it, what is followed, and where the cursor is."""

    def __init__(self) -> None:
        self.rows: list[RequestRow] = []
        self.following = True
        self.cursor: str | None = None
        """The request under the cursor while paused; None while following."""
        self.arrived = 0
        """Requests that came since the list was paused."""
        self.at_start = False
        """Whether nothing older than the first row is in the log."""
        self.at_end = True
        """Whether the last row was the newest of the log when the list was paused, or is now."""
        self.marked: dict[str, None] = {}
        """The requests that were marked, in that order, whether they are in the window or not."""
        self.is_filtered = False
        """Whether only some requests of the log are wanted here."""
        self._places: dict[str, int] = {}

    # What is shown

    def place_of(self, request_id: str | None) -> int | None:
        """Return the row number of a request in the window, None where it is not in it."""
        return self._places.get(request_id) if request_id is not None else None

    @property
    def cursor_place(self) -> int | None:
        """The row number under the cursor: the newest while following."""
        if self.following:
            return len(self.rows) - 1 if self.rows else None
        return self.place_of(self.cursor)

    @property
    def cursor_row(self) -> RequestRow | None:
        """The row under the cursor."""
        place = self.cursor_place
        return self.rows[place] if place is not None else None

    def title(self, log_size: int | None = None) -> str:
        """Say what is shown, and never more: `following · 500 of 10,003,201`.

        `log_size` is how many requests the log holds, None where that is not known.
        """
        count = len(self.rows)
        whole = self.at_start and self.at_end and not self.arrived
        known = log_size is not None and log_size >= count
        of = f"{log_size:,}" if known else f">{count:,}"
        shown = f"all {count:,}" if whole and not self.is_filtered else f"{count:,} of {of}"
        marked = f" · {len(self.marked)} marked" if self.marked else ""
        return f"{'following' if self.following else 'paused'} · {shown}{marked}"

    def toggle_mark(self, request_id: str) -> None:
        """Mark a request, or no longer."""
        if request_id in self.marked:
            del self.marked[request_id]
        else:
            self.marked[request_id] = None

    # What the log brings

    def clear(self, *, is_filtered: bool) -> None:
        """Begin anew without a row yet, following."""
        self.is_filtered = is_filtered
        self._set([])
        self.following, self.cursor, self.arrived = True, None, 0
        self.at_start, self.at_end = False, True

    def settle(self, asked: Collection[int], rows: Sequence[RequestRow]) -> None:
        """Take which of the `asked` numbers are wanted here now: `rows`, ascending.

        New ones come in at their place, and others go, but never the one under the cursor.
        """
        held = {seq_of(row): row for row in self.rows}
        wanted = {seq_of(row): row for row in rows}
        marked = self.cursor
        for seq in asked:
            if seq in held and seq not in wanted and held[seq].request_id != marked:
                del held[seq]
        last = seq_of(self.rows[-1]) if self.rows else -1
        first = seq_of(self.rows[0]) if self.rows else 0
        for seq, row in wanted.items():
            if seq in held or self.following or first <= seq <= last:
                held[seq] = row
            elif seq > last:
                self.arrived += 1
                self.at_end = False
        ordered = [held[seq] for seq in sorted(held)]
        dropped = len(ordered) > WINDOW
        self.at_start = self.at_start and not dropped
        self._set(ordered[-WINDOW:] if self.following else ordered[: 2 * WINDOW])

    def restart(self, rows: Sequence[RequestRow]) -> None:
        """Begin anew with the newest rows of a log, following it."""
        self._set(list(rows[-WINDOW:]))
        self.following, self.cursor, self.arrived = True, None, 0
        self.at_start, self.at_end = len(rows) < WINDOW, True

    def arrive(self, rows: Sequence[RequestRow], count: int) -> None:
        """Take `count` new requests, of which `rows` are the newest that are still known."""
        if not self.following:
            self.arrived += count
            self.at_end = self.at_end and count == 0
            return
        last = seq_of(self.rows[-1]) if self.rows else -1
        fresh = [row for row in rows if seq_of(row) > last]
        kept = self.rows if count == len(rows) and self.at_end else []
        joined = [*kept, *fresh]
        unbroken = len(kept) == len(self.rows)
        self.at_start = self.at_start and unbroken and len(joined) <= WINDOW
        self.at_end = True
        self._set(joined[-WINDOW:])

    def amend(self, rows: Sequence[RequestRow]) -> list[int]:
        """Replace rows by what became of them; return the row numbers that changed."""
        changed = []
        for row in rows:
            place = self._places.get(row.request_id)
            if place is not None:
                self.rows[place] = row
                changed.append(place)
        return changed

    # Where the reader looks

    def pause(self) -> None:
        """Hold still; the cursor stays on the request that is the newest now."""
        if self.following:
            row = self.cursor_row
            self.cursor = row.request_id if row is not None else None
            self.following, self.arrived = False, 0

    def resume(self) -> None:
        """Follow again. What came meanwhile is missing until `catch_up` brings it."""
        self.following, self.cursor, self.arrived = True, None, 0

    def catch_up(self, rows: Sequence[RequestRow], *, is_whole: bool = True) -> None:
        """Take the newest rows of the log, keeping any that came while they were read.

        `is_whole` says that older ones were looked for as far as there is room.
        """
        last = seq_of(rows[-1]) if rows else -1
        newer = [row for row in self.rows if seq_of(row) > last]
        has_room = len(rows) < WINDOW and len(rows) + len(newer) <= WINDOW
        self.at_start = is_whole and has_room
        self.at_end = True
        self._set([*rows, *newer][-WINDOW:])

    def show_around(self, rows: Sequence[RequestRow], seq: int) -> None:
        """Show a stretch of the log, paused with the cursor on the request `seq` or the next."""
        self.pause()
        self._set(list(rows))
        self.at_start = self.at_end = False
        place = next((i for i, row in enumerate(rows) if seq_of(row) >= seq), len(rows) - 1)
        self.put_cursor(place)

    def put_cursor(self, place: int) -> None:
        """Pause and put the cursor on a row number, held within the window."""
        self.pause()
        if self.rows:
            place = max(0, min(place, len(self.rows) - 1))
            self.cursor = self.rows[place].request_id

    def wanted_near(self, first: int, last: int) -> Wanted | None:
        """Tell which page is worth asking for when rows `first` to `last` are looked at."""
        if not self.rows or self.following:
            return None
        if first < MARGIN and not self.at_start:
            return "before"
        if last >= len(self.rows) - MARGIN and not self.at_end:
            return "after"
        return None

    # Pages

    def edge(self, page: Page) -> int:
        """Return the `seq` from which a page is read; 0 for a page from an end of the log."""
        if not self.rows or page not in ("before", "after"):
            return 0
        return seq_of(self.rows[0] if page == "before" else self.rows[-1])

    def take(
        self,
        page: Page,
        rows: Sequence[RequestRow],
        arrived_when_asked: int,
        *,
        around: int = 0,
        is_whole: bool = True,
    ) -> int | None:
        """Take a page that was read; return by how many rows everything moved down.

        None: it is of no use any more, as the reader went on following, or paused, meanwhile.
        `around` is the number of the request that a page around one was asked for, and `is_whole`
        says that a page holds all there is.
        """
        if page == "around":
            self.show_around(rows, around)
            return -len(self.rows)
        if page == "oldest":
            self.show_oldest(rows, is_whole=is_whole)
            return -len(self.rows)
        if self.following != (page == "newest"):
            return None
        if page == "newest":
            self.catch_up(rows, is_whole=is_whole)
            return 0
        if page == "before":
            return self.put_before(rows, is_whole=is_whole)
        return -self.put_after(rows, arrived_when_asked, is_whole=is_whole)

    def put_before(self, rows: Sequence[RequestRow], *, is_whole: bool = True) -> int:
        """Put an older page in front; return by how many rows everything moved down."""
        first = seq_of(self.rows[0]) if self.rows else None
        older = [row for row in rows if first is None or seq_of(row) < first]
        self.at_start = is_whole and len(rows) < PAGE
        joined = [*older, *self.rows]
        if len(joined) > WINDOW:
            self.at_end = False
        self._set(joined[:WINDOW])
        return len(older)

    def put_after(
        self, rows: Sequence[RequestRow], arrived_when_asked: int, *, is_whole: bool = True
    ) -> int:
        """Put a newer page behind; return by how many rows everything moved up.

        `arrived_when_asked` is what `arrived` was then: what came since may be missing in `rows`.
        """
        last = seq_of(self.rows[-1]) if self.rows else -1
        joined = [*self.rows, *(row for row in rows if seq_of(row) > last)]
        dropped = max(0, len(joined) - WINDOW)
        self.at_end = is_whole and len(rows) < PAGE and self.arrived == arrived_when_asked
        self.at_start = self.at_start and not dropped
        self._set(joined[dropped:])
        return dropped

    def show_oldest(self, rows: Sequence[RequestRow], *, is_whole: bool = True) -> None:
        """Show the first rows of the log, paused on the very first."""
        self.pause()
        self._set(list(rows[:WINDOW]))
        self.at_start, self.at_end = True, is_whole and len(rows) < WINDOW
        self.put_cursor(0)

    def _set(self, rows: list[RequestRow]) -> None:
        self.rows = rows
        self._places = {row.request_id: place for place, row in enumerate(rows)}
