"""From a keystroke in a large table until its problems, its tests and all lint are known."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from console.routing.router import Router
from console.routing.table_tests import run_tests
from console.table.draft import Draft
from console.table.editing.entries import entry_text, with_entry_text
from console.table.editing.rules import move_rule
from console.table.test_file import LoadedTests, TableTest
from console.whatif.lint.of_table import lint_table
from tests.bench.report import Row
from tests.bench.tables import prompt_of, table_text

RULES = 1_000
TESTS = 200
RUNS = 21
PLACE = 500


@dataclass
class _Times:
    """Milliseconds from the key until each was known, a run an entry."""

    edited: list[float] = field(default_factory=list)
    problems: list[float] = field(default_factory=list)
    tests: list[float] = field(default_factory=list)
    lint: list[float] = field(default_factory=list)


def measure() -> list[Row]:
    """Measure keys in one rule, and that rule moved, in a table of `RULES` rules."""
    rows: list[Row] = []
    for what, edit in (("one phrase changed", _typed), ("one rule moved up", _moved)):
        times = _times(edit)
        whole = f"{what} in {RULES:,} rules, until problems, {TESTS} tests and lint are known"
        parts = [
            f"{name} {statistics.median(each):.0f}"
            for name, each in (
                ("edited", times.edited),
                ("problems", times.problems),
                ("tests", times.tests),
                ("lint", times.lint),
            )
        ]
        measured = f"{statistics.median(times.lint):.0f} ms, at worst {max(times.lint):.0f};"
        measured += f" known after {', '.join(parts)} ms"
        rows.append(Row(whole, "≤ 150 ms", measured, f"{RUNS} runs"))
    return rows


def _times(edit: Callable[[str, int], str]) -> _Times:
    text = table_text(RULES)
    draft = Draft(text)
    tests = _tests(draft)
    _look(draft, tests)
    times = _Times()
    for run in range(RUNS):
        begun = time.perf_counter()
        draft.edit("bench", lambda text, run=run: edit(text, run))  # type: ignore[misc]
        edited = time.perf_counter()
        problems, tested, linted = _look(draft, tests)
        times.edited.append((edited - begun) * 1000)
        times.problems.append((problems - begun) * 1000)
        times.tests.append((tested - begun) * 1000)
        times.lint.append((linted - begun) * 1000)
    return times


def _look(draft: Draft, tests: LoadedTests) -> tuple[float, float, float]:
    """Do what is done after a key; return when each part of it was known."""
    loaded = draft.loaded
    problems = time.perf_counter()
    assert loaded.table is not None, loaded.problems[:3]
    router = Router(loaded.table)
    results = run_tests(router, tests.tests)
    tested = time.perf_counter()
    assert all(result.outcome == "PASS" for result in results)
    found = list(lint_table(loaded, router, tests=tests, results=results, first="rule-500"))
    assert found
    return problems, tested, time.perf_counter()


def _tests(draft: Draft) -> LoadedTests:
    """Return tests that pass whatever is edited: each expects a route there is for all."""
    chosen = random.Random(3)
    table = draft.loaded.table
    assert table is not None
    tests = []
    for number in range(TESTS):
        facts = {"prompt": prompt_of(400, number), "input_tokens": chosen.randrange(60_000)}
        tests.append(TableTest(f"t{number}", {"facts": facts}, {"override_id": None}, number))
    return LoadedTests(tuple(tests), [])


def _typed(text: str, run: int) -> str:
    """Change a phrase of a rule by a letter, as typing does."""
    rows = entry_text(text, ("rules", PLACE + 1)).splitlines(keepends=True)
    place = next(i for i, row in enumerate(rows) if row.startswith("    - "))
    rows[place] = rows[place].rstrip("\n") + "abcdefghijklmnopqrstuvwxyz"[run] + "\n"
    return with_entry_text(text, ("rules", PLACE + 1), "".join(rows))


def _moved(text: str, run: int) -> str:
    return move_rule(text, PLACE - run, PLACE - run - 1)
