"""Rules in which no test of the table ends."""

from collections.abc import Iterator, Sequence

from console.routing.router import Router
from console.routing.table_tests import TestResult, coverage, run_tests
from console.table.lint.finding import Finding, finding
from console.table.test_file import LoadedTests
from console.table.yaml_source import join


def untested_findings(
    router: Router, tests: LoadedTests | None, results: Sequence[TestResult] | None = None
) -> Iterator[Finding]:
    """Yield the enabled rules without a test; one finding where a table has no tests at all.

    `results` is what `router` made of the tests, where they were run already.
    """
    rules = router.table.rules
    if tests is None:
        if rules:
            message = f"The table has {len(rules)} rules and no tests."
            yield finding("no-tests", "name", message, "Write <name>.tests.yaml beside it.")
        return
    if results is None:
        results = run_tests(router, tests.tests)
    missing = set(coverage(router, results).missing)
    for index, rule in enumerate(rules):
        if f"rule {rule.id}" in missing:
            message = f"No test ends in the rule `{rule.id}`."
            yield finding("untested-rule", join("rules", index), message, rule=rule.id)
