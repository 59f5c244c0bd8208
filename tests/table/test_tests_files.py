"""The tests beside a table as a document: what loads and what is told."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.table.test_file import parse_tests, read_tests
from console.table.test_file import tests_beside as path_beside
from console.table.test_file import tests_of as found_beside
from tests.table.builder import marked

ONE = """\
- name: a JSON invoice goes to extraction
  request: {facts: {task: extraction, prompt: "Extract…"}, at: 2026-11-23T12:00:00Z}
  expect: {route: small, rule: null}
"""


def test_a_test_holds_what_its_file_says() -> None:
    loaded = parse_tests("# ours\n" + ONE)

    assert loaded.problems == []
    [test] = loaded.tests
    assert test.name == "a JSON invoice goes to extraction"
    assert test.request["facts"] == {"task": "extraction", "prompt": "Extract…"}
    assert test.request["at"] == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert test.expect == {"route": "small", "rule": None}
    assert (test.line, test.rollout_bucket) == (2, None)


@pytest.mark.parametrize(
    "text",
    [
        ONE + "  rollout_bucket: 1249\n",
        ONE.replace("at: ", "rollout_bucket: 1249, at: "),
    ],
    ids=["beside the request", "beside its moment"],
)
def test_a_bucket_may_be_pinned_beside_the_request_or_beside_its_moment(text: str) -> None:
    [test] = parse_tests(text).tests

    assert test.rollout_bucket == 1249
    assert "rollout_bucket" not in test.request


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{route: small, rule: null}", "«{}", "empty-expect"),
        ("rule: null", "«ruel: null", "unknown-key"),
        ("rule: null", "rule: «5", "wrong-type"),
        ("{facts:", "{«fact:", "unknown-key"),
        ("at: 2026", "rollout_bucket: «10000, at: 2026", "out-of-range"),
        ("at: 2026", "rollout_bucket: «true, at: 2026", "out-of-range"),
        ("name: a JSON", "«nmae: a JSON", "unknown-key"),
        ("{route: small, rule: null}", "«[small]", "wrong-type"),
        ("name: a JSON invoice goes to extraction", "name: «5", "wrong-type"),
    ],
)
def test_a_test_with_a_problem_is_told_and_left_out(old: str, new: str, code: str) -> None:
    text, line, column = marked(ONE.replace(old, new))

    loaded = parse_tests(text + ONE)

    assert [test.name for test in loaded.tests] == ["a JSON invoice goes to extraction"]
    told = [(p.code, p.severity, p.line, p.column) for p in loaded.problems]
    assert (code, "error", line, column) in told
    assert {p.code for p in loaded.problems} <= {code, "missing-key"}


def test_tests_are_a_list() -> None:
    assert [problem.message for problem in parse_tests("name: x").problems] == [
        "The tests of a table are a list."
    ]


def test_tests_stand_beside_their_table(tmp_path: Path) -> None:
    path = path_beside(tmp_path / "desk.yaml")
    path.write_text(ONE, encoding="utf-8")

    assert path.name == "desk.tests.yaml"
    assert len(read_tests(path).tests) == 1


def test_the_tests_beside_a_table_are_read_again_once_they_were_written(tmp_path: Path) -> None:
    table, file = tmp_path / "desk.yaml", tmp_path / "desk.tests.yaml"
    assert found_beside(table) is None
    test = "- {name: %s, request: {facts: {prompt: x}}, expect: {route: small}}\n"
    file.write_text(test % "one")
    first = found_beside(table)
    assert first is not None
    assert [each.name for each in first.tests] == ["one"]
    assert found_beside(table) is first
    file.write_text(test % "one" + test % "two")
    second = found_beside(table)
    assert second is not None
    assert [each.name for each in second.tests] == ["one", "two"]
    file.unlink()
    assert found_beside(table) is None
