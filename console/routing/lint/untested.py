"""Rules in which no test of the table ends."""

from collections.abc import Iterator

from console.routing.router import Router
from console.routing.table_tests import coverage, run_tests
from console.table.lint.finding import Finding, finding
from console.table.test_file import LoadedTests
from console.table.yaml_source import join


def untested_findings(router: Router, tests: LoadedTests | None) -> Iterator[Finding]:
    """Yield the enabled rules without a test; one finding where a table has no tests at all."""
    rules = router.table.rules
    if tests is None:
        if rules:
            message = f"The table has {len(rules)} rules and no tests."
            yield finding("no-tests", "name", message, "Write <name>.tests.yaml beside it.")
        return
    missing = set(coverage(router, run_tests(router, tests.tests)).missing)
    for index, rule in enumerate(rules):
        if f"rule {rule.id}" in missing:
            message = f"No test ends in the rule `{rule.id}`."
            yield finding("untested-rule", join("rules", index), message, rule=rule.id)
