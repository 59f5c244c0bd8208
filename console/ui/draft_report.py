"""What can be said of a draft before it is live: errors, tests, lint, and what it would move."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.routing.router import Router
from console.routing.table_tests import TestResult, run_tests
from console.table.draft import Draft
from console.table.lint.finding import Finding
from console.table.model import Table
from console.table.overrides import LoadedOverrides
from console.table.test_file import tests_of
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.ui.log_queries import LogQueries
from console.whatif.decide_again import Impact, impact_of
from console.whatif.lint.of_table import lint_table

REQUESTS_DECIDED = 20_000
"""The newest requests that are decided by the table in service and by the draft."""


@dataclass(frozen=True)
class DraftReport:
    """What was found so far of the text `of`; None where it was not looked at yet.

    `results` are those of the table's tests, empty where it has none. `silenced` counts the
    findings that a comment in the text silences. `impact_trouble` says why nothing is known of what
    would move.
    """

    of: str = ""
    changes: list[str] = field(default_factory=list)
    errors: int = 0
    results: list[TestResult] | None = None
    findings: list[Finding] | None = None
    silenced: int = 0
    impact: Impact | None = None
    impact_trouble: str = ""

    @property
    def failed(self) -> list[TestResult]:
        """The tests that do not pass."""
        return [result for result in self.results or [] if result.outcome != "PASS"]


@dataclass(frozen=True)
class Surroundings:
    """What a draft is looked at beside: its file, what is in service, and the log."""

    path: Path
    router: Router | None
    overrides: LoadedOverrides | None
    queries: LogQueries | None


def look_at(
    draft: Draft,
    around: Surroundings,
    rule: str | None,
    tell: Callable[[DraftReport], None],
    is_cancelled: Callable[[], bool],
) -> None:
    """Tell what is found of a draft, the quick things first; `rule` is the one being edited."""
    loaded = draft.loaded
    report = DraftReport(draft.text, draft.changes, len(loaded.errors))
    tell(report)
    if loaded.table is None or is_cancelled():
        return
    router = Router(loaded.table)
    tests = tests_of(around.path)
    results = run_tests(router, tests.tests) if tests is not None else []
    report = replace(report, results=results)
    tell(report)
    findings, silenced = [], 0
    for found in lint_table(
        loaded,
        router,
        tests=tests,
        results=results,
        overrides=around.overrides,
        now=time.time(),
        first=rule,
        is_cancelled=is_cancelled,
    ):
        if found.ignored is None:
            findings.append(found)
        else:
            silenced += 1
    if is_cancelled():
        return
    report = replace(report, findings=findings, silenced=silenced)
    tell(report)
    _tell_impact(report, loaded.table, around, tell, is_cancelled)


def _tell_impact(
    report: DraftReport,
    table: Table,
    around: Surroundings,
    tell: Callable[[DraftReport], None],
    is_cancelled: Callable[[], bool],
) -> None:
    before = around.router
    if around.queries is None or before is None:
        tell(replace(report, impact_trouble="What it would move is not known: there is no log."))
        return
    live = around.overrides.overrides if around.overrides is not None else ()
    after = Router(table, live)

    def read(reader: LogReader) -> None:
        for impact in impact_of(
            reader,
            before,
            after,
            last=REQUESTS_DECIDED,
            at=time.time(),
            with_prompts=True,
            is_cancelled=is_cancelled,
        ):
            tell(replace(report, impact=impact.copied()))

    try:
        around.queries.ask(read)
    except LogProblem as problem:
        tell(replace(report, impact_trouble=problem.message))
    except ReadInterrupted:
        return
