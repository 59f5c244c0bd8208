"""A gateway's care for its log beside the writing: ends what dead gateways left, deletes the old.

In a thread and on a connection of its own, opened for each look, so that a log which was replaced
meanwhile is the one cared for. What goes wrong is told and tried again; it never touches serving.
"""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from console.traffic import problem
from console.traffic.left_behind import end_left_behind
from console.traffic.opening import file_identity, open_for_writing
from console.traffic.problem import LogProblem
from console.traffic.retention import Retention, prune

LOOK_S = 5.0
"""How often requests left behind are looked for: what a read of an index costs."""

PRUNE_S = 3600.0

PATIENCE_MS = 5_000
"""How long this waits for another's write: longer than gateways do, as nobody waits for it."""


class LogUpkeep:
    """Cares for the log at `path` between `start` and `stop`, at once and then again and again."""

    def __init__(self, path: Path, retention: Retention) -> None:
        self.problem: str | None = None
        """What kept the last look from its work, in one sentence; None when nothing did."""
        self._path = path
        self._retention = retention
        self._next_prune = time.monotonic()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log-upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End after the step under way; waits for it at most `timeout_s`."""
        self._stopped.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._look()
                self.problem = None
            except LogProblem as found:
                self.problem = found.message
            except sqlite3.Error as error:
                found_by_sqlite = problem.from_sqlite(error, self._path)
                self.problem = str(found_by_sqlite)
            self._stopped.wait(LOOK_S)

    def _look(self) -> None:
        if file_identity(self._path) is None:
            return
        with closing(open_for_writing(self._path)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            end_left_behind(connection, time.time())
            asked = self._retention != Retention()
            if asked and time.monotonic() >= self._next_prune:
                prune(connection, self._retention, time.time(), lambda: not self._stopped.is_set())
                self._next_prune = time.monotonic() + PRUNE_S
