"""`demo --headless`: it starts, counts what it sent, and leaves no process, however it ends."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from tests.cli.running import COMMAND, DEADLINE_S, assert_one_sentence, run_process

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="processes are counted in /proc"
)


def until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened, and fail where it does not in time."""
    deadline = time.monotonic() + DEADLINE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Return the processes that `pid` has started and that live."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def lives(pid: int) -> bool:
    """Tell whether a process lives; one that has ended and waits to be noticed does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def rows_of(log: Path) -> list[RequestRow]:
    """Return every request in a log."""
    with closing(LogReader(log)) as reader:
        return reader.newest(100_000)


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A headless demo at work, once it has said where its gateway is; ended at the latest here."""
    demo = subprocess.Popen(
        [*COMMAND, "demo", "--headless", "--log", str(folder / "log.sqlite"), *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        assert demo.stdout.readline().startswith(b"gateway http://127.0.0.1:")
        yield demo
    finally:
        demo.kill()
        demo.communicate()


def test_a_demo_counts_what_its_log_holds(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"

    ran = run_process(
        "demo", "--headless", "--seconds", "2", "--json", "--speed", "20", "--log", str(log)
    )

    assert (ran.code, ran.err) == (0, "")
    counts = json.loads(ran.out)
    with_ending = counts["ok"] + counts["aborted"] + counts["cancelled"]
    assert counts["sent"] == with_ending + sum(counts["errors"].values()) > 0
    rows = rows_of(log)
    assert len(rows) == counts["sent"]
    assert [row.request_id for row in rows if row.status == "in_flight"] == []
    assert len({row.request_id for row in rows}) == len(rows)
    with closing(LogReader(log)) as reader:
        [gateway] = reader.gateways()
    assert not lives(gateway.pid)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 0)])
def test_a_demo_that_is_told_to_end_ends_in_good_order(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with started(tmp_path, "--speed", "20") as demo:
        [child] = children(demo.pid)
        until(lambda: bool(rows_of(tmp_path / "log.sqlite")))
        demo.send_signal(number)
        assert demo.wait(DEADLINE_S) == code

    assert not lives(child)
    rows = rows_of(tmp_path / "log.sqlite")
    assert [row.request_id for row in rows if row.status == "in_flight"] == []
    assert list(tmp_path.glob("route-console-demo-*")) == []


def test_a_demo_that_is_killed_takes_its_child_with_it(tmp_path: Path) -> None:
    with started(tmp_path) as demo:
        [child] = children(demo.pid)
        demo.kill()
        demo.wait(DEADLINE_S)
        until(lambda: not lives(child))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--prompts", "none.jsonl"],
        ["--trace", "none.csv"],
        ["--table", "none.yaml"],
        ["--prompts", "odd"],
        ["--speed", "nan"],
    ],
)
def test_a_demo_that_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "odd").write_bytes(b"\xff\x1b[2J\nnot, what, it, takes")

    ran = run_process("demo", "--headless", "--seconds", "1", *arguments, cwd=tmp_path)

    assert_one_sentence(ran)
    assert "console.demo" not in ran.err
