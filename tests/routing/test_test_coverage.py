"""Tests of a table: where a failing one went another way, and what all of them together see."""

import pytest

from console.routing.router import Router
from console.routing.table_tests import condition_coverage, run_test
from console.table import test_file
from console.table.load import parse_table
from tests.table.test_saving_tables import TABLE


def router(text: str = TABLE) -> Router:
    table = parse_table(text).table
    assert table is not None
    return Router(table)


def suite_of(*written: tuple[str, str]) -> tuple[test_file.TableTest, ...]:
    text = "".join(
        f"- name: t{number}\n  request: {{facts: {facts}}}\n  expect: {expect}\n"
        for number, (facts, expect) in enumerate(written)
    )
    loaded = test_file.parse_tests(text)
    assert loaded.problems == []
    return loaded.tests


@pytest.mark.parametrize(
    ("facts", "expect", "turn"),
    [
        (
            "{prompt: a refund, client: vip}",
            "{rule: vip}",
            "rule money (number 1) stands before it",
        ),
        ("{client: v}", "{rule: vip}", "rule vip did not match: wanted client = vip, saw v"),
        ("{prompt: refund}", "{rule: null}", "rule money (number 1) took it"),
        ("{prompt: refund}", "{route: small}", "rule money (number 1) took it"),
        ("{prompt: hello}", "{rule: nothing}", "the table has no rule nothing"),
        ("{prompt: hello}", "{route: large}", ""),
    ],
)
def test_a_failure_says_where_it_went_another_way(facts: str, expect: str, turn: str) -> None:
    [test] = suite_of((facts, expect))
    result = run_test(router(), test)
    assert result.outcome == "FAIL"
    assert result.turn.startswith(turn)
    assert bool(result.turn) == bool(turn)


def test_a_rule_that_is_off_is_told_as_that() -> None:
    [test] = suite_of(("{client: vip}", "{rule: vip}"))
    off = TABLE.replace("when: {client: vip}", "when: {client: vip}\n    enabled: false")
    assert run_test(router(off), test).turn == "rule vip is switched off"


def test_conditions_are_covered_once_they_were_seen_both_true_and_false() -> None:
    tests = suite_of(
        ("{prompt: refund}", "{rule: money}"), ("{prompt: hello, client: vip}", "{rule: vip}")
    )
    found = condition_coverage(router(), tests)
    assert (found.seen, found.total) == (2, 3)
    [missing] = found.missing
    assert (missing.rule, missing.never) == ("long", "true")
    assert "input_tokens" in missing.wanted
    told = [(each.rule, each.true, each.false) for each in found.conditions]
    assert sorted(told) == [("long", False, True), ("money", True, True), ("vip", True, True)]
    assert condition_coverage(router(), ()).total == 0
    assert condition_coverage(router(), tests, lambda: True).total == 0
