"""`test`: the tests beside a table, what they found, and what they leave uncovered."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.running import assert_one_sentence

PASSING = """\
- name: a refund takes the large model
  request: {facts: {prompt: a refund please}}
  expect: {route: large, rule: refunds}
- name: anything else takes the small one
  request: {body: {messages: [{role: user, content: hello}]}}
  expect: {route: small, rule: null, reason: table_default}
"""
FAILING = """\
- name: greetings are large
  request: {facts: {prompt: hello}}
  expect: {route: large}
"""
UNREADABLE = """\
- name: no such fact
  request: {facts: {promt: hello}}
  expect: {route: large}
"""


@pytest.fixture
def beside(folder: Path, desk: str) -> Path:
    return folder / "desk.tests.yaml"


def test_tests_that_pass_are_fine(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(PASSING)

    ran = run("test", desk)

    assert ran.code == 0
    assert ran.out.splitlines() == [
        "PASS a refund takes the large model",
        "PASS anything else takes the small one",
        "2 PASS; coverage 50 % of rules and task defaults",
        "not covered: task drafting",
        "1 of 1 conditions were seen both true and false",
    ]


def test_a_failing_test_is_told_first_with_its_place(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(PASSING + FAILING)

    ran = run("test", desk)

    assert ran.code == 1
    assert ran.out.splitlines()[:2] == [
        "FAIL greetings are large desk.tests.yaml:7",
        "     route is small, expected large",
    ]


def test_a_test_that_cannot_be_decided_is_an_error(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(UNREADABLE)

    ran = run("test", desk)

    assert ran.code == 1
    assert "ERROR no such fact" in ran.out
    assert "`promt` is not a fact of a request." in ran.out


def test_a_test_that_could_not_fail_falls_short(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(PASSING + "- {name: empty, request: {facts: {}}, expect: {}}\n")

    ran = run("test", desk)

    assert ran.code == 1
    assert "desk.tests.yaml:7:" in ran.out
    assert "error [empty-expect]" in ran.out


def test_no_tests_at_all_fall_short(run: Run, desk: str, beside: Path) -> None:
    beside.write_text("[]")

    assert run("test", desk).code == 1


@pytest.mark.parametrize(("least", "code"), [("50", 0), ("50.1", 1), ("100", 1), ("0", 0)])
def test_coverage_may_be_asked_for(
    run: Run, desk: str, beside: Path, least: str, code: int
) -> None:
    beside.write_text(PASSING)

    assert run("test", desk, "--fail-under", least).code == code


def test_results_come_as_json_too(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(PASSING + FAILING)

    told = json.loads(run("test", desk, "--json").out)

    assert [(r["name"], r["outcome"], r["line"]) for r in told["results"]] == [
        ("a refund takes the large model", "PASS", 1),
        ("anything else takes the small one", "PASS", 4),
        ("greetings are large", "FAIL", 7),
    ]
    assert told["results"][2]["decision"]["route"] == "small"
    assert told["coverage"] == {
        "percent": 50.0,
        "covered": ["rule refunds"],
        "missing": ["task drafting"],
    }


def test_tests_may_stand_elsewhere(run: Run, desk: str, folder: Path) -> None:
    (folder / "others.yaml").write_text(PASSING)

    assert run("test", desk, "--tests", "others.yaml").code == 0


def test_overrides_of_the_hour_do_not_change_a_test(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(PASSING)
    beside.with_name("desk.overrides.yaml").write_text(
        "version: 1\noverrides: [{id: x, pin: {route: small, to: large}, "
        "until: 2999-01-01T00:00:00Z, because: x, by: y}]\n"
    )

    assert run("test", desk).code == 0


def test_without_tests_or_table_nothing_can_be_run(run: Run, desk: str) -> None:
    assert_one_sentence(run("test", desk))
    assert_one_sentence(run("test", "none.yaml"))


def test_a_table_with_errors_cannot_be_tested(run: Run, desk: str, beside: Path) -> None:
    beside.write_text(PASSING)
    Path(desk).write_text(Path(desk).read_text().replace("default: small", "default: smal"))

    ran = run("test", desk)

    assert ran.code == 2
    assert "desk.yaml:3:10: error [missing-reference]" in ran.err
    assert ran.out == ""
