"""Deletes what is too old to be kept: texts first, whole requests later, in small steps.

Each step is a short transaction and is followed by as long a pause, so that neither gateways nor
readers wait for it. The sums of each minute (the rollups) are kept: charts reach back further than
single requests do. What was deleted is overwritten in the file, not merely forgotten.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from console.traffic.word_index import drop_forgotten, forget_words

REQUESTS_A_STEP = 100
PAGES_A_STEP = 256

_TEXTS = (
    "(prompt_preview IS NOT NULL"
    " OR EXISTS (SELECT 1 FROM bodies WHERE bodies.seq = requests.seq)"
    " OR EXISTS (SELECT 1 FROM attempts WHERE attempts.seq = requests.seq"
    " AND error_message IS NOT NULL))"
)
_OLD_COMMENTS = "FROM outcomes WHERE ts < ? AND comment IS NOT NULL"
_OLD_COMMENT_IDS = f"SELECT outcome_id {_OLD_COMMENTS} LIMIT ?"
_THESE = "(SELECT value FROM json_each(?))"


class Retention(msgspec.Struct, frozen=True):
    """How long texts and whole requests are kept, in seconds; None: for ever.

    Texts are prompts, their previews, answers, what providers said of failures, and comments on
    outcomes.
    """

    texts_s: float | None = None
    rows_s: float | None = None


class Pruned(msgspec.Struct):
    """What was deleted, or would be. `comments` are those on outcomes.

    `freed_bytes` is by how much the file shrank; `unused_bytes` what is free in it for new rows.
    """

    texts: int = 0
    comments: int = 0
    rows: int = 0
    freed_bytes: int = 0
    unused_bytes: int = 0


def what_is_too_old(connection: sqlite3.Connection, retention: Retention, now: float) -> Pruned:
    """Return what `prune` would delete at `now` (Unix seconds), changing nothing."""
    found = Pruned()
    oldest_row = _before(retention.rows_s, now)
    if retention.texts_s is not None:
        until = _before(retention.texts_s, now)
        found.texts = _number(
            connection,
            "SELECT count(*) FROM requests WHERE ts_start >= ? AND ts_start < ? AND " + _TEXTS,
            oldest_row,
            until,
        )
        found.comments = _number(connection, f"SELECT count(*) {_OLD_COMMENTS}", until)
    found.rows = _number(connection, "SELECT count(*) FROM requests WHERE ts_start < ?", oldest_row)
    found.unused_bytes = _unused_bytes(connection)
    return found


def prune(
    connection: sqlite3.Connection,
    retention: Retention,
    now: float,
    goes_on: Callable[[], bool] = lambda: True,
) -> Pruned:
    """Delete what is older than is to be kept at `now` (Unix seconds), as long as `goes_on`.

    Raises sqlite3.Error; what was deleted by then is deleted.
    """
    connection.execute("PRAGMA secure_delete = ON")
    pruned = Pruned()
    pages_before = _number(connection, "PRAGMA page_count")
    work = _Steps(connection, goes_on)
    if retention.rows_s is not None:
        pruned.rows = work.rows(_before(retention.rows_s, now))
    if retention.texts_s is not None:
        until = _before(retention.texts_s, now)
        pruned.texts = work.texts(until)
        pruned.comments = work.comments(until)
    if pruned.rows or pruned.texts:
        drop_forgotten(connection, goes_on)
    pruned.freed_bytes = work.give_space_back(pages_before)
    pruned.unused_bytes = _unused_bytes(connection)
    return pruned


class _Steps:
    """The deleting itself, a step at a time; each kind returns how much it deleted."""

    def __init__(self, connection: sqlite3.Connection, goes_on: Callable[[], bool]) -> None:
        self._connection = connection
        self._goes_on = goes_on

    def texts(self, until_ts: float) -> int:
        count, last = 0, (float("-inf"), 0)
        while self._goes_on():
            found = self._connection.execute(
                "SELECT ts_start, seq FROM requests WHERE ts_start < ? AND (ts_start, seq) > (?, ?)"
                f" AND {_TEXTS} ORDER BY ts_start, seq LIMIT ?",
                [until_ts, *last, REQUESTS_A_STEP],
            ).fetchall()
            if not found:
                break
            seqs, last = [seq for _, seq in found], found[-1]
            self._step(
                (forget_words, seqs),
                (f"DELETE FROM bodies WHERE seq IN {_THESE}", seqs),
                (f"UPDATE requests SET prompt_preview = NULL WHERE seq IN {_THESE}", seqs),
                (f"UPDATE attempts SET error_message = NULL WHERE seq IN {_THESE}", seqs),
            )
            count += len(seqs)
        return count

    def comments(self, until_ts: float) -> int:
        count = 0
        while self._goes_on() and (ids := self._ids(_OLD_COMMENT_IDS, until_ts)):
            self._step((f"UPDATE outcomes SET comment = NULL WHERE outcome_id IN {_THESE}", ids))
            count += len(ids)
        return count

    def rows(self, until_ts: float) -> int:
        count = 0
        oldest = "SELECT seq FROM requests WHERE ts_start < ? ORDER BY ts_start LIMIT ?"
        while self._goes_on() and (seqs := self._ids(oldest, until_ts)):
            of_these = (
                "DELETE FROM outcomes WHERE request_id IN"
                f" (SELECT request_id FROM requests WHERE seq IN {_THESE})"
            )
            tables = ("attempts", "facts", "bodies", "decisions", "requests")
            self._step(
                (forget_words, seqs),
                (of_these, seqs),
                *((f"DELETE FROM {table} WHERE seq IN {_THESE}", seqs) for table in tables),
            )
            count += len(seqs)
        if count and self._goes_on():
            self._shared_texts()
        return count

    def give_space_back(self, pages_before: int) -> int:
        """Return how many bytes the file lost; none where it was made without that in mind."""
        connection = self._connection
        if _number(connection, "PRAGMA auto_vacuum") != 2:
            return 0
        while self._goes_on() and _number(connection, "PRAGMA freelist_count"):
            self._paused(
                lambda: connection.execute(f"PRAGMA incremental_vacuum({PAGES_A_STEP})").fetchall()
            )
        pages = pages_before - _number(connection, "PRAGMA page_count")
        return max(0, pages) * _number(connection, "PRAGMA page_size")

    def _shared_texts(self) -> None:
        """Delete the parts of decisions that no decision refers to any more.

        Which those are is read without holding anybody up; what gateways wrote meanwhile is looked
        at again within each step.
        """
        connection = self._connection
        last_seq = _number(connection, "SELECT coalesce(max(seq), 0) FROM decisions")
        referred = (
            "SELECT digest FROM decisions WHERE seq > ? UNION ALL SELECT value FROM decisions,"
            " json_each(explanation, '$.verdicts') WHERE explanation IS NOT NULL AND seq > ?"
        )
        unused = [
            digest
            for (digest,) in connection.execute(
                f"SELECT digest FROM shared_texts WHERE digest NOT IN ({referred})", [-1, -1]
            )
        ]
        for start in range(0, len(unused), REQUESTS_A_STEP):
            if not self._goes_on():
                return
            these = unused[start : start + REQUESTS_A_STEP]
            self._step(
                (
                    f"DELETE FROM shared_texts WHERE digest IN {_THESE}"
                    f" AND digest NOT IN ({referred})",
                    these,
                    last_seq,
                    last_seq,
                )
            )

    def _ids(self, statement: str, until_ts: float) -> list[int]:
        rows = self._connection.execute(statement, [until_ts, REQUESTS_A_STEP])
        return [number for (number,) in rows]

    def _step(self, *statements: tuple[Any, ...]) -> None:
        """Run statements, or what runs one, with their parameters, all as one.

        A list among the parameters of a statement is bound as JSON.
        """

        def together() -> None:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, *parameters in statements:
                    if callable(statement):
                        statement(self._connection, *parameters)
                        continue
                    self._connection.execute(statement, [_bound(each) for each in parameters])
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

        self._paused(together)

    def _paused(self, act: Callable[[], Any]) -> None:
        """Act, then leave the log to others for as long as that took."""
        begun = time.monotonic()
        act()
        time.sleep(min(0.5, time.monotonic() - begun))


def _before(age_s: float | None, now: float) -> float:
    return float("-inf") if age_s is None else now - age_s


def _bound(parameter: int | Sequence[int]) -> Any:
    if isinstance(parameter, int):
        return parameter
    return msgspec.json.encode(parameter).decode()


def _number(connection: sqlite3.Connection, statement: str, *parameters: Any) -> int:
    [number] = connection.execute(statement, parameters).fetchone()
    return int(number)


def _unused_bytes(connection: sqlite3.Connection) -> int:
    pages = _number(connection, "PRAGMA freelist_count")
    return pages * _number(connection, "PRAGMA page_size")
