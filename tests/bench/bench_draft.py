"""What it costs to keep a draft on disk at each edit, and to read it back."""

import statistics
import tempfile
import time
from pathlib import Path

from console.table.draft import MOST_STATES, Draft
from console.table.draft_store import UNNAMED, DraftStore
from tests.bench.report import Row
from tests.bench.tables import table_text

EDITS = 300


def measure() -> list[Row]:
    """Measure `EDITS` edits of a table of a thousand rules, and as many as can be taken back."""
    return [row for edits in (EDITS, MOST_STATES + 100) for row in _edits(edits)]


def _edits(edits: int) -> list[Row]:
    text = table_text(1_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.yaml"
        draft, times, sizes = Draft(text), [], []
        for number in range(edits):
            at = len(text) * number // edits
            draft.edit(f"edit {number}", lambda now, at=at: f"{now[:at]}# an edit\n{now[at:]}")  # type: ignore[misc]
            before = _written()
            begun = time.perf_counter()
            # As the console does: another store at each edit.
            DraftStore(Path(folder), path).write(UNNAMED, draft)
            times.append((time.perf_counter() - begun) * 1000)
            sizes.append(_written() - before)
        begun = time.perf_counter()
        DraftStore(Path(folder), path).read(UNNAMED)
        read = (time.perf_counter() - begun) * 1000
        [file] = Path(folder).rglob("*.json")
        size = file.stat().st_size
    table = f"a draft of {edits} edits of a table of {len(text) // 1000} KB"
    late = slice(-50, None)
    written = (
        f"{statistics.median(times[late]):.2f} ms and {statistics.median(sizes[late]):,.0f} bytes;"
        f" of all {edits} at most {max(times):.1f} ms"
    )
    return [
        Row(f"an edit kept on disk, {table}", "about its own size", written, "median of last 50"),
        Row(f"{table} read back, {size / 1000:,.0f} KB", "stated", f"{read:.0f} ms", "once"),
    ]


def _written() -> int:
    """Return the bytes that this process has handed to files so far."""
    counters = Path("/proc/self/io")
    if not counters.exists():
        return 0
    lines = dict(line.split(": ") for line in counters.read_text().splitlines())
    return int(lines["wchar"])
