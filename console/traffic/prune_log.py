"""Prunes the log in a file, beside whoever writes and reads it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from console.traffic import problem
from console.traffic.opening import file_identity, open_for_reading, open_for_writing
from console.traffic.retention import Pruned, Retention, prune, what_is_too_old

PATIENCE_MS = 10_000
"""How long a writer is waited for."""


def prune_log(path: Path, retention: Retention, *, dry_run: bool) -> Pruned:
    """Delete what is too old from the log at `path`, or count it only. Raises LogProblem."""
    if file_identity(path) is None:
        raise problem.missing(path)
    try:
        if dry_run:
            connection, _ = open_for_reading(path, PATIENCE_MS / 1000)
            with closing(connection):
                return what_is_too_old(connection, retention, time.time())
        with closing(open_for_writing(path)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            return prune(connection, retention, time.time())
    except sqlite3.Error as error:
        raise problem.from_sqlite(error, path) from None
