"""What the log brings while the console is open: new and changed requests, rates, gateways.

One daemon thread owns one reader and one tail. It collects news in an inbox of bounded size and
posts `LogMoved` at most five times a second; the app takes the inbox when it comes to it, so a slow
terminal makes the steps larger and never loses count. A log that cannot be read is asked again each
second until it can.
"""

import threading
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from textual.message import Message

from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader, Rates
from console.traffic.records import GatewayRow, RequestRow
from console.traffic.tail import Tail, TailStep
from console.ui.table_watch import Audience

WINDOW = 500
"""Rows a list holds at most, and so the most that is worth keeping for it."""

STEP_S = 0.2
STANDING_EVERY_S = 1.0
RETRY_S = 1.0

PASSING = ("locked", "missing")
"""Problems through which the tail keeps its place; after any other the log is opened anew."""


@dataclass(frozen=True)
class LogNews:
    """What happened since the last news, and how things stand.

    `arrived` counts every new row, also those that `new_rows` (the newest of them, ascending) no
    longer holds. With `restarted` the log was opened just now or replaced by another file: then
    `new_rows` are its newest, and what was shown before is void.
    """

    restarted: bool = False
    new_rows: tuple[RequestRow, ...] = ()
    arrived: int = 0
    changed_rows: tuple[RequestRow, ...] = ()
    rates: Rates | None = None
    gateways: tuple[GatewayRow, ...] = ()
    size: int | None = None
    """How many requests the log holds, from the first and the last number; None: not known."""
    problem: LogProblem | None = None
    """Why the log cannot be read just now; None also before the first look."""
    looked_at: float | None = None
    """When rates and gateways were read, in Unix seconds; None before the first look."""


@dataclass
class LogMoved(Message, bubble=False):
    """There is news to take."""

    def can_replace(self, message: Message) -> bool:
        """One call to come and look is enough."""
        return isinstance(message, LogMoved)


class Inbox:
    """News that nobody took yet, merged. Shared by two threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news = LogNews()

    def put(self, news: LogNews) -> None:
        """Add news; rows are merged, states replaced."""
        with self._lock:
            before = LogNews() if news.restarted else self._news
            changed = {row.request_id: row for row in (*before.changed_rows, *news.changed_rows)}
            self._news = replace(
                news,
                restarted=before.restarted or news.restarted,
                new_rows=(*before.new_rows, *news.new_rows)[-WINDOW:],
                arrived=before.arrived + news.arrived,
                changed_rows=tuple(changed.values())[-2 * WINDOW :],
            )

    def take(self) -> LogNews:
        """Return what came since the last call, with how things stand."""
        with self._lock:
            taken = self._news
            self._news = replace(taken, restarted=False, new_rows=(), arrived=0, changed_rows=())
            return taken


class LogFeed:
    """Follows the log on a thread of its own and calls the app when there is news."""

    def __init__(self, path: Path | None, audience: Audience) -> None:
        self._path = path
        self._audience = audience
        self._inbox = Inbox()
        self._standing = LogNews()
        self._standing_read_at: float | None = None
        self._stopped = threading.Event()
        self._reader: LogReader | None = None
        self._also_watched: tuple[int, ...] = ()
        self._thread = threading.Thread(target=self._run, name="log-feed", daemon=True)

    def start(self) -> None:
        """Begin following; without a path there is nothing to follow."""
        if self._path is not None:
            self._thread.start()

    def stop(self) -> None:
        """Stop following, interrupting a query under way; does not wait."""
        self._stopped.set()
        reader = self._reader
        if reader is not None:
            reader.interrupt()

    def take(self) -> LogNews:
        """Return the news since the last call."""
        return self._inbox.take()

    def watch_also(self, seqs: Iterable[int]) -> None:
        """Tell, too, when these requests end: ones in flight that only a page brought."""
        self._also_watched = tuple(seqs)

    def _run(self) -> None:
        assert self._path is not None
        while not self._stopped.is_set():
            try:
                with closing(LogReader(self._path)) as reader:
                    self._reader = reader
                    self._follow(reader)
            except LogProblem as problem:
                self._tell_problem(problem)
                self._stopped.wait(RETRY_S)
            except ReadInterrupted:
                return
            finally:
                self._reader = None

    def _follow(self, reader: LogReader) -> None:
        tail = self._from_newest(reader)
        while not self._stopped.is_set():
            pause = STEP_S
            try:
                step = tail.poll()
                if step.replaced:
                    tail = self._from_newest(reader)
                else:
                    self._tell(reader, step)
                pause = 0.0 if step.more else STEP_S
            except LogProblem as problem:
                if problem.kind not in PASSING:
                    raise
                self._tell_problem(problem)
                pause = RETRY_S
            self._stopped.wait(pause)

    def _from_newest(self, reader: LogReader) -> Tail:
        rows = reader.newest(WINDOW)
        tail = Tail(reader, rows)
        if not rows:
            # Rows that came between the two reads stand before the tail's beginning.
            rows = reader.newest(WINDOW)
        self._post(replace(self._standing, restarted=True, new_rows=tuple(rows), problem=None))
        return tail

    def _tell(self, reader: LogReader, step: TailStep) -> None:
        changed = step.changed_rows
        due = self._standing_is_old()
        if due:
            self._read_standing(reader)
            changed = [*changed, *reader.completed(self._also_watched)]
        if step.new_rows or changed or due:
            self._post(
                replace(
                    self._standing,
                    new_rows=tuple(step.new_rows[-WINDOW:]),
                    arrived=len(step.new_rows),
                    changed_rows=tuple(changed),
                )
            )

    def _standing_is_old(self) -> bool:
        read_at = self._standing_read_at
        return read_at is None or time.monotonic() - read_at >= STANDING_EVERY_S

    def _read_standing(self, reader: LogReader) -> None:
        now = time.time()
        self._standing = LogNews(
            rates=reader.rates(now),
            gateways=tuple(reader.gateways()),
            size=(reader.last_seq() or 0) - (reader.first_seq() or 1) + 1,
            looked_at=now,
        )
        self._standing_read_at = time.monotonic()

    def _tell_problem(self, problem: LogProblem) -> None:
        self._standing = LogNews(problem=problem, looked_at=time.time())
        self._standing_read_at = None
        self._post(self._standing)

    def _post(self, news: LogNews) -> None:
        if not self._stopped.is_set():
            self._inbox.put(news)
            self._audience.post_message(LogMoved())
