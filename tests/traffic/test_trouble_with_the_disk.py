"""Requests are served whatever happens to the log, and the log catches up when it can."""

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from console.traffic.reader import LogReader
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, body, ended, facts, request, request_id
from tests.traffic.processes import log_requests

DEADLINE_S = 20.0


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_locked_log_is_waited_for_and_then_written(writer: LogWriter, path: Path) -> None:
    with locked(path):
        log_requests(writer, range(20))
        wait_until(lambda: writer.problem)
        assert "locked" in (writer.problem or "")
        assert writer.pending > 0

    assert writer.flush(DEADLINE_S)
    assert (writer.lost, writer.pending, writer.problem) == (0, 0, None)
    reader = LogReader(path)
    assert len(reader.newest(100)) == 20
    reader.close()


def test_a_full_disk_is_waited_for_and_then_written(writer: LogWriter, path: Path) -> None:
    writer.finish(ended(1))
    writer.flush()
    with files_no_longer_than(path.stat().st_size + 8_192):
        for number in range(2, 60):
            writer.begin(request(number), facts(number), DECISION, None, body(prompt="x" * 20_000))
        wait_until(lambda: writer.problem)
        assert "cannot be written" in (writer.problem or "")

    assert writer.flush(DEADLINE_S)
    assert (writer.lost, writer.problem) == (0, None)
    reader = LogReader(path)
    assert len(reader.newest(100)) == 59
    reader.close()


def test_what_no_longer_fits_in_memory_is_lost_and_counted(path: Path) -> None:
    writer = LogWriter(path, interval_s=0, max_pending_bytes=100_000)
    with locked(path):
        for number in range(20):
            writer.begin(request(number), facts(number), DECISION, None, body(prompt="x" * 20_000))
        assert writer.pending + writer.lost == 20
        assert writer.lost >= 15

    assert writer.flush(DEADLINE_S)
    kept = 20 - writer.lost
    writer.close()
    reader = LogReader(path)
    assert [row.request_id for row in reader.newest(99)] == [request_id(n) for n in range(kept)]
    reader.close()


def test_telling_the_log_does_not_wait_for_the_disk(path: Path) -> None:
    writer = LogWriter(path)
    with locked(path):
        log_requests(writer, range(1_000))
        assert writer.pending == 3_000

    writer.close(DEADLINE_S)
    assert writer.lost == 0


def test_closing_writes_everything_that_was_told(path: Path) -> None:
    writer = LogWriter(path, interval_s=60)
    log_requests(writer, range(5_000))
    writer.close(DEADLINE_S)

    reader = LogReader(path)
    assert len(reader.newest(10_000)) == 5_000
    reader.close()
    assert writer.lost == 0


def test_what_cannot_be_written_when_closing_is_counted_as_lost(path: Path) -> None:
    writer = LogWriter(path)
    with locked(path):
        log_requests(writer, range(10))
        writer.close(timeout_s=0)
    writer.finish(ended(99))

    assert writer.lost == 31
    assert writer.pending == 0


def test_a_log_that_was_deleted_is_begun_anew(writer: LogWriter, path: Path) -> None:
    log_requests(writer, range(3))
    writer.flush()
    path.unlink()
    log_requests(writer, range(10, 12))
    assert writer.flush()

    reader = LogReader(path)
    assert [row.request_id for row in reader.newest(9)] == [request_id(10), request_id(11)]
    reader.close()


def test_a_log_replaced_by_another_file_is_a_problem_until_that_is_gone(
    writer: LogWriter, path: Path
) -> None:
    log_requests(writer, range(10, 13))
    writer.flush()
    old = path.with_name("old.sqlite")
    path.rename(old)
    path.write_text("shopping list " * 100)
    log_requests(writer, range(2))
    wait_until(lambda: writer.problem)
    assert "is not a traffic log" in (writer.problem or "")
    assert path.read_text().startswith("shopping list")

    path.unlink()
    assert writer.flush(DEADLINE_S)
    assert (writer.problem, writer.lost) == (None, 0)
    reader = LogReader(old)
    assert len(reader.newest(9)) == 3
    reader.close()


def test_a_request_that_ends_within_a_batch_is_one_insert(path: Path) -> None:
    writer = LogWriter(path, interval_s=60)
    statements: list[str] = []
    writer._connection.set_trace_callback(statements.append)
    log_requests(writer, range(1))
    writer.flush()
    writer.close()

    written = [s for s in statements if s.startswith(("INSERT INTO requests", "UPDATE requests"))]
    assert len(written) == 1
