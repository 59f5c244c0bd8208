"""Questions to the log from thread workers, each on a connection of its own, all interruptible.

A console that is left must not wait for a query: `close` interrupts whatever still runs.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from console.traffic.problem import ReadInterrupted
from console.traffic.reader import LogReader

Answer = TypeVar("Answer")


class LogQueries:
    """Opens a reader for one question at a time. Safe to use from any number of threads."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._running: set[LogReader] = set()
        self._closed = False

    def ask(self, question: Callable[[LogReader], Answer]) -> Answer:
        """Return what `question` makes of the log; call it from a thread worker.

        Raises LogProblem where the log cannot be read, and ReadInterrupted where the console is
        closing or was started without a log.
        """
        if self._path is None or self._closed:
            raise ReadInterrupted
        with closing(LogReader(self._path)) as reader:
            self._admit(reader)
            try:
                return question(reader)
            finally:
                with self._lock:
                    self._running.discard(reader)

    def close(self) -> None:
        """Interrupt every question under way and refuse further ones."""
        with self._lock:
            self._closed = True
            for reader in self._running:
                reader.interrupt()

    def _admit(self, reader: LogReader) -> None:
        with self._lock:
            if self._closed:
                raise ReadInterrupted
            self._running.add(reader)
