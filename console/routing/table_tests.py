"""Runs the tests of a table through the router itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from console.routing.conditions import RolloutCondition
from console.routing.decision import Decision
from console.routing.explanation import ConditionResult, Explanation
from console.routing.request_file import RequestError, read_request
from console.routing.router import Router
from console.table.test_file import TableTest

Outcome = Literal["PASS", "FAIL", "ERROR"]


class TestResult(msgspec.Struct, frozen=True):
    """What became of one test. `message` says what was decided instead, or why nothing was.

    `turn` says of a failed one where it went another way: the first rule that took it, or the
    condition that kept the expected one from doing so.
    """

    __test__ = False

    test: TableTest
    outcome: Outcome
    message: str = ""
    decision: Decision | None = None
    turn: str = ""


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
    if not wrong:
        return TestResult(test, "PASS", "", decision)
    turn = _turn(router.explain(request.facts, decision, evaluate_all=True), test, decision)
    return TestResult(test, "FAIL", "; ".join(wrong), decision, turn)


def _turn(explanation: Explanation, test: TableTest, decision: Decision) -> str:
    verdicts = {verdict.rule: verdict for verdict in explanation.rules}
    taken = verdicts.get(decision.rule or "")
    expected = test.expect.get("rule", decision.rule)
    if expected is None or expected == decision.rule:
        return f"rule {taken.rule} (number {taken.position}) took it" if taken else ""
    wanted = verdicts.get(expected)
    if wanted is None:
        return f"the table has no rule {expected}"
    if wanted.verdict == "disabled":
        return f"rule {expected} is switched off"
    if wanted.verdict == "shadowed" and taken is not None:
        return f"rule {taken.rule} (number {taken.position}) stands before it and took it"
    if wanted.failed is not None:
        saw = wanted.failed.saw
        told = "" if saw is None else f", saw {saw}"
        return f"rule {expected} did not match: wanted {wanted.failed.wanted}{told}"
    return f"rule {expected} did not match"


def coverage(router: Router, results: Sequence[TestResult]) -> Coverage:
    """Return which enabled rules (`rule x`) and task defaults (`task x`) the tests end in."""
    wanted = [f"rule {rule.id}" for rule in router.table.rules if rule.enabled]
    wanted += [f"task {task}" for task in router.table.tasks]
    ended = {_end_of(result.decision) for result in results if result.decision is not None}
    return Coverage(
        tuple(end for end in wanted if end in ended),
        tuple(end for end in wanted if end not in ended),
    )


class Atom(msgspec.Struct, frozen=True):
    """One condition of a rule, and what no test has seen it be: true, or false."""

    rule: str
    path: str
    wanted: str
    never: Literal["true", "false"]


class SeenCondition(msgspec.Struct, frozen=True):
    """One condition of a rule, and whether some test's request made it true, and some false."""

    rule: str
    path: str
    wanted: str
    true: bool
    false: bool


class ConditionCoverage(msgspec.Struct, frozen=True):
    """How many conditions were seen both true and false over the tests, of how many, and the rest.

    Of groups their members count; rules that are switched off do not. `conditions` has each of
    them, in the order of the table.
    """

    seen: int
    total: int
    missing: tuple[Atom, ...]
    conditions: tuple[SeenCondition, ...] = ()


def condition_coverage(
    router: Router, tests: Iterable[TableTest], is_cancelled: Callable[[], bool] = lambda: False
) -> ConditionCoverage:
    """Return which conditions the requests of the tests make both true and false.

    Each request is put to every rule, also to those behind the one that takes it. What is returned
    is of some of the tests only once `is_cancelled` says so.
    """
    seen: dict[tuple[str, str], set[str]] = {}
    wanted: dict[tuple[str, str], str] = {}
    for test in tests:
        if is_cancelled():
            break
        try:
            request = read_request(test.request)
        except RequestError:
            continue
        pinned = router
        if test.rollout_bucket is not None:
            pinned = _with_bucket(router, test.rollout_bucket)
        decision = pinned.decide(request.facts, request.at)
        for verdict in pinned.explain(request.facts, decision, evaluate_all=True).rules:
            for atom in _atoms(verdict.conditions):
                key = (verdict.rule, atom.path)
                wanted[key] = atom.wanted
                seen.setdefault(key, set()).add(atom.result)
    missing = [
        Atom(rule, path, wanted[rule, path], never)
        for (rule, path), results in seen.items()
        for never in _TRUTHS
        if never not in results
    ]
    conditions = tuple(
        SeenCondition(rule, path, wanted[rule, path], "true" in results, "false" in results)
        for (rule, path), results in seen.items()
    )
    both = sum(each.true and each.false for each in conditions)
    return ConditionCoverage(both, len(conditions), tuple(missing), conditions)


_TRUTHS: tuple[Literal["true", "false"], ...] = ("true", "false")


def _atoms(conditions: Iterable[ConditionResult]) -> Iterator[ConditionResult]:
    for condition in conditions:
        if condition.members:
            yield from _atoms(condition.members)
        else:
            yield condition


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
