"""What can be wrong with a traffic log, each said in one sentence with a hint."""

import sqlite3
from pathlib import Path
from typing import Literal

LogProblemKind = Literal[
    "missing",
    "locked",
    "not_a_log",
    "older_schema",
    "newer_schema",
    "corrupt",
    "unreadable",
    "unwritable",
]


class LogProblem(Exception):  # noqa: N818 - a problem, as everywhere in the house
    """A log that cannot be used now: of what `kind`, in one sentence, and what would help.

    `message` names the file, whose name may be foreign text: whoever shows it passes it through
    `console.inert` first. `unwritable` comes from writers only.
    """

    def __init__(self, kind: LogProblemKind, message: str, hint: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.hint = hint


class ReadInterrupted(Exception):  # noqa: N818 - the reader was asked to stop; nothing went wrong
    """A read was stopped from another thread by `LogReader.interrupt`."""


def missing(path: Path) -> LogProblem:
    """Return the problem of a log that no gateway has begun yet."""
    return LogProblem(
        "missing",
        f"There is no traffic log at {path} yet.",
        "Start a gateway that writes to it (route-console serve), or name another with --log.",
    )


def not_a_log(path: Path, because: str) -> LogProblem:
    """Return the problem of a file that is something else, `because` completing "it"."""
    return LogProblem(
        "not_a_log",
        f"{path} is not a traffic log: it {because}.",
        "Name a log written by route-console; this file is left as it is.",
    )


def older_schema(path: Path, found: int, wanted: int) -> LogProblem:
    """Return the problem of a log that a reader may not migrate."""
    return LogProblem(
        "older_schema",
        f"The traffic log {path} has the older schema {found}; this version reads {wanted}.",
        "Start the gateway of this version on it once: that migrates it and keeps every row.",
    )


def newer_schema(path: Path, found: int, wanted: int) -> LogProblem:
    """Return the problem of a log from a later version than this one."""
    return LogProblem(
        "newer_schema",
        f"The traffic log {path} has schema {found}; this version knows none after {wanted}.",
        "Update route-console, or name another log with --log.",
    )


def unreadable(path: Path, because: str) -> LogProblem:
    """Return the problem of a file the system does not let us read, `because` saying why."""
    return LogProblem(
        "unreadable",
        f"The traffic log {path} cannot be read: {because}.",
        "Check the permissions of the file and its folder; a folder that cannot be written hides "
        "a log that was not closed: copy the file and its -wal neighbour elsewhere.",
    )


def unwritable(path: Path, because: str) -> LogProblem:
    """Return the problem of a log that cannot be written, `because` saying why."""
    return LogProblem(
        "unwritable",
        f"The traffic log {path} cannot be written: {because}.",
        "Free some space or correct the permissions of its folder; writing resumes by itself.",
    )


def corrupt(path: Path, because: str) -> LogProblem:
    """Return the problem of a damaged log, `because` repeating what was found."""
    return LogProblem(
        "corrupt",
        f"The traffic log {path} is damaged: {because}.",
        "Move it aside (with its -wal and -shm neighbours); the gateway begins a new one.",
    )


def locked(path: Path) -> LogProblem:
    """Return the problem of a log that another process keeps to itself."""
    return LogProblem(
        "locked",
        f"The traffic log {path} is locked by another process.",
        "Try again; if it lasts, look for a tool that holds the file open for writing.",
    )


def from_sqlite(error: sqlite3.Error, path: Path) -> LogProblem | ReadInterrupted:
    """Return what an error of SQLite says about the log at `path`.

    Decided by the primary result code (https://www.sqlite.org/rescode.html).
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    match code:
        case sqlite3.SQLITE_INTERRUPT:
            return ReadInterrupted()
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return locked(path)
        case sqlite3.SQLITE_NOTADB:
            return not_a_log(path, "is no SQLite file")
        case sqlite3.SQLITE_FULL:
            return unwritable(path, "the disk is full")
        case sqlite3.SQLITE_READONLY:
            return unwritable(path, "it is read-only here")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_ERROR | sqlite3.SQLITE_MISMATCH:
            return corrupt(path, str(error))
        case _:
            return unreadable(path, str(error))
