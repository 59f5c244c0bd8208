"""What the console costs whoever looks at it: on a large log, while many requests arrive.

`python -m tests.bench screen --log FILE` opens a log of yours, which is only read; keys are pressed
in one of 100,000 made-up requests, to which more are added meanwhile. With `--lnav` and `--toolong`
(their commands) the same requests are exported as JSON lines and opened there, in the same run.
"""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.screen import Screen

from console.quantities import clock
from console.traffic.reader import LogReader
from console.ui.app import ConsoleApp
from console.ui.screens.traffic import TrafficScreen
from tests.bench.bench_process import Shown, shown_in
from tests.bench.make_log import make_log
from tests.bench.report import Row

ROWS = 100_000
ROWS_A_S = 2_000
RUNS = 5
KEYS = 200
WATCHED_S = 10.0
_WRITER = Path(__file__).with_name("arriving.py")


@dataclass(frozen=True)
class Viewers:
    """Commands of log viewers to compare with, where they are installed."""

    lnav: Path | None = None
    toolong: Path | None = None


def measure(log: Path | None, viewers: Viewers) -> list[Row]:
    """Measure the console, on the log at `log` or on one made for it."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "traffic.sqlite"
        make_log(made, ROWS)
        opened = made if log is None else log
        return [
            *_opening(opened),
            *_beside(opened, viewers, Path(folder)),
            asyncio.run(_keys(made)),
            _share_of_a_core(made),
        ]


def _opening(log: Path) -> list[Row]:
    reader = LogReader(log)
    [newest] = reader.newest(1)
    size = (reader.last_seq() or 0) - (reader.first_seq() or 0) + 1
    reader.close()
    command = [sys.executable, "-m", "console", "open", "--log", str(log)]
    first = [shown_in(command, b"req/s") for _ in range(RUNS)]
    rows = [shown_in(command, clock(newest.ts_start).encode()) for _ in range(RUNS)]
    sample = f"{size:,} requests, median of {RUNS}"
    return [
        Row("console: first content", "≤ 0.5 s at 10⁷", _seconds(first), sample),
        Row("console: the newest rows", "≤ 0.6 s at 10⁷", _seconds(rows), sample),
        Row("… resident two seconds later", "≤ 80 MB at 10⁷", _megabytes(rows), sample),
    ]


def _beside(log: Path, viewers: Viewers, folder: Path) -> Iterator[Row]:
    if viewers.lnav is None and viewers.toolong is None:
        return
    lines = folder / "requests.jsonl"
    with lines.open("wb") as file:
        subprocess.run(
            [sys.executable, "-m", "console", "export", "--log", str(log)], stdout=file, check=True
        )
    reader = LogReader(log)
    [newest] = reader.newest(1)
    reader.close()
    sample = f"{lines.stat().st_size / 1e6:,.0f} MB of JSON lines, once"
    if viewers.lnav is not None:
        found = [shown_in([str(viewers.lnav), str(lines)], newest.request_id.encode(), 300.0)]
        told = f"{_seconds(found)}, {_megabytes(found)}"
        yield Row("the same requests in lnav: the newest rows", "behind", told, sample)
    if viewers.toolong is not None:
        found = [shown_in([str(viewers.toolong), str(lines)], newest.request_id.encode(), 300.0)]
        told = f"{_seconds(found)}, {_megabytes(found)}"
        yield Row("the same requests in toolong: the newest rows", "behind", told, sample)


async def _keys(log: Path) -> Row:
    """Press keys in the traffic list while requests arrive, until each is painted."""
    painted = 0.0
    refresh = Screen._compositor_refresh

    def noted(screen: "Screen[object]") -> None:
        nonlocal painted
        refresh(screen)
        painted = time.perf_counter()

    Screen._compositor_refresh = noted  # type: ignore[method-assign, assignment]
    times = []
    try:
        app = ConsoleApp(None, log)
        async with app.run_test(size=(160, 48)) as pilot:
            screen = app.screen
            assert isinstance(screen, TrafficScreen)
            while not screen.window.rows:
                await pilot.pause(0.05)
            with _arriving(log):
                await pilot.pause(2.0)
                for number in range(KEYS):
                    before = screen.window.cursor
                    begun = time.perf_counter()
                    app.simulate_key("k" if number % 40 < 30 else "j")
                    while screen.window.cursor == before:  # noqa: ASYNC110 - this is timed
                        await asyncio.sleep(0)
                    moved = time.perf_counter()
                    while painted < moved:  # noqa: ASYNC110 - this is timed
                        await asyncio.sleep(0.0005)
                    times.append((painted - begun) * 1000)
                    await asyncio.sleep(0.02)
    finally:
        Screen._compositor_refresh = refresh  # type: ignore[method-assign]
    times.sort()
    told = f"p50 {statistics.median(times):.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms"
    what = f"a key in the list until it is painted, {ROWS_A_S:,} rows/s arriving, headless"
    return Row(what, "p95 ≤ 30 ms", told, f"{KEYS} keys, 160 × 48")


def _share_of_a_core(log: Path) -> Row:
    command = [sys.executable, "-m", "console", "open", "--log", str(log)]
    with _arriving(log):
        shown = shown_in(command, b"req/s", watched_s=WATCHED_S)
    what = f"console that follows {ROWS_A_S:,} rows/s: of a core"
    return Row(what, "≤ 35 %", f"{shown.cpu:.0%}", f"{WATCHED_S:.0f} s, 120 × 36")


@contextmanager
def _arriving(log: Path) -> Iterator[None]:
    """Have another process add requests to the log as a gateway would."""
    writer = subprocess.Popen([sys.executable, str(_WRITER), str(log), str(ROWS_A_S)])
    try:
        time.sleep(1.0)
        yield
    finally:
        os.kill(writer.pid, signal.SIGTERM)
        writer.wait()


def _seconds(shown: list[Shown]) -> str:
    return f"{statistics.median(one.seconds for one in shown):.2f} s"


def _megabytes(shown: list[Shown]) -> str:
    return f"{statistics.median(one.megabytes for one in shown):.0f} MB"
