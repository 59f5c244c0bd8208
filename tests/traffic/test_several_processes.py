"""Several processes on one log: two writers, a reader beside a writer, a killed gateway."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from console.traffic.reader import LogReader
from console.traffic.rollups import Rollups
from console.traffic.tail import Tail
from console.traffic.writer import LogWriter
from tests.traffic.building import ended, request_id

ROOT = Path(__file__).parents[2]


def start(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.traffic.processes", str(path), str(first), str(last)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def wait_for(process: subprocess.Popen[str], number: int) -> int:
    """Return the number up to which the process says everything is on disk."""
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= number:
            return int(line)
    raise AssertionError(f"the process ended before {number}")


def rows_in(path: Path) -> list[str]:
    reader = LogReader(path)
    rows = reader.newest(100_000)
    hits = reader.rule_hits(0)
    reader.close()
    completed = [row for row in rows if row.status != "in_flight"]
    assert sum(hits.values()) == len(completed)
    return [row.request_id for row in rows]


def test_a_killed_gateway_leaves_a_sound_log_with_all_that_was_flushed(path: Path) -> None:
    process = start(path, 0, 1_000_000)
    flushed = wait_for(process, 500)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    assert {request_id(number) for number in range(flushed)} <= set(rows_in(path))
    LogWriter(path).close()
    log = sqlite3.connect(path)
    assert log.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert log.execute("SELECT count(*) FROM requests").fetchone()[0] >= flushed
    log.close()


def test_a_gateway_goes_on_where_a_killed_one_stopped(path: Path) -> None:
    process = start(path, 0, 1_000_000)
    flushed = wait_for(process, 100)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    writer = LogWriter(path)
    writer.finish(ended(5_000_000))
    assert writer.flush()
    writer.close()

    found = rows_in(path)
    assert len(found) > flushed
    assert found[-1] == request_id(5_000_000)


def test_two_gateways_on_one_log_lose_nothing(path: Path) -> None:
    both = [start(path, 0, 1_000), start(path, 10_000, 11_000)]

    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0

    wanted = {request_id(number) for number in (*range(1_000), *range(10_000, 11_000))}
    assert set(rows_in(path)) == wanted


def test_a_reader_beside_a_writer_sees_every_row_once_and_in_order(path: Path) -> None:
    LogWriter(path).close()
    reader = LogReader(path, timeout_s=5)
    tail = Tail(reader)
    process = start(path, 0, 800)
    assert process.stdout is not None

    seen = []
    for _ in process.stdout:
        while (step := tail.poll()).new_rows:
            seen += step.new_rows
    process.wait()

    assert [row.request_id for row in seen] == [request_id(number) for number in range(800)]
    assert [row.seq for row in seen] == list(range(1, 801))
    reader.close()


def test_a_reader_waiting_on_its_page_does_not_hold_back_the_writers_checkpoints(
    path: Path,
) -> None:
    writer = LogWriter(path, interval_s=0)
    writer.finish(ended(1))
    writer.flush()
    reader = LogReader(path)
    reader.newest(1)
    outside = sqlite3.connect(path, isolation_level=None)
    busy, pages, moved = outside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    assert (busy, pages) == (0, moved)
    outside.close()
    reader.close()
    writer.close()


def test_the_minutes_of_two_gateways_add_up(path: Path) -> None:
    one, other = LogWriter(path, interval_s=0), LogWriter(path, interval_s=0)
    for number in range(50):
        (one if number % 2 else other).finish(ended(number, duration_ms=float(number + 1)))
    one.close()
    other.close()

    reader = LogReader(path)
    wanted = Rollups()
    for row in reader.newest(100):
        wanted.add(row, {})
    [route] = [rollup for rollup in wanted.sums() if rollup.dimension == "route"]
    assert reader.rollups("route", 0, 4e9) == [route]
    reader.close()
