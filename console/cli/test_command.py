"""`route-console test`: the tests of a table, run through the router itself."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from console.cli.exit_codes import COULD_NOT_RUN, FELL_SHORT, FINE
from console.cli.junit_output import write_junit
from console.cli.output import Paint, print_json, say, tell
from console.cli.problems_output import say_problems, tell_unusable
from console.routing.router import Router
from console.routing.table_tests import (
    ConditionCoverage,
    Coverage,
    TestResult,
    condition_coverage,
    coverage,
    run_tests,
)
from console.table.load import read_table
from console.table.test_file import read_tests, tests_beside

ATOMS_SHOWN = 5

_STYLE = {"PASS": "good", "FAIL": "bad", "ERROR": "warn"}


def run(options: Namespace) -> int:
    """Run the tests; 1 where one does not pass or coverage is under `--fail-under`."""
    table_path = Path(options.table)
    tests_path = Path(options.tests) if options.tests else tests_beside(table_path)
    for path in (table_path, tests_path):
        if not path.is_file():
            tell(f"{path} is not there.", "Tests stand beside the table as <name>.tests.yaml.")
            return COULD_NOT_RUN
    loaded = read_table(table_path)
    if loaded.table is None:
        tell_unusable(table_path, loaded.errors)
        return COULD_NOT_RUN
    tests = read_tests(tests_path)
    router = Router(loaded.table)
    results = run_tests(router, tests.tests)
    covered = coverage(router, results)
    atoms = condition_coverage(router, tests.tests)
    if options.junit:
        try:
            write_junit(Path(options.junit), loaded.table.name, str(tests_path), results)
        except OSError as error:
            tell(f"{options.junit} cannot be written: {error.strerror or error}.")
            return COULD_NOT_RUN
    share = _share(covered)
    if options.json:
        print_json(_as_json(results, covered, share, atoms, tests.problems))
    else:
        say_problems(tests_path, tests.problems, Paint(sys.stdout))
        _say_results(results, covered, share, tests_path)
        _say_atoms(atoms)
    failed = bool(tests.problems) or any(result.outcome != "PASS" for result in results)
    under = options.fail_under is not None and share < options.fail_under
    return FELL_SHORT if failed or under or not results else FINE


def _share(covered: Coverage) -> float:
    total = len(covered.covered) + len(covered.missing)
    return 100.0 * len(covered.covered) / total if total else 100.0


def _say_results(
    results: list[TestResult], covered: Coverage, share: float, tests_path: Path
) -> None:
    paint = Paint(sys.stdout)
    for result in sorted(results, key=lambda result: result.outcome == "PASS"):
        line = f"{paint(_STYLE[result.outcome], result.outcome)} {paint('bold', result.test.name)}"
        where = "" if result.outcome == "PASS" else f" {tests_path}:{result.test.line}"
        say(line + paint("dim", where))
        if result.message:
            say(f"     {paint('bold', result.message)}")
        if result.turn:
            say(f"     {paint('dim', result.turn)}")
    counts = {outcome: sum(r.outcome == outcome for r in results) for outcome in _STYLE}
    words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    say(f"{words or 'no tests'}; coverage {share:.0f} % of rules and task defaults")
    if covered.missing:
        say(f"not covered: {paint('dim', ', '.join(covered.missing))}")


def _say_atoms(atoms: ConditionCoverage) -> None:
    paint = Paint(sys.stdout)
    if not atoms.total:
        return
    say(f"{atoms.seen} of {atoms.total} conditions were seen both true and false")
    for atom in atoms.missing[:ATOMS_SHOWN]:
        never = f"never {atom.never}: {atom.rule}, {atom.wanted}"
        say(f"  {paint('dim', never, limit=160)}")
    if len(atoms.missing) > ATOMS_SHOWN:
        say(f"  and {len(atoms.missing) - ATOMS_SHOWN} more; --json has them all")


def _as_json(
    results: list[TestResult],
    covered: Coverage,
    share: float,
    atoms: ConditionCoverage,
    problems: Sequence[object],
) -> dict[str, object]:
    return {
        "results": [
            {
                "name": result.test.name,
                "outcome": result.outcome,
                "message": result.message,
                "turn": result.turn or None,
                "line": result.test.line,
                "decision": result.decision,
            }
            for result in results
        ],
        "coverage": {"percent": share, "covered": covered.covered, "missing": covered.missing},
        "conditions": atoms,
        "problems": problems,
    }
