"""The tables of a traffic log and how an older log gets them. Imported only to migrate.

A migration that was released is never edited; a change of the schema is a new one at the end, with
the next number in `user_version` and in `schema.SCHEMA_VERSION`.

- An index on a rowid table ends in the rowid, which is `seq` here: `(route)` serves "by route,
  newest first" as `(route, seq)` would.
- Columns that are mostly empty, and the status that is mostly `ok`, have partial indexes. A query
  that wants the one on status repeats its condition: `status = 'error' AND status <> 'ok'`.
- Side tables are keyed by `seq`, a few bytes where `request_id` takes 36.
"""

import sqlite3
from collections.abc import Iterable

from sqlite_utils import Database, Migrations

from console.traffic import word_index
from console.traffic.filters.fields import DEAR_FROM_USD, SLOW_FROM_MS
from console.traffic.rollups import MINUTES_AN_HOUR, TAG, MinuteRollup, Rollups
from console.traffic.rows import (
    ID_TAIL,
    REQUEST_COLUMNS,
    ROLLUP_COLUMNS,
    request_of,
    rollup_of,
    rollup_values,
    select,
)

_migrations = Migrations("route-console traffic log")

_FIRST_REQUEST_COLUMNS = REQUEST_COLUMNS[: REQUEST_COLUMNS.index("prompt_preview") + 1]
"""The columns of `requests` before a migration added one; later ones stand behind them."""


def apply_missing(connection: sqlite3.Connection, *, stop_before: str | None = None) -> None:
    """Run the migrations that the log has not seen, within the caller's transaction."""
    database = Database(connection, execute_plugins=False, recursive_triggers=False)
    _migrations.apply(database, stop_before=stop_before)


@_migrations()
def m001_requests(db: Database) -> None:
    """Requests with what belongs to each: attempts, facts, texts, decision, outcomes."""
    db.execute("PRAGMA application_id = 0x72634C67")
    db.execute("PRAGMA user_version = 1")
    _create_requests(db)
    db.execute(
        """
        CREATE TABLE attempts (
            seq INTEGER NOT NULL,
            attempt_no INTEGER NOT NULL,
            kind TEXT NOT NULL,
            provider_name TEXT NOT NULL,
            model TEXT NOT NULL,
            ts_start REAL NOT NULL,
            duration_ms REAL,
            time_to_first_chunk_ms REAL,
            http_status INTEGER,
            error_type TEXT,
            retry_after_s REAL,
            input_tokens INTEGER,
            output_tokens INTEGER,
            cost_usd REAL,
            why_next TEXT,
            PRIMARY KEY (seq, attempt_no)
        ) STRICT, WITHOUT ROWID
        """
    )
    _create(
        db,
        "facts",
        {
            "seq": int,
            "task": str,
            "model": str,
            "client": str,
            "tags": str,
            "input_tokens": int,
            "max_output_tokens": int,
            "turns": int,
            "hidden_chars": int,
            "tools": int,
            "images": int,
            "audio": int,
            "stream": int,
            "response_format": str,
        },
        optional={"task", "client", "max_output_tokens"},
    )
    _create(
        db,
        "bodies",
        {
            "seq": int,
            "prompt": str,
            "system": str,
            "conversation": str,
            "answer": str,
            "truncated": int,
        },
        optional={"prompt", "system", "conversation", "answer"},
    )
    _create(
        db, "decisions", {"seq": int, "digest": int, "explanation": str}, optional={"explanation"}
    )
    _create(db, "shared_texts", {"digest": int, "text": str}, pk="digest")
    _create(
        db,
        "outcomes",
        {
            "outcome_id": int,
            "request_id": str,
            "ts": float,
            "name": str,
            "score": float,
            "label": str,
            "comment": str,
            "source": str,
            "idempotency_key": str,
        },
        pk="outcome_id",
        optional={"score", "label", "comment", "source", "idempotency_key"},
    )
    db.table("outcomes").create_index(["request_id"], index_name="outcomes_request")
    db.table("outcomes").create_index(["idempotency_key"], "outcomes_idempotency", unique=True)


def _create_requests(db: Database) -> None:
    _create(
        db,
        "requests",
        {
            "seq": int,
            "request_id": str,
            "ts_start": float,
            "table_version": str,
            "reason": str,
            "duration_ms": float,
            "time_to_first_chunk_ms": float,
            "gateway_overhead_ms": float,
            "operation_name": str,
            "client": str,
            "conversation_id": str,
            "client_retry_count": int,
            "client_timeout_s": float,
            "task": str,
            "task_source": str,
            "request_model": str,
            "route": str,
            "rule_id": str,
            "override_id": str,
            "rollout_bucket": int,
            "provider_name": str,
            "response_model": str,
            "n_attempts": int,
            "n_fallbacks": int,
            "escalated": int,
            "escalation_reason": str,
            "status": str,
            "http_status": int,
            "error_type": str,
            "finish_reason": str,
            "stream_end": str,
            "input_tokens": int,
            "output_tokens": int,
            "cache_read_tokens": int,
            "reasoning_tokens": int,
            "usage_source": str,
            "cost_usd": float,
            "cost_source": str,
            "stream": int,
            "prompt_hash": str,
            "prompt_preview": str,
        },
        required={
            "request_id",
            "ts_start",
            "table_version",
            "reason",
            "operation_name",
            "task_source",
            "n_attempts",
            "n_fallbacks",
            "escalated",
            "status",
            "usage_source",
            "stream",
        },
    )
    requests = db.table("requests")
    requests.create_index(["request_id"], "requests_request_id", unique=True)
    requests.create_index(["ts_start"], "requests_ts_start")
    requests.create_index(["route"], "requests_route")
    db.execute("CREATE INDEX requests_status ON requests (status) WHERE status <> 'ok'")
    for sparse in (
        "CREATE INDEX requests_error_type ON requests (error_type) WHERE error_type IS NOT NULL",
        "CREATE INDEX requests_client ON requests (client) WHERE client IS NOT NULL",
        "CREATE INDEX requests_task ON requests (task) WHERE task IS NOT NULL",
        "CREATE INDEX requests_rule ON requests (rule_id) WHERE rule_id IS NOT NULL",
        "CREATE INDEX requests_model ON requests (response_model) WHERE response_model IS NOT NULL",
        "CREATE INDEX requests_override ON requests (override_id) WHERE override_id IS NOT NULL",
    ):
        db.execute(sparse)


@_migrations()
def m002_operations(db: Database) -> None:
    """What was in service: table versions with their text, overrides, gateways."""
    db.execute("PRAGMA user_version = 2")
    _create(
        db,
        "table_versions",
        {"version": str, "ts": float, "author": str, "because": str, "text": str},
        pk="version",
        optional={"author", "because"},
    )
    _create(
        db,
        "overrides",
        {
            "change_no": int,
            "ts": float,
            "change": str,
            "override_id": str,
            "provider": str,
            "model": str,
            "route": str,
            "to_route": str,
            "until_ts": float,
            "because": str,
            "by": str,
        },
        pk="change_no",
        optional={"provider", "model", "route", "to_route"},
    )
    _create(
        db,
        "gateways",
        {
            "gateway_id": str,
            "pid": int,
            "host": str,
            "address": str,
            "started_ts": float,
            "heartbeat_ts": float,
            "table_name": str,
            "table_version": str,
            "table_since_ts": float,
            "last_problem": str,
        },
        pk="gateway_id",
        optional={"last_problem"},
    )


@_migrations()
def m003_rollups(db: Database) -> None:
    """Traffic by the minute, filled from the requests already there."""
    db.execute("PRAGMA user_version = 3")
    _create_rollups(db, "rollups")
    rollups = Rollups()
    for values in db.execute(select(_FIRST_REQUEST_COLUMNS, "requests")):
        rollups.add(request_of(values), {})
    # Tags were not looked at: they are counted from now on only.
    _insert_rollups(db, "rollups", (one for one in rollups.sums() if one.dimension != TAG))


def _create_rollups(db: Database, name: str) -> None:
    db.execute(
        f"""
        CREATE TABLE {name} (
            dimension TEXT NOT NULL,
            minute INTEGER NOT NULL,
            value TEXT NOT NULL,
            requests INTEGER NOT NULL,
            errors INTEGER NOT NULL,
            cancelled INTEGER NOT NULL,
            degraded INTEGER NOT NULL,
            fallbacks INTEGER NOT NULL,
            escalations INTEGER NOT NULL,
            input_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            tokens_unknown INTEGER NOT NULL,
            cost_usd REAL NOT NULL,
            cost_unknown INTEGER NOT NULL,
            latency BLOB NOT NULL,
            first_chunk BLOB NOT NULL,
            PRIMARY KEY (dimension, minute, value)
        ) STRICT, WITHOUT ROWID
        """
    )


def _insert_rollups(db: Database, name: str, sums: Iterable[MinuteRollup]) -> None:
    marks = ", ".join("?" * len(ROLLUP_COLUMNS))
    db.conn.executemany(
        f"INSERT INTO {name} VALUES ({marks})",  # noqa: S608 - our own names
        map(rollup_values, sums),
    )


@_migrations()
def m004_held_back(db: Database) -> None:
    """Whether a streamed attempt was held back to be judged; unknown for those already there."""
    db.execute("PRAGMA user_version = 4")
    db.execute("ALTER TABLE attempts ADD COLUMN held_back INTEGER")


@_migrations()
def m005_health_and_overrides(db: Database) -> None:
    """Which targets a gateway leaves alone; and each change of an override once."""
    db.execute("PRAGMA user_version = 5")
    db.execute("ALTER TABLE gateways ADD COLUMN health TEXT")
    # Several gateways see the same change; the log has it once.
    db.execute("CREATE UNIQUE INDEX overrides_change ON overrides (override_id, change, until_ts)")
    db.execute("CREATE INDEX overrides_ts ON overrides (ts)")


@_migrations()
def m006_whose_and_what_was_said(db: Database) -> None:
    """Which gateway serves a request and which process that is; what providers say of failures."""
    db.execute("PRAGMA user_version = 6")
    db.execute("ALTER TABLE requests ADD COLUMN gateway_id TEXT")
    db.execute("ALTER TABLE attempts ADD COLUMN error_message TEXT")
    db.execute("ALTER TABLE gateways ADD COLUMN process TEXT")


@_migrations()
def m007_hours(db: Database) -> None:
    """Traffic by the hour, made of the minutes there are.

    By client it is counted from now on only: to go through all rows of a large log again would
    keep its gateways from serving for minutes.
    """
    db.execute("PRAGMA user_version = 7")
    _create_rollups(db, "hour_rollups")
    hours: dict[tuple[str, int, str | None], MinuteRollup] = {}
    for values in db.execute(select(ROLLUP_COLUMNS, "rollups")):
        minute = rollup_of(values)
        first = minute.minute // MINUTES_AN_HOUR * MINUTES_AN_HOUR
        key = (minute.dimension, first, minute.value)
        if key not in hours:
            hours[key] = MinuteRollup(*key)
        hours[key].merge(minute)
    _insert_rollups(db, "hour_rollups", hours.values())


@_migrations()
def m008_words(db: Database) -> None:
    """An index of the words of texts, filled from those already there."""
    db.execute("PRAGMA user_version = 8")
    db.execute(word_index.CREATE)
    word_index.index_all(db.conn)


@_migrations()
def m009_smaller_rows(db: Database) -> None:
    """Find a request by the end of its id: an index of whole ids is the largest of all."""
    db.execute("PRAGMA user_version = 9")
    db.execute("DROP INDEX requests_request_id")
    db.execute(f"CREATE INDEX requests_id_tail ON requests ({ID_TAIL})")


@_migrations()
def m010_saves(db: Database) -> None:
    """Who saved which version of a table, and why; one that comes back is saved again."""
    db.execute("PRAGMA user_version = 10")
    _create(
        db,
        "table_saves",
        {
            "save_no": int,
            "ts": float,
            "version": str,
            "before": str,
            "author": str,
            "because": str,
            "is_rollback": int,
        },
        pk="save_no",
        optional={"before"},
    )


@_migrations()
def m011_slow_and_dear(db: Database) -> None:
    """Find the few requests that took very long or cost very much without looking at all."""
    db.execute("PRAGMA user_version = 11")
    db.execute(
        "CREATE INDEX requests_slow ON requests (duration_ms)"
        f" WHERE duration_ms >= {SLOW_FROM_MS!r}"
    )
    db.execute(
        f"CREATE INDEX requests_dear ON requests (cost_usd) WHERE cost_usd >= {DEAR_FROM_USD!r}"
    )


def _create(
    db: Database,
    name: str,
    columns: dict[str, type],
    *,
    pk: str = "seq",
    required: set[str] | None = None,
    optional: set[str] | None = None,
) -> None:
    """Create a strict table; name either its required columns or its optional ones."""
    if required is None:
        required = set(columns) - {pk} - (optional or set())
    db.table(name).create(columns, pk=pk, not_null=required, strict=True)
