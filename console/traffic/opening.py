"""Opening a log: for writing, where it is made or migrated, and for reading, where nothing is.

What WAL needs of a reader's folder: while a writer is there, its -wal and -shm files are, and a
reader that may only read uses them. A log that was closed well has neither, and in a folder that
cannot be written SQLite cannot make them; as nothing is missing from the file then, it is opened as
immutable. A log whose writer was killed needs a folder that can be written once.
"""

import os
import sqlite3
import stat
import time
from pathlib import Path

from console.traffic import problem
from console.traffic.histogram import merge_encoded
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.schema import SCHEMA_VERSION, migrate, version_of

OPENING_TIMEOUT_S = 5.0
"""How long a writer waits for another process that is just making or migrating the log."""

WRITE_TIMEOUT_S = 0.25
"""How long one write waits for another process's; the writer then says so and tries again."""

WAL_KEPT_BYTES = 64 * 1024 * 1024
"""What is left of the -wal file after a burst or a long read has made it grow."""

FileIdentity = tuple[int, int]


def file_identity(path: Path) -> FileIdentity | None:
    """Return what tells the file at `path` from one put in its place later; None: no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def open_for_writing(path: Path, *, durable: bool = False) -> sqlite3.Connection:
    """Return a connection that may write, to a log that exists and has today's schema.

    With `durable` a commit returns when the disk has it: what was committed outlives a power cut.

    A new log and its folder are its owner's alone: it holds prompts. Raises LogProblem.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create_file(path)
        _refuse_other_than_file(path)
    except OSError as error:
        raise problem.unwritable(path, error.strerror or str(error)) from None
    try:
        connection = _connect(path, "rw", OPENING_TIMEOUT_S)
        try:
            _prepare_for_writing(connection, path)
            if durable:
                connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise _writers_problem(error, path) from None
    return connection


def open_for_reading(path: Path, timeout_s: float) -> tuple[sqlite3.Connection, bool]:
    """Return a connection that cannot write, and whether it takes the file for immutable.

    Raises LogProblem.
    """
    try:
        _refuse_other_than_file(path)
    except FileNotFoundError:
        raise problem.missing(path) from None
    except OSError as error:
        raise problem.unreadable(path, error.strerror or str(error)) from None
    try:
        return _connect_checked(path, "ro", timeout_s), False
    except sqlite3.OperationalError as error:
        if not _closed_in_read_only_folder(path):
            raise problem.from_sqlite(error, path) from None
    except sqlite3.Error as error:
        raise problem.from_sqlite(error, path) from None
    try:
        return _connect_checked(path, "ro&immutable=1", timeout_s), True
    except sqlite3.Error as error:
        raise problem.from_sqlite(error, path) from None


def wal_of(path: Path) -> Path:
    """Return where SQLite keeps what is not yet in the file at `path`."""
    return path.with_name(path.name + "-wal")


def _create_file(path: Path) -> None:
    # Only a file that is not there is opened here: closing a descriptor of one that SQLite has
    # open in this process would drop SQLite's locks on it (https://sqlite.org/howtocorrupt.html).
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def _refuse_other_than_file(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):
        raise problem.not_a_log(path, "is not a regular file")


def _connect(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=timeout_s,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _connect_checked(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    connection = _connect(path, mode, timeout_s)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        version = version_of(connection, path)
        if version == 0:
            raise problem.missing(path)
        if version < SCHEMA_VERSION:
            raise problem.older_schema(path, version, SCHEMA_VERSION)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare_for_writing(connection: sqlite3.Connection, path: Path) -> None:
    if version_of(connection, path) == 0:
        # Only a file without tables takes it: later deletions can give their space back.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
    connection.create_function("histogram_merge", 2, merge_encoded, deterministic=True)
    migrate(connection, path)
    connection.execute(f"PRAGMA busy_timeout = {WRITE_TIMEOUT_S * 1000:.0f}")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # Two processes that switch at once are told "busy" without SQLite waiting for either.
    deadline = time.monotonic() + OPENING_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _writers_problem(error: sqlite3.Error, path: Path) -> LogProblem | ReadInterrupted:
    found = problem.from_sqlite(error, path)
    if isinstance(found, LogProblem) and found.kind == "unreadable":
        return problem.unwritable(path, str(error))
    return found


def _closed_in_read_only_folder(path: Path) -> bool:
    return not os.access(path.parent, os.W_OK) and not wal_of(path).exists()
