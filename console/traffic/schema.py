"""Which files are traffic logs, and of which schema: the two numbers in the head of every log.

The tables themselves are made in `migrations`, which is imported only when there is something to
migrate: sqlite-utils costs a reader 80 ms that it need not pay.
"""

import sqlite3
from pathlib import Path

from console.traffic.problem import newer_schema, not_a_log

APPLICATION_ID = 0x72634C67
"""SQLite's `application_id` of our files ("rcLg"): what tells a log from somebody's database."""

SCHEMA_VERSION = 11
"""SQLite's `user_version` of a log made today: the number of the last migration."""


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of the open file, 0 for one that has no table yet.

    Raises LogProblem for a database that is not ours and for a newer schema, sqlite3.Error for
    what cannot be read at all.
    """
    [application] = connection.execute("PRAGMA application_id").fetchone()
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        if application or version or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise not_a_log(path, "is a database of something else")
        return 0
    if version > SCHEMA_VERSION:
        raise newer_schema(path, version, SCHEMA_VERSION)
    return int(version)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the log to today's schema, or leave it untouched; a log of today's is not written.

    All migrations that are missing run in one transaction, begun with the write lock, so of
    several processes that open an old log one migrates and the others find it done. Raises what
    `version_of` raises.
    """
    if version_of(connection, path) == SCHEMA_VERSION:
        return
    from console.traffic.migrations import apply_missing

    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection, path) < SCHEMA_VERSION:
            apply_missing(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
