"""What the tests of a table cost: a thousand of them, with what they cover."""

import time

from console.routing.router import Router
from console.routing.table_tests import condition_coverage, coverage, run_tests
from console.table.editing.rules import move_rule
from console.table.load import parse_table
from console.table.test_file import TableTest
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
    return [Row(what, "≤ 1 s", measured, "once"), _edit()]


def _edit() -> Row:
    text = table_text(1_000)
    times = []
    for place in (1, 500, 998):
        begun = time.perf_counter()
        move_rule(text, place, place - 1)
        times.append(time.perf_counter() - begun)
    what = f"one rule moved in a table of 1,000 rules ({len(text) // 1000} KB), read back"
    return Row(what, "stated", f"{sorted(times)[1]:.2f} s", "median of 3")
