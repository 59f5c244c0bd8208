"""Lint of the table in view, for a thread: what is found is told while more is looked for."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from console.routing.router import Router
from console.table.file_stamp import Stamp, stamp_of
from console.table.lint.finding import Finding
from console.table.load import Loaded
from console.table.overrides import LoadedOverrides
from console.table.test_file import tests_beside, tests_of
from console.traffic.problem import LogProblem, ReadInterrupted
from console.ui.log_queries import LogQueries
from console.ui.table_watch import TableInView
from console.whatif.lint.of_log import lint_log
from console.whatif.lint.of_table import lint_table

PROVING = "proving …"
READING_LOG = "deciding the newest logged requests by it …"
TELL_EVERY_S = 0.1
"""Findings come in bursts, and each telling lays the list out anew."""


@dataclass(frozen=True)
class Linted:
    """What findings depend on: another one of it is another lint."""

    loaded: Loaded
    overrides: LoadedOverrides | None
    tests: Stamp | None

    @classmethod
    def of(cls, view: TableInView) -> "Linted | None":
        """Return what of a table in view there is to lint; None where its file has errors."""
        if view.path is None or view.loaded is None or view.loaded.table is None:
            return None
        return cls(view.loaded, view.overrides, stamp_of(tests_beside(view.path)))

    def is_same(self, other: "Linted | None") -> bool:
        """Whether nothing that counts differs."""
        return (
            other is not None
            and self.loaded is other.loaded
            and self.overrides == other.overrides
            and self.tests == other.tests
        )


@dataclass(frozen=True)
class LintReport:
    """What was found so far. `doing` says what is under way, empty where all was looked at.

    `log_trouble` says why nothing was found in the log, where there is one.
    """

    of: Linted
    findings: tuple[Finding, ...] = ()
    doing: str = PROVING
    log_trouble: str = ""

    @property
    def told(self) -> list[Finding]:
        """The findings that no comment in the file silences."""
        return [found for found in self.findings if found.ignored is None]

    @property
    def silenced(self) -> int:
        """How many a comment silences."""
        return len(self.findings) - len(self.told)


def lint_in_view(
    of: Linted,
    view: TableInView,
    queries: LogQueries | None,
    tell: Callable[[LintReport], None],
    is_cancelled: Callable[[], bool],
) -> None:
    """Tell what lint says of a table, the quick things first and the log's at the end.

    The last report does nothing more, unless it was cancelled.
    """
    if of.loaded.table is None:
        return
    router = Router(of.loaded.table)
    now = time.time()
    found: list[Finding] = []
    report = LintReport(of)

    def of_log() -> Iterator[Finding]:
        nonlocal report
        if queries is None or is_cancelled():
            return
        report = replace(report, findings=tuple(found), doing=READING_LOG)
        tell(report)
        yield from queries.ask(
            lambda log: list(lint_log(log, router, now=now, is_cancelled=is_cancelled))
        )

    findings = lint_table(
        of.loaded,
        router,
        tests=tests_of(view.path) if view.path is not None else None,
        overrides=of.overrides,
        now=now,
        of_log=of_log() if queries is not None else None,
        is_cancelled=is_cancelled,
    )
    told_at = 0.0
    try:
        for each in findings:
            found.append(each)
            if time.monotonic() - told_at >= TELL_EVERY_S:
                told_at = time.monotonic()
                report = replace(report, findings=tuple(found))
                tell(report)
    except LogProblem as problem:
        report = replace(report, log_trouble=problem.message)
    except ReadInterrupted:
        return
    if not is_cancelled():
        tell(replace(report, findings=tuple(found), doing=""))
