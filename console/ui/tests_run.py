"""The tests of the table, run by the table in service and by the draft, and what they cover."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from console.routing.explanation import Explanation
from console.routing.request_file import RequestError, read_request
from console.routing.router import Router
from console.routing.table_tests import (
    ConditionCoverage,
    Coverage,
    TestResult,
    condition_coverage,
    coverage,
    run_tests,
)
from console.table.model import Table
from console.table.problems import Problem
from console.table.test_file import TableTest, read_tests, tests_beside
from console.ui.draft_in_view import DraftInView


@dataclass(frozen=True)
class Side:
    """What came of the tests by one table; results are in the order of the file."""

    router: Router
    results: list[TestResult]

    @property
    def failed(self) -> int:
        """How many do not pass."""
        return sum(result.outcome != "PASS" for result in self.results)

    @property
    def summary(self) -> str:
        """How many pass, in words."""
        count = len(self.results)
        return f"{self.failed} of {count} do not pass" if self.failed else f"all {count} pass"


@dataclass(frozen=True)
class Ran:
    """One test, with what came of it by each table that there is."""

    test: TableTest
    draft: TestResult | None = None
    served: TestResult | None = None

    @property
    def passes(self) -> bool:
        """Whether it passes by every table."""
        return all(result.outcome == "PASS" for result in (self.draft, self.served) if result)


@dataclass(frozen=True)
class TestsRun:
    """What came of a run; `trouble` says why there was none.

    `served` is the side of the table in service, `draft` that of the draft; None where there is no
    such table. `state` says what the draft's results are of, where that is not its text. What is
    covered is by the draft, where there is one; `conditions` is None until that was found out.
    """

    file: Path | None = None
    tests: tuple[TableTest, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    served: Side | None = None
    draft: Side | None = None
    state: str = ""
    coverage: Coverage | None = None
    conditions: ConditionCoverage | None = None
    trouble: str = ""
    __test__ = False

    @property
    def shown(self) -> Side | None:
        """The side that is edited: the draft's, else that of the table in service."""
        return self.draft or self.served

    @property
    def in_order(self) -> list[Ran]:
        """The tests that the shown side fails, those the other one fails, and those that pass."""
        drafts = self.draft.results if self.draft is not None else [None] * len(self.tests)
        served = self.served.results if self.served is not None else [None] * len(self.tests)
        ran = [Ran(*each) for each in zip(self.tests, drafts, served, strict=True)]
        return sorted(ran, key=_rank)

    def explanation_of(self, ran: Ran) -> Explanation | None:
        """Return why a test's request is decided as it is, by the side that fails, or is shown."""
        side, result = self.draft, ran.draft
        if side is None or result is None or (result.outcome == "PASS" and not ran.passes):
            side, result = self.served, ran.served
        if side is None or result is None or result.decision is None:
            return None
        try:
            request = read_request(ran.test.request)
        except RequestError:
            return None
        return side.router.explain(request.facts, result.decision)


def _rank(ran: Ran) -> int:
    shown = ran.draft or ran.served
    if shown is not None and shown.outcome != "PASS":
        return 0
    return 2 if ran.passes else 1


def run_tests_of(
    path: Path,
    served: Table | None,
    draft: DraftInView | None,
    before: TestsRun | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[TestsRun]:
    """Run the tests beside the table at `path`, by tables alone: no override changes what is due.

    Yield the results, and then the same with the conditions that were seen. A side of `before` that
    is of the same table and tests is taken over.
    """
    file = tests_beside(path)
    try:
        loaded = read_tests(file)
    except FileNotFoundError:
        words = (
            f"There are no tests yet: A on a request in Traffic or Preview puts one into {file}."
        )
        yield TestsRun(file, trouble=words)
        return
    except OSError as error:
        yield TestsRun(file, trouble=f"{file} cannot be read: {error.strerror or error}.")
        return
    sides = (before.served, before.draft) if before is not None else ()
    known = [side for side in sides if side and _tests_of(side) == loaded.tests]

    def side_of(table: Table | None) -> Side | None:
        if table is None:
            return None
        for side in known:
            if side.router.table is table:
                return side
        router = Router(table)
        return Side(router, run_tests(router, loaded.tests))

    run = TestsRun(
        file,
        loaded.tests,
        loaded.problems,
        side_of(served),
        side_of(draft.table) if draft is not None else None,
        draft.state if draft is not None else "",
    )
    if run.shown is None or is_cancelled():
        return
    router = run.shown.router
    run = replace(run, coverage=coverage(router, run.shown.results))
    yield run
    conditions = condition_coverage(router, loaded.tests, is_cancelled)
    if not is_cancelled():
        yield replace(run, conditions=conditions)


def _tests_of(side: Side) -> tuple[TableTest, ...]:
    return tuple(result.test for result in side.results)
