"""What the traffic list asks the log for: pages of what is selected, and what became of news.

Each is read by a thread worker and comes back to the pane as a message, or as `PageFailed`. A page
that was overtaken by another is dropped.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from console.traffic.pages import Direction, Pages, seq_at
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.traffic.selection import EVERYTHING, Selection
from console.ui.log_feed import WINDOW
from console.ui.log_queries import LogQueries
from console.ui.traffic_window import PAGE, Page, TrafficWindow, seq_of


@dataclass
class PageRead(Message, bubble=False):
    """A page of the log; `arrived` is what the window said when it was asked for.

    `around` is the number of the request it was read around, for such a page. Not `is_whole`: more
    may be found of it, or the search for it was given up. `is_last`: no more of it comes.
    """

    page: Page
    rows: list[RequestRow]
    arrived: int
    around: int = 0
    is_whole: bool = True
    is_last: bool = True


@dataclass
class Searching(Message, bubble=False):
    """A page takes long: the log was looked through as far as the request numbered `reached`."""

    reached: int

    def can_replace(self, message: Message) -> bool:
        """Only how far it is now counts."""
        return isinstance(message, Searching)


@dataclass
class NothingFound(Message, bubble=False):
    """There is no such request in that direction; `wanted` says what was looked for."""

    wanted: str


@dataclass
class Settled(Message, bubble=False):
    """Which of the requests numbered `asked` a selection wants now: `rows`, ascending."""

    selection: Selection
    asked: frozenset[int]
    rows: list[RequestRow]


@dataclass
class PageFailed(Message, bubble=False):
    """The log could not be read; `problem` is None where the console is just being left."""

    page: Page
    problem: LogProblem | None


def _among(selection: Selection, seqs: list[int], reader: LogReader) -> list[RequestRow]:
    return Pages(reader, selection).among(seqs)


class PageReads:
    """Reads for one pane, and tells it what was found."""

    def __init__(self, pane: Widget, queries: LogQueries) -> None:
        self.selection = EVERYTHING
        """What pages are read of."""
        self._pane = pane
        self._queries = queries
        self._page: Page | None = None
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        self._unsettled: set[int] = set()
        self._is_settling = False

    @property
    def page_under_way(self) -> bool:
        """Whether a page is being read, or its message not taken yet."""
        return self._page is not None

    @property
    def is_reading(self) -> bool:
        """Whether anything is being read."""
        return self.page_under_way or self._is_settling

    # Pages

    def select(self, selection: Selection | None) -> None:
        """Read pages of these requests from now on; None: of all."""
        self.selection = EVERYTHING if selection is None else selection
        self._given_up.set()
        with self._lock:
            self._unsettled.clear()

    def page(self, page: Page, window: TrafficWindow) -> None:
        """Ask for a page beside what the window holds, or from an end of the log."""
        edge, arrived, selection = window.edge(page), window.arrived, self.selection
        self._begin(page, lambda reader: self._search(reader, page, edge, arrived, selection))

    def page_at(self, moment: float) -> None:
        """Ask for the requests around a moment, in Unix seconds."""
        selection = self.selection

        def read(reader: LogReader) -> None:
            seq = seq_at(reader, moment)
            self._around(reader, (reader.last_seq() or 0) if seq is None else seq, selection)

        self._begin("around", read)

    def page_around(self, seq: int) -> None:
        """Ask for the requests around the one of that number."""
        selection = self.selection
        self._begin("around", lambda reader: self._around(reader, seq, selection))

    def page_of_next(self, direction: Direction, seq: int, wanted: Selection, words: str) -> None:
        """Ask for the requests around the `wanted` one that is next to `seq`; `words` name it."""
        selection = self.selection

        def read(reader: LogReader) -> None:
            for step in Pages(reader, wanted).search(direction, seq, 1):
                if step.rows:
                    self._around(reader, seq_of(step.rows[0]), selection)
                    return
                if self._is_off():
                    return
                self._post(Searching(step.reached_seq))
            self._post(NothingFound(words))

        self._begin("around", read)

    def give_up(self) -> bool:
        """Stop a search under way, keeping what it found; return whether there was one."""
        self._given_up.set()
        return self.page_under_way

    def page_was_taken(self) -> None:
        """Let the next page be asked for."""
        self._page = None

    def _begin(self, page: Page, read: Callable[[LogReader], None]) -> None:
        self._page = page
        self._given_up = threading.Event()

        def work() -> None:
            try:
                self._queries.ask(read)
            except LogProblem as problem:
                self._post(PageFailed(page, problem))
            except ReadInterrupted:
                self._post(PageFailed(page, None))

        self._pane.run_worker(work, group="page", exclusive=True, exit_on_error=False, thread=True)

    def _search(
        self, reader: LogReader, page: Page, edge: int, arrived: int, selection: Selection
    ) -> None:
        backwards = page in ("before", "newest")
        from_end = page in ("oldest", "newest")
        rows: list[RequestRow] = []
        steps = Pages(reader, selection).search(
            "before" if backwards else "after",
            None if from_end else edge,
            WINDOW if from_end else PAGE,
        )
        given_up = self._given_up
        for step in steps:
            rows = [*step.rows, *rows] if backwards else [*rows, *step.rows]
            if step.is_last or given_up.is_set():
                break
            if step.rows and from_end:
                self._post(PageRead(page, rows, arrived, is_whole=False, is_last=False))
            self._post(Searching(step.reached_seq))
        self._post(PageRead(page, rows, arrived, is_whole=not given_up.is_set()))

    def _around(self, reader: LogReader, seq: int, selection: Selection) -> None:
        pages = Pages(reader, selection)
        rows = [
            *pages.page("before", seq, WINDOW // 2),
            *pages.page("after", seq - 1, WINDOW // 2),
        ]
        self._post(PageRead("around", rows, 0, around=seq))

    def _is_off(self) -> bool:
        return self._given_up.is_set() or get_current_worker().is_cancelled

    def _post(self, message: Message) -> None:
        if not get_current_worker().is_cancelled:
            self._pane.post_message(message)

    # News of a selection

    def settle(self, seqs: Iterable[int]) -> None:
        """Ask which of these requests, new or changed, are selected now."""
        with self._lock:
            self._unsettled.update(seqs)
            idle, self._is_settling = not self._is_settling, True
        if idle:
            self._pane.run_worker(self._settle_all, group="news", exit_on_error=False, thread=True)

    def _settle_all(self) -> None:
        while True:
            with self._lock:
                asked, self._unsettled = frozenset(self._unsettled), set()
                if not asked:
                    self._is_settling = False
                    return
            selection = self.selection
            try:
                rows = self._queries.ask(partial(_among, selection, sorted(asked)))
            except (LogProblem, ReadInterrupted):
                # Whatever keeps the log from being read is told by those who follow it.
                continue
            self._post(Settled(selection, asked, rows))
