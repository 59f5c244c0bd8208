"""What is too old is deleted, and nothing else."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from console.traffic.filters.compiling import selection_of
from console.traffic.filters.nodes import Words
from console.traffic.opening import open_for_writing
from console.traffic.pages import Pages
from console.traffic.reader import LogReader
from console.traffic.records import OutcomeRow
from console.traffic.retention import Pruned, Retention, prune, what_is_too_old
from console.traffic.selection import Selection
from console.traffic.upkeep import LogUpkeep
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, EXPLANATION, NOON, attempt, body, ended, facts, request
from tests.traffic.test_trouble_with_the_disk import wait_until

DAY_S = 86_400.0
TEXT = "a prompt that is to be forgotten"


@pytest.fixture
def log(path: Path) -> Path:
    """A log of 300 requests, one a day, the last of them at noon."""
    writer = LogWriter(path, interval_s=0.001)
    for number in range(300):
        ts = NOON - (299 - number) * DAY_S
        row = {"ts_start": ts, "prompt_preview": TEXT}
        writer.begin(
            request(number, **row),
            facts(number),
            DECISION,
            lambda: EXPLANATION,
            body(number, prompt=TEXT),
        )
        writer.attempt(attempt(number, error_message=TEXT))
        writer.finish(ended(number, **row))
        writer.outcome(OutcomeRow(ended(number).request_id, ts, "good", 1.0, comment=TEXT))
    assert writer.flush(30)
    writer.close()
    return path


def words(text: str) -> Selection:
    return selection_of(Words(text))


def pruned(log: Path, **ages_s: float) -> Pruned:
    with closing(open_for_writing(log)) as connection:
        return prune(connection, Retention(**ages_s), NOON + 1)


def test_old_texts_go_and_their_requests_stay(log: Path) -> None:
    found = pruned(log, texts_s=30 * DAY_S)

    assert (found.texts, found.comments, found.rows) == (270, 270, 0)
    reader = LogReader(log)
    assert len(reader.newest(999)) == 300
    old, new = ended(0).request_id, ended(299).request_id
    assert reader.body(old) is None
    row = reader.request(old)
    assert row is not None
    assert (row.prompt_preview, row.status) == (None, "ok")
    assert reader.attempts(old)[0].error_message is None
    assert reader.outcomes(old)[0].comment is None
    kept = reader.body(new)
    assert kept is not None
    assert kept.prompt == TEXT
    reader.close()


def test_old_requests_go_with_all_that_belongs_to_them_and_the_minutes_stay(log: Path) -> None:
    found = pruned(log, rows_s=30 * DAY_S)

    assert found.rows == 270
    reader = LogReader(log)
    assert len(reader.newest(999)) == 30
    old = ended(0).request_id
    assert (reader.request(old), reader.facts(old), reader.outcomes(old)) == (None, None, [])
    assert reader.decision(ended(299).request_id) is not None
    assert sum(minute.requests for minute in reader.rollups("route", 0, 4e9)) == 300
    reader.close()


def test_what_no_request_refers_to_any_more_goes_too(log: Path) -> None:
    pruned(log, rows_s=0.0)

    with closing(sqlite3.connect(log)) as connection:
        for table in ("requests", "attempts", "facts", "bodies", "decisions", "shared_texts"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_deleted_texts_are_gone_from_the_file_and_the_file_is_smaller(log: Path) -> None:
    before = log.stat().st_size
    found = pruned(log, rows_s=0.0)

    assert TEXT.encode() not in log.read_bytes()
    assert found.freed_bytes == before - log.stat().st_size > 0


def test_words_of_deleted_texts_are_gone_from_the_index_too(log: Path) -> None:
    writer = LogWriter(log)
    for number, prompt, ts in ((900, "Zanzibar", NOON - DAY_S), (901, "Timbuktu", NOON)):
        row = request(number, ts_start=ts)
        writer.begin(row, facts(number), DECISION, None, body(number, prompt=prompt))
    writer.close()
    pruned(log, texts_s=DAY_S / 2)

    reader = LogReader(log)
    assert [row.seq for row in Pages(reader, words("timbuktu")).page("before", None, 9)] == [302]
    assert Pages(reader, words("zanzibar")).page("before", None, 9) == []
    reader.close()
    assert b"anzibar" not in log.read_bytes().lower()
    assert b"imbuktu" in log.read_bytes()


def test_what_would_be_deleted_is_told_without_deleting_it(log: Path) -> None:
    with closing(open_for_writing(log)) as connection:
        retention = Retention(texts_s=30 * DAY_S, rows_s=180 * DAY_S)
        told = what_is_too_old(connection, retention, NOON + 1)

    assert (told.texts, told.comments, told.rows) == (150, 270, 120)
    found = pruned(log, texts_s=30 * DAY_S, rows_s=180 * DAY_S)
    assert (found.texts, found.rows) == (told.texts, told.rows)


def test_a_gateway_writes_on_while_its_log_is_pruned(log: Path) -> None:
    writer = LogWriter(log, interval_s=0.001)
    upkeep = LogUpkeep(log, Retention(rows_s=0.0))
    upkeep.start()
    reader = LogReader(log, timeout_s=5)
    number = 1000

    def is_pruned() -> bool:
        nonlocal number
        number += 1
        writer.finish(ended(number, ts_start=4e9))
        return reader.request(ended(0).request_id) is None and reader.first_seq() != 1

    wait_until(is_pruned)
    wait_until(lambda: (reader.newest(999)[0].ts_start) == 4e9)
    upkeep.stop()

    assert writer.flush(20)
    assert (writer.lost, writer.problem, upkeep.problem) == (0, None, None)
    assert len(reader.newest(9999)) == number - 1000
    reader.close()
    writer.close()
