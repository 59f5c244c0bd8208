"""The tests of the table in view, run: each with what was decided, and what all of them cover."""

from dataclasses import dataclass, field
from pathlib import Path

from console.routing.explanation import Explanation
from console.routing.request_file import RequestError, read_request
from console.routing.router import Router
from console.routing.table_tests import Coverage, TestResult, coverage, run_tests
from console.table.model import Table
from console.table.problems import Problem
from console.table.test_file import read_tests, tests_beside


@dataclass(frozen=True)
class TestsRun:
    """What came of a run; `trouble` says why there was none."""

    file: Path | None = None
    results: list[TestResult] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    coverage: Coverage | None = None
    trouble: str = ""
    router: Router | None = None
    __test__ = False

    @property
    def failed(self) -> int:
        """How many do not pass."""
        return sum(result.outcome != "PASS" for result in self.results)

    @property
    def in_order(self) -> list[TestResult]:
        """The tests that do not pass, then the others, each in the order of the file."""
        return sorted(self.results, key=lambda result: result.outcome == "PASS")

    def explanation_of(self, result: TestResult) -> Explanation | None:
        """Return why a test's request is decided as it is, rule by rule."""
        if self.router is None or result.decision is None:
            return None
        try:
            request = read_request(result.test.request)
        except RequestError:
            return None
        return self.router.explain(request.facts, result.decision)


def run_tests_of(table: Table, table_path: Path) -> TestsRun:
    """Run the tests beside a table by the table alone: an override changes no expectation."""
    file = tests_beside(table_path)
    try:
        loaded = read_tests(file)
    except FileNotFoundError:
        words = (
            f"There are no tests yet: A on a request in Traffic or Preview puts one into {file}."
        )
        return TestsRun(file, trouble=words)
    except OSError as error:
        return TestsRun(file, trouble=f"{file} cannot be read: {error.strerror or error}.")
    router = Router(table)
    results = run_tests(router, loaded.tests)
    return TestsRun(file, results, loaded.problems, coverage(router, results), router=router)
