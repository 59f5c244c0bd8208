"""Saves of tables in the log: who saved which version, when and why, and what it came after."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from console.traffic import problem
from console.traffic.opening import file_identity, open_for_writing
from console.traffic.problem import ReadInterrupted
from console.traffic.reader import LogReader
from console.traffic.redaction import Redactor


class TableSave(msgspec.Struct):
    """One save. `before` is the version in the file until then; `is_rollback`: an old one is back.

    A version is the hash of its text, so one that comes back has two saves and one text.
    """

    ts: float
    version: str
    before: str | None
    author: str
    because: str
    is_rollback: bool = False


_COLUMNS = "ts, version, before, author, because, is_rollback"


def record_save(path: Path, save: TableSave, text: str, redactor: Redactor) -> None:
    """Put a save and its text into the log at `path`. Raises LogProblem and ReadInterrupted."""
    if file_identity(path) is None:
        raise problem.missing(path)
    save.author, save.because = redactor.text(save.author), redactor.text(save.because)
    with closing(open_for_writing(path)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO table_versions (version, ts, author, because, text)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (version) DO UPDATE SET"
                " author = coalesce(author, excluded.author),"
                " because = coalesce(because, excluded.because)",
                [save.version, save.ts, save.author, save.because, redactor.text(text)],
            )
            connection.execute(
                f"INSERT INTO table_saves ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                [*msgspec.structs.astuple(save)],
            )
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            found = problem.from_sqlite(error, path)
            if isinstance(found, ReadInterrupted):
                raise
            raise found from None


def saves_of(reader: LogReader, limit: int) -> list[TableSave]:
    """Return the newest saves, newest first. Raises what the reader does."""
    rows = reader.connection.rows(
        f"SELECT {_COLUMNS} FROM table_saves ORDER BY save_no DESC LIMIT ?",  # noqa: S608 - ours
        limit,
    )
    return [
        TableSave(ts, version, before, author, because, bool(is_rollback))
        for ts, version, before, author, because, is_rollback in rows
    ]
