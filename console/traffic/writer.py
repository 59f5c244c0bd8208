"""The gateway's end of the log: requests are told and forgotten, a thread brings them to disk.

No method waits for the disk. Whatever keeps the log from being written (a full disk, another
process, a file taken away), requests are served on, the log is tried again and again, and what no
longer fits in memory meanwhile is counted as lost.
"""

import asyncio
import copy
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from console.routing.decision import Decision
from console.routing.explanation import Explanation
from console.traffic import problem
from console.traffic.batch import Begun, Event, Finished, put_together
from console.traffic.hash_key import hash_key_beside
from console.traffic.opening import file_identity, open_for_writing
from console.traffic.pending import Pending
from console.traffic.problem import LogProblem
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    OutcomeRow,
    OverrideRow,
    RequestRow,
    TableVersionRow,
)
from console.traffic.redaction import Redactor, secrets_in
from console.traffic.store import store

FIRST_RETRY_S = 0.05
LAST_RETRY_S = 1.0

INTERVAL_S = 0.04
"""A batch waits this long for more to join it; with the time a write takes, what was told is on
disk within 100 ms."""

DURABLE_WITHIN_S = 5.0
"""How long an answer waits for its row where each must; a log that cannot be written for longer
holds nobody up."""

MAX_PENDING_BYTES = 64 * 1024 * 1024
"""Half a minute of heavy traffic with its prompts."""


class LogWriter:
    """Writes what a gateway does into the log at `path`, in batches of `interval_s`.

    Making one opens the log, creates it where it is missing and migrates it where it is old; raises
    LogProblem. Records are copied, so the caller may go on changing its own; keys are taken out of
    their texts by `redactor`, which knows those of the environment where none is given. Requests
    are told to be those of `gateway_id`.
    """

    def __init__(
        self,
        path: Path,
        *,
        interval_s: float = INTERVAL_S,
        max_pending_bytes: int = MAX_PENDING_BYTES,
        durable: bool = False,
        redactor: Redactor | None = None,
        gateway_id: str | None = None,
    ) -> None:
        self.path = path
        self._gateway_id = gateway_id
        self._interval_s = interval_s
        self._is_durable = durable
        self.redactor = redactor or Redactor(secrets_in(os.environ))
        self.answers_before_rows = 0
        """How many answers went out before their rows were on disk although none should."""
        self._trouble_since: float | None = None
        self._connection = open_for_writing(path, durable=durable)
        self._identity = file_identity(path)
        self.hash_key = hash_key_beside(path)
        """The log's own secret, for `prompt_hash`."""
        self._pending = Pending(max_pending_bytes)
        self._given_up = threading.Event()
        self._problem: str | None = None
        self._thread = threading.Thread(target=self._run, name="traffic-log", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """How many records (a begin, an attempt, a finish …) never reached the log."""
        return self._pending.lost

    @property
    def pending(self) -> int:
        """How many records are not on disk yet."""
        return self._pending.count

    @property
    def problem(self) -> str | None:
        """What keeps the log from being written now, in one sentence; None when nothing does."""
        return self._problem

    def begin(
        self,
        row: RequestRow,
        facts: FactsRow,
        decision: Decision,
        explanation: Callable[[], Explanation] | None = None,
        body: BodyRow | None = None,
    ) -> None:
        """Log a request that was decided. `explanation` is called later, on the writer's thread."""
        self._pending.put(
            Begun(self._own(row), copy.copy(facts), decision, explanation, copy.copy(body))
        )

    def attempt(self, row: AttemptRow) -> None:
        """Log a call upstream; its request was begun before."""
        self._pending.put(copy.copy(row))

    def finish(self, row: RequestRow, answer: str | None = None) -> None:
        """Log a request as it ended. It takes the place of what it was begun with.

        A request ends once: a second finish changes nothing.
        """
        self._pending.put(Finished(self._own(row), answer))

    def heartbeat(self, row: GatewayRow) -> None:
        """Log that a gateway is alive; each has one row."""
        self._pending.put(copy.copy(row))

    def table_served(self, row: TableVersionRow) -> None:
        """Log that a version of a table is in service; the first time counts."""
        self._pending.put(copy.copy(row))

    def override_seen(self, row: OverrideRow) -> None:
        """Log that an override was made, lifted or ran out; the first to tell a change counts."""
        self._pending.put(copy.copy(row))

    def outcome(self, row: OutcomeRow) -> None:
        """Log what was said about an answer; of those with one idempotency key the first counts."""
        self._pending.put(copy.copy(row))

    @property
    def is_durable(self) -> bool:
        """Whether no answer may go out before its row is on disk."""
        return self._is_durable

    def not_on_disk(self) -> list[Event]:
        """Return what was told and is not on disk yet, in its order."""
        return self._pending.snapshot()

    async def durable(self) -> bool:
        """Wait, where the log is to be durable, until everything told so far is on disk.

        False, and counted, when it is not within `DURABLE_WITHIN_S`. A log that could not be
        written for so long already is not waited for.
        """
        if not self._is_durable or await self._is_on_disk(self._patience_s()):
            return True
        self.answers_before_rows += 1
        return False

    def _own(self, row: RequestRow) -> RequestRow:
        own = copy.copy(row)
        own.gateway_id = row.gateway_id or self._gateway_id
        return own

    def _patience_s(self) -> float:
        since = self._trouble_since
        waited = 0.0 if since is None else time.monotonic() - since
        return max(0.0, DURABLE_WITHIN_S - waited)

    async def _is_on_disk(self, within_s: float) -> bool:
        if within_s <= 0:
            return self._pending.count == 0
        loop = asyncio.get_running_loop()
        settled = loop.create_future()

        def settle() -> None:
            if not settled.done():
                settled.set_result(None)

        def tell() -> None:
            with suppress(RuntimeError):  # the loop may have been closed meanwhile
                loop.call_soon_threadsafe(settle)

        self._pending.when_settled(tell)
        try:
            async with asyncio.timeout(within_s):
                await settled
        except TimeoutError:
            return False
        return True

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything told so far is on disk; False when it is not within the time."""
        lost_before = self.lost
        return self._pending.wait_settled(timeout_s) and self.lost == lost_before

    def close(self, timeout_s: float = 5.0) -> None:
        """Bring the rest to disk and close the log; what is not there in time is lost.

        Whatever is told afterwards is counted as lost.
        """
        self._pending.close()
        self._thread.join(timeout_s)
        self._given_up.set()
        self._thread.join()

    def _run(self) -> None:
        while (events := self._pending.take(self._interval_s)) is not None:
            self._pending.settle(events, lost=self._write(events))
        self._connection.close()

    def _write(self, events: list[Event]) -> int:
        """Write the events, waiting out what is wrong with the file; return how many were lost."""
        try:
            return self._write_together(events)
        except Exception as error:
            # Something in a record cannot be stored. It must not take its neighbours with it.
            if len(events) > 1:
                return sum(self._write([event]) for event in events)
            because = self.redactor.text(str(error))
            self._problem = f"A record could not be written to the traffic log: {because}."
            return 1

    def _write_together(self, events: list[Event]) -> int:
        batch = put_together(events, self.redactor)
        delay_s = FIRST_RETRY_S
        while not self._given_up.is_set():
            try:
                self._reopen_if_replaced()
                orphans = store(self._connection, batch)
            except LogProblem as found:
                self._problem = found.message
            except sqlite3.Error as error:
                if not _is_about_the_file(error):
                    raise
                self._problem = _sentence(error, self.path)
                if not isinstance(error, sqlite3.OperationalError):
                    self._identity = None
            else:
                self._problem = None
                self._trouble_since = None
                return orphans
            if self._trouble_since is None:
                self._trouble_since = time.monotonic()
            self._given_up.wait(delay_s)
            delay_s = min(2 * delay_s, LAST_RETRY_S)
        return len(events)

    def _reopen_if_replaced(self) -> None:
        # A log that was moved or deleted would otherwise be written on, where nobody reads it; one
        # that was damaged (`_identity` is None) may have been moved aside.
        if self._identity is not None and file_identity(self.path) == self._identity:
            return
        self._identity = None
        # Its -wal did not move with it, and would be taken for that of the file now in its place.
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()
        self._connection = open_for_writing(self.path, durable=self._is_durable)
        self._identity = file_identity(self.path)


def _is_about_the_file(error: sqlite3.Error) -> bool:
    # Its other kinds (IntegrityError, DataError, ProgrammingError …) are about what was bound.
    return type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError, sqlite3.InternalError)


def _sentence(error: sqlite3.Error, path: Path) -> str:
    found = problem.from_sqlite(error, path)
    if isinstance(found, LogProblem) and found.kind != "unreadable":
        return found.message
    return problem.unwritable(path, str(error)).message
