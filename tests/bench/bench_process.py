"""How long whole processes take: one preview, and the console until its first rows."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path

from console.routing.decision import Decision
from console.traffic.records import FactsRow, RequestRow
from console.traffic.writer import LogWriter
from tests.bench.make_log import make_log
from tests.bench.report import Row
from tests.bench.tables import table_text

RUNS = 9
NEEDLE = "needle-1"
"""What the newest request of the log says: once it is on screen, so are the rows."""
LOG_ROWS = 100_000
_SIZE = (36, 120)
_LOADED = (
    "import sys; from console.cli import main; code = main(sys.argv[1:]); "
    "names = {'textual', 'rich', 'starlette', 'uvicorn', 'httpx', 'aiohttp', 'sqlite_utils'}; "
    "print(sorted(names & set(sys.modules)), file=sys.stderr)"
)
_BARE = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class Bare(App):\n    def compose(self):\n        yield Static('first-content')\nBare().run()"
)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "bench.yaml"
        table.write_text(table_text(50))
        return [_preview(table), *_console(table, Path(folder) / "traffic.sqlite")]


def _preview(table: Path) -> Row:
    command = [sys.executable, "-m", "console", "preview", "--table", str(table), "Where is it?"]
    times = sorted(_wall(command) for _ in range(RUNS))
    bare = statistics.median(_wall([sys.executable, "-c", "pass"]) for _ in range(RUNS))
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED, *command[3:]], capture_output=True, text=True, check=True
    ).stderr.strip()
    measured = f"{statistics.median(times):.2f} s (bare Python {bare:.2f} s); loaded: {loaded}"
    what = "`preview` whole process, 50 rules; of textual and the server libraries"
    return Row(what, "≤ 0.2 s; none", measured, f"median of {RUNS}")


def _wall(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def _console(table: Path, log: Path) -> list[Row]:
    make_log(log, LOG_ROWS, 1)
    _add_last_row(log)
    command = [sys.executable, "-m", "console", "open", "--table", str(table), "--log", str(log)]
    runs = [shown_in(command, NEEDLE.encode()) for _ in range(RUNS)]
    bare = [shown_in([sys.executable, "-c", _BARE], b"first-content") for _ in range(RUNS)]
    seconds = statistics.median(run.seconds for run in runs)
    memory = statistics.median(run.megabytes for run in runs)
    peer = statistics.median(run.seconds for run in bare)
    peer_memory = statistics.median(run.megabytes for run in bare)
    what = f"console on a log of {LOG_ROWS:,} requests: its rows are on screen"
    measured = f"{seconds:.2f} s; a bare Textual app's one word {peer:.2f} s"
    sizes = f"{memory:.0f} MB; bare Textual {peer_memory:.0f} MB"
    return [
        Row(what, "≤ 0.5 s", measured, f"median of {RUNS}"),
        Row("… resident two seconds later", "≤ 60 MB", sizes, f"median of {RUNS}"),
    ]


def _add_last_row(log: Path) -> None:
    decision = Decision(
        "small", None, "none", None, "table_default", None, False, (), "mini", None, "bench"
    )
    row = RequestRow("bench-last", time.time(), "bench", "table_default", route="small")
    row.status, row.prompt_preview = "ok", NEEDLE
    facts = FactsRow(
        "bench-last", None, "", None, {}, 2, None, 1, 0, False, False, False, False, "text"
    )
    writer = LogWriter(log)
    writer.begin(row, facts, decision)
    writer.finish(row)
    writer.close()


@dataclass(frozen=True)
class Shown:
    """A program in a terminal: seconds to what was waited for, then MB, and share of a core."""

    seconds: float
    megabytes: float
    cpu: float


def shown_in(
    command: list[str], wanted: bytes, most_s: float = 20.0, watched_s: float = 2.0
) -> Shown:
    """Run a program until `wanted` is written to its terminal, and for `watched_s` after that."""
    start = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *_SIZE, 0, 0))
    seen, took = b"", 0.0
    while not took and time.perf_counter() - start < most_s:
        seen = seen[-100_000:] + _read(terminal, 0.5)
        if wanted in seen:
            took = time.perf_counter() - start
    began, cpu_before = time.perf_counter(), _cpu_s(process)
    while time.perf_counter() < began + watched_s:
        _read(terminal, 0.1)
    cpu = (_cpu_s(process) - cpu_before) / (time.perf_counter() - began)
    status = Path(f"/proc/{process}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    os.close(terminal)
    assert took, f"{wanted!r} did not appear"
    return Shown(took, int(resident.split()[1]) / 1024, cpu)


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _read(terminal: int, seconds: float) -> bytes:
    ready, _, _ = select.select([terminal], [], [], seconds)
    try:
        return os.read(terminal, 1 << 16) if ready else b""
    except OSError:
        return b""
