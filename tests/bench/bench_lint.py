"""How long all lint takes, and whether its verdicts are those of deciding every request."""

import time

from console.routing.router import Router
from console.table.load import Loaded, parse_table
from console.whatif.lint.of_table import lint_table
from tests.bench.lint_tables import table_of_names
from tests.bench.report import Row
from tests.bench.tables import table_text

RUNS = 5


def measure() -> list[Row]:
    rows = []
    for count, reach in ((100, "≤ 0.1 s"), (1000, "≤ 3 s")):
        for what, text in (
            ("phrases, names and ranges", table_text(count)),
            ("names, ranges, flags and groups", table_of_names(count)),
        ):
            rows.append(_lint(f"all lint, {count:,} rules of {what}", reach, parse_table(text)))
    rows.append(_first_verdict())
    return rows


def _lint(what: str, reach: str, loaded: Loaded) -> Row:
    assert loaded.table is not None, loaded.problems[:3]
    router = Router(loaded.table)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        found = list(lint_table(loaded, router))
        times.append(time.perf_counter() - start)
    dead = sum(f.code == "unreachable-rule" for f in found)
    measured = f"{sorted(times)[RUNS // 2]:.2f} s; {len(found)} findings, {dead} rules unreachable"
    return Row(what, reach, measured, f"median of {RUNS}")


def _first_verdict() -> Row:
    """Measure until the first proof: that long a keystroke waits to be heeded, and a reader."""
    loaded = parse_table(table_text(1000))
    assert loaded.table is not None
    router = Router(loaded.table)
    start = time.perf_counter()
    for found in lint_table(loaded, router):
        if found.code == "unreachable-rule":
            break
    took = time.perf_counter() - start
    return Row("… 1,000 rules, until the first is proven", "stated", f"{took:.2f} s", "once")
