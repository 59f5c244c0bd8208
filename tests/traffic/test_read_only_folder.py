"""Reading a log whose folder the reader may not write to."""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.traffic.opening import wal_of
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.traffic.tail import Tail
from console.traffic.writer import LogWriter
from tests.traffic.building import ended, request_id
from tests.traffic.processes import as_somebody_without_rights, log_requests


@pytest.fixture
def shown() -> Iterator[Path]:
    """A log of five requests in a folder that everybody may look into."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "traffic.sqlite"
    writer = LogWriter(path)
    log_requests(writer, range(5))
    writer.close()
    show(path)
    yield path
    folder.chmod(0o700)
    shutil.rmtree(folder)


def show(path: Path) -> None:
    """Let everybody read, and nobody but root write."""
    for file in path.parent.iterdir():
        file.chmod(0o444)
    path.parent.chmod(0o555)


def read_five(path: Path) -> None:
    reader = LogReader(path)
    assert [row.request_id for row in reader.newest(9)] == [request_id(n) for n in range(5)]
    reader.close()


def test_a_log_that_was_closed_well_can_be_read(shown: Path) -> None:
    assert not wal_of(shown).exists()

    as_somebody_without_rights(lambda: read_five(shown))


def test_a_log_of_somebody_else_is_unreadable(shown: Path) -> None:
    shown.chmod(0o400)

    def read() -> None:
        with pytest.raises(LogProblem) as told:
            LogReader(shown)
        assert told.value.kind == "unreadable"
        assert "permissions" in told.value.hint

    as_somebody_without_rights(read)


def test_a_log_whose_gateway_was_killed_can_be_read_while_both_neighbours_are_there(
    shown: Path,
) -> None:
    alive = shown.with_name("alive.sqlite")
    shown.parent.chmod(0o700)
    writer = LogWriter(alive, interval_s=0)
    log_requests(writer, range(5))
    writer.flush()
    left = shown.with_name("left.sqlite")
    for neighbour in ("", "-wal", "-shm"):
        shutil.copy(f"{alive}{neighbour}", f"{left}{neighbour}")
    writer.close()
    show(shown)

    as_somebody_without_rights(lambda: read_five(left))


def test_a_log_whose_gateway_was_killed_and_that_lost_a_neighbour_is_unreadable(
    shown: Path,
) -> None:
    shown.parent.chmod(0o700)
    wal_of(shown).write_bytes(os.urandom(100))
    show(shown)

    def read() -> None:
        with pytest.raises(LogProblem) as told:
            LogReader(shown)
        assert told.value.kind == "unreadable"
        assert "-wal" in told.value.hint

    as_somebody_without_rights(read)


@pytest.mark.skipif(os.geteuid() != 0, reason="takes two users: root writes, somebody reads")
def test_a_log_with_a_live_gateway_of_another_user_can_be_followed(shown: Path) -> None:
    writer = LogWriter(shown, interval_s=0)
    writer.finish(ended(100))
    writer.flush()
    show(shown)
    told, asked = os.pipe(), os.pipe()

    def follow() -> None:
        tail = Tail(LogReader(shown))
        os.write(told[1], b"x")
        os.read(asked[0], 1)
        assert [row.request_id for row in tail.poll().new_rows] == [request_id(101)]

    def write_meanwhile() -> None:
        os.read(told[0], 1)
        writer.finish(ended(101))
        assert writer.flush()
        os.write(asked[1], b"x")

    thread = threading.Thread(target=write_meanwhile)
    thread.start()
    as_somebody_without_rights(follow)
    thread.join()
    writer.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="takes two users: root writes, somebody reads")
def test_a_log_to_which_a_gateway_comes_later_can_be_followed_too(shown: Path) -> None:
    came, opened = os.pipe(), os.pipe()

    def follow() -> None:
        tail = Tail(LogReader(shown))
        os.write(opened[1], b"x")
        os.read(came[0], 1)
        assert tail.poll().replaced
        assert tail.poll().last_seq == 6

    def come() -> None:
        os.read(opened[0], 1)
        writer.append(LogWriter(shown, interval_s=0))
        writer[0].finish(ended(100))
        writer[0].flush()
        show(shown)
        os.write(came[1], b"x")

    writer: list[LogWriter] = []
    thread = threading.Thread(target=come)
    thread.start()
    as_somebody_without_rights(follow)
    thread.join()
    writer[0].close()
