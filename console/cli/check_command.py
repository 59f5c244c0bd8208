"""`route-console check`: every problem of a table at its place, and what lint has to say of it."""

import sys
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import Any

from console.cli.exit_codes import COULD_NOT_RUN, FELL_SHORT, FINE
from console.cli.output import Paint, print_json, say, tell
from console.cli.problems_output import say_problems
from console.table.findings import did_you_mean
from console.table.lint.finding import Finding
from console.table.lint.pages import PAGES
from console.table.load import Loaded, read_table
from console.table.model import Table
from console.table.overrides import LoadedOverrides, overrides_beside, read_overrides
from console.table.problems import by_place
from console.table.test_file import LoadedTests, read_tests, tests_beside


def run(options: Namespace) -> int:
    """Print problems and findings; 1 where any is an error. Findings alone change no exit code."""
    if options.explain is not None:
        return _explain(options.explain)
    if options.table is None:
        tell("No table was named.", "Give the path of a YAML file, or --explain CODE.")
        return COULD_NOT_RUN
    path = Path(options.table)
    try:
        loaded = read_table(path)
    except OSError as error:
        tell(f"The table {path} cannot be read: {error.strerror}.", "Give the path of a YAML file.")
        return COULD_NOT_RUN
    overrides_path = overrides_beside(path)
    try:
        tests, overrides = _beside(path, overrides_path)
    except OSError as error:
        tell(f"{error.filename} cannot be read: {error.strerror}.", "It stands beside the table.")
        return COULD_NOT_RUN
    try:
        findings = _findings(options, loaded, tests, overrides)
    except _LogTroubleError as trouble:
        tell(trouble.sentence, trouble.hint)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        tell("Stopped before all of it was looked at; nothing is told.")
        return COULD_NOT_RUN
    paths = {"table": path, "overrides": overrides_path}
    _tell(options, paths, loaded, findings)
    return FELL_SHORT if loaded.errors else FINE


class _LogTroubleError(Exception):
    """The log that was named cannot be read. `sentence` says why, `hint` what to do."""

    def __init__(self, sentence: str, hint: str | None) -> None:
        super().__init__(sentence)
        self.sentence, self.hint = sentence, hint


def _explain(code: str) -> int:
    from console.cli.lint_output import say_page

    if code not in PAGES:
        hint = did_you_mean(code, PAGES) or f"Lint's codes are {', '.join(PAGES)}."
        tell(f"Lint has no code `{code}`.", hint)
        return COULD_NOT_RUN
    say_page(code, Paint(sys.stdout))
    return FINE


def _beside(path: Path, overrides_path: Path) -> tuple[LoadedTests | None, LoadedOverrides]:
    tests_path = tests_beside(path)
    tests = read_tests(tests_path) if tests_path.is_file() else None
    return tests, read_overrides(overrides_path)


def _findings(
    options: Namespace, loaded: Loaded, tests: LoadedTests | None, overrides: LoadedOverrides
) -> list[Finding]:
    """Return what lint finds, in the order of the file."""
    if loaded.table is None:
        return []
    from console.routing.router import Router
    from console.whatif.lint.of_table import lint_table

    router = Router(loaded.table)
    now = time.time()
    of_log = None if options.log is None else _of_log(options, router, now)
    found = lint_table(loaded, router, tests=tests, overrides=overrides, now=now, of_log=of_log)
    told = list(found)
    documents = [[f for f in told if f.document == name] for name in ("table", "overrides")]
    return [finding for part in documents for finding in by_place(part)]


def _of_log(options: Namespace, router: Any, now: float) -> list[Finding]:
    from console.traffic.problem import LogProblem
    from console.traffic.reader import LogReader
    from console.whatif.lint.of_log import lint_log

    try:
        with closing(LogReader(Path(options.log), timeout_s=5)) as reader:
            return list(lint_log(reader, router, now=now, days=options.days, last=options.last))
    except LogProblem as problem:
        raise _LogTroubleError(problem.message, problem.hint) from None


def _tell(
    options: Namespace, paths: dict[str, Path], loaded: Loaded, findings: list[Finding]
) -> None:
    told_as = "json" if options.json else options.format
    if told_as == "json":
        _print_json(options, paths["table"], loaded, findings)
    elif told_as == "sarif":
        from console.cli.sarif_output import sarif_log

        print_json(sarif_log(paths, [*loaded.problems, *findings]))
    elif told_as == "github":
        from console.cli.github_output import say_annotations

        say_annotations(paths, [*loaded.problems, *findings])
    else:
        _say(options, paths, loaded, findings)


def _print_json(options: Namespace, path: Path, loaded: Loaded, findings: list[Finding]) -> None:
    document: dict[str, Any] = {
        "table": str(path),
        "version": loaded.version,
        "valid": not loaded.errors,
        "problems": loaded.problems,
        "findings": findings,
    }
    if options.errors and loaded.table is not None:
        document["errors"] = _matrix(loaded.table)
    print_json(document)


def _say(
    options: Namespace, paths: dict[str, Path], loaded: Loaded, findings: list[Finding]
) -> None:
    from console.cli.lint_output import say_findings, summary

    paint = Paint(sys.stdout)
    say_problems(paths["table"], loaded.problems, paint)
    if loaded.table is None:
        count = len(loaded.errors)
        say(f"{paint('bad', '✗')} {count} error{'s' if count != 1 else ''}; not fit for service")
        return
    table = loaded.table
    say_findings(paths, findings, paint)
    size = f"{len(table.rules)} rules, {len(table.tasks)} tasks, {len(table.routes)} routes"
    said = summary(findings)
    lint = f"; lint: {said}" if said else ""
    say(f"{paint('good', '✓')} {table.name} {loaded.version}: {size}, no errors{lint}")
    if options.errors:
        from console.cli.errors_output import say_errors

        say_errors(table, _matrix(table), paint)


def _matrix(table: Table) -> Any:
    """Return the error matrix. The gateway's rules are loaded only for who asks for them."""
    from console.gateway.error_matrix import error_matrix

    return error_matrix(table)
