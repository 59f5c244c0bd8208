"""The overrides' file under two writers at once, and under a writer that is killed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from console.table.atomic_file import FileLockedError, lock_beside
from console.table.override_edits import Edited
from console.table.override_file import edit_overrides_file
from console.table.overrides import parse_overrides, read_overrides

WRITER = """
import sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from console.table.override_edits import edited
from console.table.override_file import edit_overrides_file
from console.table.overrides import Drain, Override

path, name, count, padding = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
until = datetime.now(UTC) + timedelta(days=1)
for number in range(count):
    one = Override(f"{name}-{number}", until, "x" * padding, name, Drain(model="big"))
    edit_overrides_file(path, lambda text: edited(text, time.time(), add=one))
    print(one.id, flush=True)
"""


def writer(path: Path, name: str, count: int, padding: int = 1) -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count), str(padding)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "desk.overrides.yaml"
    writers = [writer(path, name, 15) for name in ("al", "bo")]
    for process in writers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()

    assert [process.wait(60) for process in writers] == [0, 0]

    ids = {override.id for override in read_overrides(path).overrides}
    assert ids == {f"{name}-{number}" for name in ("al", "bo") for number in range(15)}
    for process in writers:
        process.communicate()


@pytest.mark.parametrize("writes_before", [1, 3, 6])
def test_a_writer_killed_at_any_moment_leaves_a_whole_file_with_all_it_told(
    tmp_path: Path, writes_before: int
) -> None:
    path = tmp_path / "desk.overrides.yaml"
    process = writer(path, "al", 10_000, padding=20_000)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    told = [process.stdout.readline().strip() for _ in range(writes_before)]

    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()

    told += rest.split()
    found = read_overrides(path)
    assert found.problems == []
    ids = [override.id for override in found.overrides]
    assert ids[: len(told)] == told
    assert len(ids) <= len(told) + 1
    # Whatever the killed one left behind, the next writes on.
    edit_overrides_file(path, _replaced("version: 1\n"))
    assert path.read_text() == "version: 1\n"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "desk.overrides.yaml"
    long = "version: 1\n" + "# filling\n" * 20_000
    edit_overrides_file(path, _replaced(long))
    stop = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        edit_overrides_file(path, _replaced("version: 1\n"))
        edit_overrides_file(path, _replaced(long))
    stop.set()
    reader.join()

    assert seen <= {long, "version: 1\n"}
    assert all(not parse_overrides(text).problems for text in seen)


def test_mode_is_kept_and_a_link_is_followed(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("version: 1\n")
    real.chmod(0o640)
    link = tmp_path / "desk.overrides.yaml"
    link.symlink_to(real)

    edit_overrides_file(link, _replaced("version: 1\noverrides: []\n"))

    assert link.is_symlink()
    assert real.read_text() == "version: 1\noverrides: []\n"
    assert real.stat().st_mode & 0o777 == 0o640


def test_an_edit_that_changes_nothing_leaves_the_file_untouched(tmp_path: Path) -> None:
    path = tmp_path / "desk.overrides.yaml"
    edit_overrides_file(path, _replaced(""))
    assert not path.exists()
    path.write_text("version: 1\n")
    before = path.stat()

    edit_overrides_file(path, _replaced("version: 1\n"))

    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_edit_that_is_refused_changes_nothing_and_lets_the_next_writer_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "desk.overrides.yaml"

    def refuses(text: str) -> Edited:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        edit_overrides_file(path, refuses)

    edit_overrides_file(path, _replaced("version: 1\n"), lock_wait_s=0)


def test_a_lock_that_is_never_let_go_is_told(tmp_path: Path) -> None:
    path = tmp_path / "desk.overrides.yaml"

    def while_locked(text: str) -> Edited:
        edit_overrides_file(path, _replaced("version: 1\n"), lock_wait_s=0)
        raise AssertionError("two held the lock")

    with pytest.raises(FileLockedError) as told:
        edit_overrides_file(path, while_locked)

    assert told.value.path == lock_beside(path)


def _replaced(text: str) -> Callable[[str], Edited]:
    return lambda _old: Edited(text, (), (), ())
