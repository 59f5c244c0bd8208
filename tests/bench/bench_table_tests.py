"""What the tests of a table cost, with what they cover; and an edit and a save of it."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from console.routing.router import Router
from console.routing.table_tests import condition_coverage, coverage, run_tests
from console.table.editing.rules import move_rule
from console.table.load import parse_table
from console.table.saving import save_table
from console.table.test_file import TableTest
from console.table.yaml_source import MAX_BYTES
from tests.bench.report import Row
from tests.bench.tables import table_text

TESTS = 1_000
RULES = 50


def measure() -> list[Row]:
    """Measure a suite on a table of `RULES` rules, and one edit of a table of a thousand."""
    table = parse_table(table_text(RULES)).table
    assert table is not None
    router = Router(table)
    tests = [
        TableTest(
            f"t{number}",
            {"facts": {"prompt": f"request {number} about a shed", "input_tokens": number}},
            {"route": "small"},
            number,
        )
        for number in range(TESTS)
    ]
    begun = time.perf_counter()
    results = run_tests(router, tests)
    coverage(router, results)
    ran = time.perf_counter() - begun
    condition_coverage(router, tests)
    covered = time.perf_counter() - begun
    measured = f"{ran:.2f} s; with every condition's coverage {covered:.2f} s"
    what = f"{TESTS:,} tests of a table of {RULES} rules"
    return [Row(what, "≤ 1 s", measured, "once"), _edit(), _save()]


def _edit() -> Row:
    text = table_text(1_000)
    times = []
    for place in (1, 500, 998):
        begun = time.perf_counter()
        move_rule(text, place, place - 1)
        times.append(time.perf_counter() - begun)
    what = f"one rule moved in a table of 1,000 rules ({len(text) // 1000} KB), read back"
    return Row(what, "stated", f"{sorted(times)[1]:.2f} s", "median of 3")


def _save() -> Row:
    """Save a table near the largest there may be, as the console does: its draft is loaded."""
    count = 1_000 * MAX_BYTES // len(table_text(1_000)) * 95 // 100
    text = table_text(count)
    loaded = parse_table(text)
    saves, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        path, beside = Path(folder) / "bench.yaml", Path(folder) / "bare"
        for _ in range(7):
            path.write_text(text + "# before\n")
            begun = time.perf_counter()
            save_table(path, text, text + "# before\n", loaded)
            saves.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            with beside.open("w") as file:
                file.write(text)
                os.fsync(file.fileno())
            beside.replace(path)
            bare.append(time.perf_counter() - begun)
    measured = f"{statistics.median(saves) * 1000:.0f} ms"
    peer = f"{statistics.median(bare) * 1000:.0f} ms"
    what = f"a table of {len(text.encode()) / MAX_BYTES:.2f} MiB saved ({count:,} rules)"
    return Row(what, "≤ 100 ms", f"{measured}; write, fsync and rename alone {peer}", "median of 7")
