"""Runs the tests of a table through the router itself."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from console.routing.conditions import RolloutCondition
from console.routing.decision import Decision
from console.routing.request_file import RequestError, read_request
from console.routing.router import Router
from console.table.test_file import TableTest

Outcome = Literal["PASS", "FAIL", "ERROR"]


class TestResult(msgspec.Struct, frozen=True):
    """What became of one test. `message` says what was decided instead, or why nothing was."""

    __test__ = False

    test: TableTest
    outcome: Outcome
    message: str = ""
    decision: Decision | None = None


class Coverage(msgspec.Struct, frozen=True):
    """The enabled rules and the task defaults that some test's decision ended in, and the rest."""

    covered: tuple[str, ...]
    missing: tuple[str, ...]


def run_tests(router: Router, tests: Iterable[TableTest]) -> list[TestResult]:
    """Run every test, in order."""
    return [run_test(router, test) for test in tests]


def run_test(router: Router, test: TableTest) -> TestResult:
    """Run one test: PASS, FAIL where it was decided otherwise, ERROR where it could not be."""
    try:
        request = read_request(test.request)
    except RequestError as error:
        return TestResult(test, "ERROR", str(error))
    if test.rollout_bucket is not None:
        router = _with_bucket(router, test.rollout_bucket)
    decision = router.decide(request.facts, request.at)
    wrong = [
        f"{key} is {_word(getattr(decision, key))}, expected {_word(expected)}"
        for key, expected in test.expect.items()
        if getattr(decision, key) != expected
    ]
    if decision.reason == "undecidable":
        return TestResult(test, "ERROR", "The decision is undecidable.", decision)
    return TestResult(test, "FAIL" if wrong else "PASS", "; ".join(wrong), decision)


def coverage(router: Router, results: Sequence[TestResult]) -> Coverage:
    """Return which enabled rules (`rule x`) and task defaults (`task x`) the tests end in."""
    wanted = [f"rule {rule.id}" for rule in router.table.rules if rule.enabled]
    wanted += [f"task {task}" for task in router.table.tasks]
    ended = {_end_of(result.decision) for result in results if result.decision is not None}
    return Coverage(
        tuple(end for end in wanted if end in ended),
        tuple(end for end in wanted if end not in ended),
    )


def _end_of(decision: Decision) -> str:
    if decision.rule is not None:
        return f"rule {decision.rule}"
    return f"task {decision.task}" if decision.reason == "task_default" else "default"


def _word(value: object) -> str:
    return "none" if value is None else str(value)


def _with_bucket(router: Router, bucket: int) -> Router:
    """Return a router for which every rollout's key falls into `bucket`."""
    pinned = Router(router.table, router.overrides)
    for compiled in pinned.rules:
        for rollout in rollouts_in(compiled.conditions):
            rollout.pinned = bucket
    return pinned


def rollouts_in(conditions: Iterable[object]) -> Iterable[RolloutCondition]:
    """Yield every rollout among some conditions, those within groups too."""
    for condition in conditions:
        if isinstance(condition, RolloutCondition):
            yield condition
        for member in getattr(condition, "members", ()):
            yield from rollouts_in(member.conditions)
