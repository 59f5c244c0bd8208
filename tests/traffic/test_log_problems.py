"""Every way in which a log cannot be used is told in one sentence, with a hint."""

import os
import re
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from console.traffic import problem
from console.traffic.location import default_log_path
from console.traffic.opening import open_for_writing
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, facts, request


def make_log(path: Path, rows: int = 1) -> None:
    writer = LogWriter(path)
    for number in range(rows):
        writer.begin(request(number), facts(number), DECISION)
    writer.close()


def problem_of(open_log: Callable[[], object]) -> LogProblem:
    with pytest.raises(LogProblem) as told:
        open_log()
    found = told.value
    assert re.fullmatch(r"[^\n]+\.", found.message)
    assert found.hint.endswith(".")
    return found


def test_a_log_that_is_not_there_yet(path: Path) -> None:
    assert problem_of(lambda: LogReader(path)).kind == "missing"
    assert not path.parent.exists()


def test_a_log_that_is_just_being_made(tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()

    assert problem_of(lambda: LogReader(empty)).kind == "missing"


@pytest.mark.parametrize("content", [b"hello, I am a text", b"\x00" * 5_000, b"x" * 100_000])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)

    assert problem_of(lambda: LogReader(file)).kind == "not_a_log"
    assert problem_of(lambda: LogWriter(file)).kind == "not_a_log"
    assert file.read_bytes() == content


@pytest.mark.parametrize("head", ["application_id = 7", "user_version = 2", "user_version = 0"])
def test_somebody_elses_database_is_left_as_it_is(tmp_path: Path, head: str) -> None:
    file = tmp_path / "chat.db"
    other = sqlite3.connect(file)
    other.executescript(f"PRAGMA {head}; CREATE TABLE messages (text);")
    other.close()
    content = file.read_bytes()

    assert problem_of(lambda: LogReader(file)).kind == "not_a_log"
    assert problem_of(lambda: LogWriter(file)).kind == "not_a_log"
    assert file.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["chat.db"]


def test_a_folder_and_a_pipe_are_no_logs(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for place in (tmp_path, pipe):
        assert problem_of(partial(LogReader, place)).kind == "not_a_log"
        assert problem_of(partial(LogWriter, place)).kind == "not_a_log"


def test_a_log_of_a_later_version(path: Path) -> None:
    make_log(path)
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version = 99")
    later.close()

    found = problem_of(lambda: LogReader(path))
    assert found.kind == "newer_schema"
    assert "99" in found.message
    assert problem_of(lambda: LogWriter(path)).kind == "newer_schema"


def test_a_damaged_log(path: Path) -> None:
    make_log(path, rows=500)
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)

    assert problem_of(lambda: LogReader(path).newest(100)).kind == "corrupt"


def test_a_log_without_its_tables_is_damaged(path: Path) -> None:
    make_log(path)
    other = sqlite3.connect(path)
    other.execute("DROP TABLE requests")
    other.close()

    assert problem_of(lambda: LogReader(path).newest(1)).kind == "corrupt"


def test_a_damaged_decision_is_told_as_such(path: Path) -> None:
    make_log(path)
    other = sqlite3.connect(path)
    other.execute("UPDATE shared_texts SET text = '{'")
    other.commit()
    other.close()

    reader = LogReader(path)
    assert problem_of(lambda: reader.decision(request(0).request_id)).kind == "corrupt"


def test_a_log_that_another_process_keeps_to_itself(path: Path) -> None:
    make_log(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.executescript("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")

    assert problem_of(lambda: LogReader(path, timeout_s=0)).kind == "locked"
    other.close()


def test_what_the_system_refuses_is_told_as_unreadable(path: Path) -> None:
    refused = sqlite3.OperationalError("unable to open database file")
    refused.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN

    found = problem.from_sqlite(refused, path)
    assert isinstance(found, LogProblem)
    assert found.kind == "unreadable"


def test_a_path_through_a_file_is_told_as_unreadable(path: Path) -> None:
    make_log(path)

    assert problem_of(lambda: LogReader(path / "traffic.sqlite")).kind == "unreadable"
    assert problem_of(lambda: LogWriter(path / "traffic.sqlite")).kind == "unwritable"


def test_a_name_full_of_signs_is_a_name(tmp_path: Path) -> None:
    odd = tmp_path / "100% ?mode=rw#'; \x1b[31m.sqlite"
    make_log(odd)

    reader = LogReader(odd)
    assert len(reader.newest(5)) == 1
    reader.close()
    assert all(file.name.startswith(odd.name) for file in tmp_path.iterdir())


def test_a_read_can_be_stopped_from_another_thread(path: Path) -> None:
    make_log(path)
    reader = LogReader(path)
    running = threading.Event()

    def stop() -> None:
        running.wait(5)
        reader.interrupt()

    def tick() -> int:
        running.set()
        return 0

    reader._log._connection.set_progress_handler(tick, 1_000)
    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(ReadInterrupted):
        reader._log.rows(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        )
    stopper.join()
    reader._log._connection.set_progress_handler(None, 0)
    assert len(reader.newest(1)) == 1


def test_a_reader_cannot_write(path: Path) -> None:
    make_log(path)

    assert (
        problem_of(lambda: LogReader(path)._log.rows("DELETE FROM requests")).kind == "unwritable"
    )


def test_the_usual_log_is_in_the_users_state_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert default_log_path() == tmp_path / "route-console" / "traffic.sqlite"
    assert not default_log_path().parent.exists()


def test_opening_for_writing_twice_is_harmless(path: Path) -> None:
    one, other = open_for_writing(path), open_for_writing(path)

    assert one.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    one.close()
    other.close()
