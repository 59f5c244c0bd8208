"""Writing a batch: one transaction, whole or not at all, and harmless when repeated.

Rows are bound many to a statement. Python lets go of its interpreter lock at every step of a
statement and may wait milliseconds to get it back from a busy event loop, so what counts is the
number of statements, not of rows.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from console.traffic.batch import Batch, RequestWrite
from console.traffic.records import RequestRow
from console.traffic.rollups import MINUTES_AN_HOUR, Rollups
from console.traffic.rows import (
    ATTEMPT_COLUMNS,
    BODY_COLUMNS,
    FACTS_COLUMNS,
    GATEWAY_COLUMNS,
    OUTCOME_COLUMNS,
    OVERRIDE_COLUMNS,
    REQUEST_COLUMNS,
    ROLLUP_COLUMNS,
    TABLE_VERSION_COLUMNS,
    Values,
    attempt_values,
    bindable,
    body_values,
    facts_values,
    keep_whole_ms,
    request_values,
    rollup_values,
)
from console.traffic.word_index import add_words, forget_words

_ROWS_A_STATEMENT = 64
"""With 41 columns well below SQLite's 32,766 parameters; a power of two, see `_chunks`."""


class _Statement:
    """An INSERT of one row, and what it does where the key is taken, for any number of rows."""

    def __init__(self, table: str, columns: Sequence[str], on_conflict: str) -> None:
        names = ", ".join(columns)
        self._head = f"INSERT INTO {table} ({names}) VALUES "  # noqa: S608 - names of our own
        self._row = f"({', '.join('?' * len(columns))})"
        self._tail = f" ON CONFLICT {on_conflict}"

    def write(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
        for chunk in _chunks(rows):
            places = ", ".join([self._row] * len(chunk))
            parameters = [value for row in chunk for value in row]
            statement = self._head + places + self._tail
            try:
                connection.execute(statement, parameters)
            except (UnicodeEncodeError, OverflowError):
                # Refused before anything ran; to look at every value beforehand costs more than
                # all the rest of a write.
                connection.execute(statement, [bindable(value) for value in parameters])


def _replacing(columns: Sequence[str], *key: str) -> str:
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    return f"({', '.join(key)}) DO UPDATE SET {changes}"


def _filling_in(columns: Sequence[str], key: str) -> str:
    changes = ", ".join(f"{name} = coalesce(excluded.{name}, {name})" for name in columns)
    return f"({key}) DO UPDATE SET {changes}"


def _adding(columns: Sequence[str], merged: Sequence[str], key: str) -> str:
    sums = [f"{name} = {name} + excluded.{name}" for name in columns]
    merges = [f"{name} = histogram_merge({name}, excluded.{name})" for name in merged]
    return f"({key}) DO UPDATE SET {', '.join(sums + merges)}"


_REQUESTS = _Statement("requests", REQUEST_COLUMNS, _replacing(REQUEST_COLUMNS, "seq"))
_ATTEMPTS = _Statement(
    "attempts", ATTEMPT_COLUMNS, _replacing(ATTEMPT_COLUMNS, "seq", "attempt_no")
)
_FACTS = _Statement("facts", FACTS_COLUMNS, "DO NOTHING")
_BODIES = _Statement("bodies", BODY_COLUMNS, _filling_in(BODY_COLUMNS[1:-1], "seq"))
_DECISIONS = _Statement("decisions", ("seq", "digest", "explanation"), "DO NOTHING")
_SHARED_TEXTS = _Statement("shared_texts", ("digest", "text"), "DO NOTHING")
_GATEWAYS = _Statement("gateways", GATEWAY_COLUMNS, _replacing(GATEWAY_COLUMNS, "gateway_id"))
_TABLE_VERSIONS = _Statement(
    "table_versions", TABLE_VERSION_COLUMNS, _filling_in(("author", "because"), "version")
)
_OVERRIDES = _Statement("overrides", OVERRIDE_COLUMNS, "DO NOTHING")
_OUTCOMES = _Statement("outcomes", OUTCOME_COLUMNS, "(idempotency_key) DO NOTHING")
_ADDING_UP = _adding(ROLLUP_COLUMNS[3:-2], ROLLUP_COLUMNS[-2:], "dimension, minute, value")
_ROLLUPS = _Statement("rollups", ROLLUP_COLUMNS, _ADDING_UP)
_HOUR_ROLLUPS = _Statement("hour_rollups", ROLLUP_COLUMNS, _ADDING_UP)


class _Rows(msgspec.Struct):
    """The rows of one batch, table by table."""

    requests: list[list[Any]] = []
    attempts: list[Values] = []
    facts: list[list[Any]] = []
    bodies: list[Values] = []
    decisions: list[Values] = []
    shared_texts: dict[int, str] = {}
    ended: list[tuple[RequestRow, int, dict[str, str] | None]] = []
    """What is to be added up, with its tags; None: they are in the log."""
    orphans: int = 0


def store(connection: sqlite3.Connection, batch: Batch) -> int:
    """Write the batch and its share of the rollups in one transaction.

    Returns how many attempts belong to no request and were left out. A request that has ended
    already is not changed again, so a batch of which nobody knows whether it was committed may be
    stored once more. Raises sqlite3.Error, and then nothing of the batch is in the log.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        rows = _rows_of(connection, batch)
        _write_rows(connection, rows)
        _GATEWAYS.write(connection, [astuple(row) for row in batch.gateways.values()])
        _TABLE_VERSIONS.write(connection, [astuple(row) for row in batch.table_versions])
        _OVERRIDES.write(connection, [astuple(row) for row in batch.overrides])
        _OUTCOMES.write(connection, [astuple(row) for row in batch.outcomes])
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return rows.orphans


def _rows_of(connection: sqlite3.Connection, batch: Batch) -> _Rows:
    rows = _Rows()
    if not batch.requests:
        return rows
    known = _known(connection, batch)
    next_seq = _last_seq(connection) + 1
    for request_id, write in batch.requests.items():
        seq, in_flight = known.get(request_id, (None, True))
        if seq is None:
            if write.row is None:
                rows.orphans += len(write.attempts)
                continue
            seq = next_seq
            next_seq += 1
        _add_request(rows, write, seq, in_flight)
    return rows


def _add_request(rows: _Rows, write: RequestWrite, seq: int, in_flight: bool) -> None:
    if write.row is not None and in_flight:
        keep_whole_ms(write.row)
        rows.requests.append(request_values(write.row, seq))
        rows.ended.append((write.row, seq, None if write.facts is None else write.facts.tags))
    if write.facts is not None:
        rows.facts.append(facts_values(write.facts, seq))
    if write.body is not None:
        rows.bodies.append(body_values(write.body, seq))
    if write.decision is not None:
        explanation = write.explanation
        encoded = None if explanation is None else explanation.encode()
        rows.decisions.append((seq, write.decision.digest, encoded))
        rows.shared_texts.update([write.decision])
        rows.shared_texts.update(explanation.verdicts if explanation else ())
    rows.attempts.extend(attempt_values(attempt, seq) for attempt in write.attempts)


def _write_rows(connection: sqlite3.Connection, rows: _Rows) -> None:
    _REQUESTS.write(connection, rows.requests)
    _FACTS.write(connection, rows.facts)
    if rows.bodies:
        seqs = [seq for seq, *_ in rows.bodies]
        forget_words(connection, seqs)
        _BODIES.write(connection, rows.bodies)
        add_words(connection, seqs)
    _SHARED_TEXTS.write(connection, list(rows.shared_texts.items()))
    _DECISIONS.write(connection, rows.decisions)
    _ATTEMPTS.write(connection, rows.attempts)
    rollups = _added_up(connection, rows)
    _ROLLUPS.write(connection, list(map(rollup_values, rollups.sums())))
    hours = rollups.sums(MINUTES_AN_HOUR)
    _HOUR_ROLLUPS.write(connection, list(map(rollup_values, hours)))


def _added_up(connection: sqlite3.Connection, rows: _Rows) -> Rollups:
    elsewhere = [seq for row, seq, tags in rows.ended if tags is None and row.status != "in_flight"]
    logged: dict[int, dict[str, str]] = {}
    if elsewhere:
        found = connection.execute(
            "SELECT seq, tags FROM facts WHERE tags <> '{}'"
            " AND seq IN (SELECT value FROM json_each(?))",
            [msgspec.json.encode(elsewhere).decode()],
        )
        logged = {seq: msgspec.json.decode(tags) for seq, tags in found}
    rollups = Rollups()
    for row, seq, tags in rows.ended:
        rollups.add(row, logged.get(seq, {}) if tags is None else tags)
    return rollups


def _known(connection: sqlite3.Connection, batch: Batch) -> dict[str, tuple[int, bool]]:
    """Return the number of each request that is in the log already, and whether it still runs."""
    [found] = connection.execute(
        "SELECT json_group_array(json_array(request_id, seq, status = 'in_flight'))"
        " FROM json_each(?) CROSS JOIN requests"
        " ON substr(request_id, 29) = substr(value, 29) AND request_id = value",
        [msgspec.json.encode(list(batch.requests)).decode()],
    ).fetchone()
    return {request_id: (seq, bool(runs)) for request_id, seq, runs in msgspec.json.decode(found)}


def _last_seq(connection: sqlite3.Connection) -> int:
    [seq] = connection.execute("SELECT max(seq) FROM requests").fetchone()
    return int(seq or 0)


def _chunks(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
    # Chunks of 64, 32, … 1 rows: seven texts of each statement, which SQLite need parse only once.
    start, size = 0, _ROWS_A_STATEMENT
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size
