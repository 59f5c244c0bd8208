"""A table's own tests are run through the router, and say what was decided instead."""

from typing import Any

import pytest

from console.routing.table_tests import TestResult, coverage, run_test, run_tests
from console.table.test_file import TableTest
from tests.table.builder import TableBuilder

Expected = dict[str, str | None]


def case(request: dict[str, Any], expect: Expected, bucket: int | None = None) -> TableTest:
    return TableTest("a test", request, expect, 1, bucket)


def outcome(table: TableBuilder, *of: Any) -> TestResult:
    return run_test(table.router(), case(*of))


@pytest.mark.parametrize(
    "expect",
    [
        {"route": "large"},
        {"rule": "a-rule", "reason": "rule_match", "model": "maxi", "task": None},
    ],
)
def test_a_decision_as_expected_passes(expect: dict[str, str | None]) -> None:
    result = outcome(TableBuilder().rule(when="{prompt: hi}"), {"facts": {"prompt": "hi"}}, expect)

    assert (result.outcome, result.message) == ("PASS", "")


def test_a_decision_otherwise_fails_and_says_everything_that_differs() -> None:
    table = TableBuilder().rule(when="{prompt: hi}")

    result = outcome(table, {"facts": {}}, {"rule": "a-rule", "route": "large", "task": None})

    assert result.outcome == "FAIL"
    assert result.message == "rule is none, expected a-rule; route is small, expected large"
    assert result.decision is not None


def test_a_request_that_cannot_be_read_is_an_error() -> None:
    result = outcome(TableBuilder(), {"facts": {"promt": "x"}}, {"route": "small"})

    assert (result.outcome, result.message) == ("ERROR", "`promt` is not a fact of a request.")
    assert result.decision is None


@pytest.mark.parametrize(("bucket", "rule"), [(1249, "a-rule"), (1250, None)])
def test_a_rollout_is_pinned_by_its_bucket(bucket: int, rule: str | None) -> None:
    table = TableBuilder().rule(when="{rollout: {percent: 12.5, by: client}}")

    result = outcome(table, {"facts": {"client": "acme"}}, {"rule": rule}, bucket)

    assert result.outcome == "PASS"


def test_a_pinned_bucket_holds_for_rollouts_within_groups_and_for_its_test_alone() -> None:
    table = TableBuilder().rule(when="{none_of: [{rollout: {percent: 50, by: client}}]}")
    router = table.router()
    facts = {"facts": {"client": "acme"}}

    before = run_test(router, case(facts, {"rule": "a-rule"}))
    low, high = (run_test(router, case(facts, {"rule": "a-rule"}, n)) for n in (0, 9999))

    assert (low.outcome, high.outcome) == ("FAIL", "PASS")
    assert run_test(router, case(facts, {"rule": "a-rule"})).outcome == before.outcome


def test_coverage_counts_rules_and_task_defaults_some_decision_ended_in() -> None:
    table = TableBuilder().rule("hit", when="{prompt: hi}").rule("missed", when="{prompt: ho}")
    table.rule("off", when="{prompt: ha}", enabled=False).entry("tasks", "quick", route="small")
    router = table.router()
    tests = [
        case({"facts": {"prompt": "hi"}}, {"route": "large"}),
        case({"facts": {"task": "quick"}}, {"route": "elsewhere"}),
        case({"facts": {}}, {"route": "small"}),
    ]

    covered = coverage(router, run_tests(router, tests))

    assert covered.covered == ("rule hit", "task quick")
    assert covered.missing == ("rule missed", "task drafting")
