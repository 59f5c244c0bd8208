"""A log is made, and an old one brought up to date, with nothing in it lost."""

import sqlite3
from pathlib import Path

import pytest

from console.traffic import migrations
from console.traffic.filters.compiling import selection_of
from console.traffic.filters.nodes import Words
from console.traffic.histogram import Histogram
from console.traffic.pages import Pages
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.traffic.rows import REQUEST_COLUMNS, request_values
from console.traffic.schema import APPLICATION_ID, SCHEMA_VERSION
from console.traffic.writer import LogWriter
from tests.traffic.building import NOON, ended, request_id


def make_old_log(path: Path, stop_before: str) -> None:
    """Make a log as it was before a migration, with three requests in it."""
    path.parent.mkdir(parents=True)
    log = sqlite3.connect(path, isolation_level=None)
    migrations.apply_missing(log, stop_before=stop_before)
    columns = REQUEST_COLUMNS[: REQUEST_COLUMNS.index("gateway_id")]
    places = ", ".join("?" * len(columns))
    for number in (1, 2, 3):
        row = ended(number, rule_id="code" if number > 1 else None, cost_usd=0.5)
        log.execute(
            f"INSERT INTO requests ({', '.join(columns)}) VALUES ({places})",
            request_values(row, number)[: len(columns)],
        )
    log.close()


def schema_of(path: Path) -> set[tuple[str, str]]:
    log = sqlite3.connect(path)
    found = {(name, sql) for name, sql in log.execute("SELECT name, sql FROM sqlite_master")}
    log.close()
    return found


def test_a_new_log_is_marked_as_ours_with_todays_schema(path: Path) -> None:
    LogWriter(path).close()

    log = sqlite3.connect(path)
    assert log.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert log.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert log.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    log.close()


def test_an_empty_file_becomes_a_log(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    writer = LogWriter(path)
    writer.finish(ended(1))
    writer.close()

    reader = LogReader(path)
    assert reader.last_seq() == 1
    reader.close()


@pytest.mark.parametrize("stop_before", ["m002_operations", "m003_rollups"])
def test_an_older_log_is_migrated_by_a_writer_and_keeps_its_rows(
    path: Path, tmp_path: Path, stop_before: str
) -> None:
    make_old_log(path, stop_before)

    writer = LogWriter(path)
    writer.finish(ended(4, rule_id="code"))
    writer.close()

    reader = LogReader(path)
    assert [row.request_id for row in reader.newest(9)] == [request_id(n) for n in (1, 2, 3, 4)]
    assert reader.rule_hits(NOON) == {None: 1, "code": 3}
    [route] = reader.rollups("route", NOON, NOON + 60)
    assert (route.requests, route.cost_usd, route.cost_unknown) == (4, 1.5, 1)
    reader.close()
    LogWriter(tmp_path / "new.sqlite").close()
    assert schema_of(path) == schema_of(tmp_path / "new.sqlite")


def test_of_an_older_log_s_attempts_it_is_unknown_whether_they_were_held_back(path: Path) -> None:
    make_old_log(path, "m004_held_back")
    log = sqlite3.connect(path, isolation_level=None)
    log.execute(
        "INSERT INTO attempts (seq, attempt_no, kind, provider_name, model, ts_start)"
        " VALUES (1, 1, 'primary', 'east', 'small', 0)"
    )
    log.close()

    LogWriter(path).close()

    reader = LogReader(path)
    [attempt] = reader.attempts(request_id(1))
    assert (attempt.model, attempt.held_back) == ("small", None)
    reader.close()


def test_a_reader_tells_an_older_log_and_leaves_it_as_it_is(path: Path) -> None:
    make_old_log(path, "m003_rollups")
    before = path.read_bytes()

    with pytest.raises(LogProblem) as told:
        LogReader(path)

    assert told.value.kind == "older_schema"
    assert "schema 2" in told.value.message
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_log_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old_log(path, "m002_operations")
    before = schema_of(path)

    def broken(values: object) -> None:
        raise RuntimeError("stopped half way")

    monkeypatch.setattr(migrations, "request_of", broken)
    with pytest.raises(RuntimeError):
        LogWriter(path)

    assert schema_of(path) == before
    monkeypatch.undo()
    LogWriter(path).close()
    assert LogReader(path).last_seq() == 3


@pytest.mark.parametrize(
    ("column", "index"),
    [
        ("route", "requests_route"),
        ("error_type", "requests_error_type"),
        ("client", "requests_client"),
        ("task", "requests_task"),
        ("rule_id", "requests_rule"),
        ("response_model", "requests_model"),
        ("override_id", "requests_override"),
        ("status <> 'ok' AND status", "requests_status"),
    ],
)
def test_a_page_of_one_value_is_read_from_its_index_in_order(
    path: Path, column: str, index: str
) -> None:
    LogWriter(path).close()
    log = sqlite3.connect(path)
    plan = log.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM requests"
        f" WHERE {column} = ? AND seq < ? ORDER BY seq DESC LIMIT 50",
        ["x", 9],
    ).fetchall()
    log.close()

    [step] = [detail for *_, detail in plan]
    assert f"USING INDEX {index}" in step


def test_an_older_logs_minutes_become_hours(path: Path) -> None:
    make_old_log(path, "m007_hours")
    log = sqlite3.connect(path, isolation_level=None)
    log.execute("DELETE FROM rollups")
    log.execute(
        "INSERT INTO rollups VALUES ('route', ?, 'small', 5, 1, 0, 0, 0, 0, 9, 9, 0, 0.5, 0, ?, ?)",
        (int(NOON // 60) + 61, Histogram().encode(), Histogram().encode()),
    )
    log.close()

    LogWriter(path).close()

    reader = LogReader(path)
    hour = (int(NOON // 60) + 61) // 60 * 60
    [found] = reader.connection.rows(
        "SELECT minute, requests, errors, cost_usd FROM hour_rollups WHERE dimension = 'route'"
    )
    assert found == (hour, 5, 1, 0.5)
    reader.close()


def test_the_words_of_an_older_logs_texts_are_found_after_migration(path: Path) -> None:
    make_old_log(path, "m008_words")
    log = sqlite3.connect(path, isolation_level=None)
    log.execute("INSERT INTO bodies (seq, prompt, truncated) VALUES (2, 'An old Refund', 0)")
    log.close()

    LogWriter(path).close()

    reader = LogReader(path)
    found = Pages(reader, selection_of(Words("refund"))).page("before", None, 9)
    assert [row.request_id for row in found] == [request_id(2)]
    assert reader.request(request_id(3)) is not None
    reader.close()
