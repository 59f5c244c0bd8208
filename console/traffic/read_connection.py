"""One read-only connection to the log at a path, whichever file stands there."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from console.traffic import problem
from console.traffic.opening import file_identity, open_for_reading, wal_of
from console.traffic.rows import Values, bindable


class ReadConnection:
    """Runs statements that only read; every method raises LogProblem or ReadInterrupted."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        self.path = path
        self._timeout_s = timeout_s
        self._identity = file_identity(path)
        self._connection, self._immutable = open_for_reading(path, timeout_s)

    def rows(self, statement: str, *parameters: Any) -> list[Values]:
        """Return all rows of a statement.

        Fetched to the end: one left open would hold back the writers' checkpoints.
        """
        try:
            values = [bindable(value) for value in parameters]
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise problem.from_sqlite(error, self.path) from None

    def row(self, statement: str, *parameters: Any) -> Values | None:
        """Return the first row of a statement, None if it has none."""
        rows = self.rows(statement, *parameters)
        return rows[0] if rows else None

    def number(self, statement: str, *parameters: Any) -> int | None:
        """Return the first value of the first row, None without one."""
        row = self.row(statement, *parameters)
        return None if row is None else row[0]

    def reopen_if_replaced(self) -> bool:
        """Connect anew if another file stands at the path now; return whether one does.

        A log opened as immutable is opened anew, too, when a writer has come to it.
        """
        found = file_identity(self.path)
        if found is None:
            raise problem.missing(self.path)
        writer_came = self._immutable and wal_of(self.path).exists()
        if found == self._identity and not writer_came:
            return False
        connection, immutable = open_for_reading(self.path, self._timeout_s)
        self._connection.close()
        self._connection, self._immutable, self._identity = connection, immutable, found
        return True

    def interrupt(self) -> None:
        """Stop the statement that runs now, from any thread; nothing happens when none does."""
        with suppress(sqlite3.ProgrammingError):
            self._connection.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
