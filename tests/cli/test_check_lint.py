"""`check` and lint: what is printed, in which format, and what it does to the exit code."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.running import assert_harmless, assert_one_sentence
from tests.whatif.made_log import TABLE, MadeLog

DESK = """\
version: 1
name: desk
default: small
providers: {acme: {base_url: https://acme.example}}
models: {mini: {provider: acme, usd_per_million: {input: 1, output: 1}}}
routes:
  small: {model: mini}
rules:
  - {id: drafts, because: x, route: small, when: {task: d*}}
  - {id: "long", because: x, route: small, when: {task: draft, turns: {min: 2}}}
  # lint: ignore[unreachable-rule] because a%b
  - {id: quiet, because: x, route: small, when: {task: dr}}
"""


@pytest.fixture
def desk(folder: Path) -> str:
    """A table with an unreachable rule, one that is silenced, and one that does nothing."""
    (folder / "desk.yaml").write_text(DESK, encoding="utf-8")
    return "desk.yaml"


def test_findings_are_told_with_the_request_that_shows_them(run: Run, desk: str) -> None:
    ran = run("check", desk)

    assert ran.code == 0
    lines = ran.out.splitlines()
    at = next(i for i, line in enumerate(lines) if "[unreachable-rule]" in line)
    assert lines[at].startswith(
        "desk.yaml:10:5: warning [unreachable-rule] No request reaches `long`: before it stands"
        " `drafts`, which covers it."
    )
    assert lines[at + 1] == "    The way is the same without it, so it can go."
    request = json.loads(lines[at + 2].partition(": ")[2])
    assert request == {"facts": {"task": "draft", "turns": 2}}
    assert lines[-1].endswith("no errors; lint: 1 warning, 2 notes, 1 silenced")
    assert not any(line.startswith("desk.yaml:12:") for line in lines)


def test_findings_come_as_json_with_all_there_is_to_them(run: Run, desk: str) -> None:
    told = json.loads(run("check", desk, "--format", "json").out)

    assert told == json.loads(run("check", desk, "--json").out)
    found = {f["rule"]: f for f in told["findings"] if f["code"] == "unreachable-rule"}
    assert found["long"]["blocking"] == ["drafts"]
    assert found["long"]["witnesses"][0]["rule"] == "drafts"
    assert (found["long"]["ignored"], found["quiet"]["ignored"]) == (None, "a%b")


def test_sarif_names_its_rules_and_places_and_what_is_suppressed(run: Run, desk: str) -> None:
    ran = run("check", desk, "--format", "sarif")

    assert ran.code == 0
    log = json.loads(ran.out)
    assert log["version"] == "2.1.0"
    [sarif] = log["runs"]
    rules = sarif["tool"]["driver"]["rules"]
    for result in sarif["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        [location] = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "desk.yaml"
        assert physical["region"]["startLine"] >= 1
        assert physical["region"]["startColumn"] >= 1
    assert len({rule["id"] for rule in rules}) == len(rules)
    suppressed = [result for result in sarif["results"] if "suppressions" in result]
    assert [s["suppressions"] for s in suppressed] == [
        [{"kind": "inSource", "justification": "a%b"}]
    ]


def test_sarif_holds_errors_too_and_the_exit_code_says_so(run: Run, desk: str) -> None:
    Path(desk).write_text(DESK.replace("default: small", "default: smal"))

    ran = run("check", desk, "--format", "sarif")

    assert ran.code == 1
    [result] = json.loads(ran.out)["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("missing-reference", "error")


def test_annotations_are_escaped_as_github_wants_it(run: Run, folder: Path) -> None:
    (folder / "a,b%.yaml").write_text(DESK.replace("name: desk", "name: '100%: \\r'"))

    ran = run("check", "a,b%.yaml", "--format", "github")

    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0].startswith("::error file=a%2Cb%25.yaml,line=2,col=7,title=bad-name::")
    assert all(line.startswith("::error ") for line in lines)


def test_annotations_leave_out_what_is_silenced(run: Run, desk: str) -> None:
    ran = run("check", desk, "--format", "github")

    assert ran.code == 0
    assert "::warning file=desk.yaml,line=10,col=5,title=unreachable-rule::" in ran.out
    assert "::notice file=desk.yaml" in ran.out
    assert "line=12" not in ran.out


def test_a_code_is_explained(run: Run) -> None:
    ran = run("check", "--explain", "unreachable-rule")

    assert ran.code == 0
    assert ran.out.startswith("unreachable-rule (warning): A rule that no request reaches\n\n")


@pytest.mark.parametrize("code", ["unreachable-rul", "\x1b[31m", ""])
def test_a_code_that_lint_does_not_have_is_one_sentence(run: Run, code: str) -> None:
    ran = run("check", "--explain", code)

    assert_one_sentence(ran)
    assert "Lint has no code" in ran.err


def test_without_a_table_there_is_nothing_to_check(run: Run) -> None:
    assert_one_sentence(run("check"))


def test_a_log_is_looked_at_where_one_is_named(run: Run, folder: Path) -> None:
    made = MadeLog(folder / "traffic.db")
    for _ in range(3):
        made.add("Hello there")
    made.close()
    (folder / "desk.yaml").write_text(TABLE)

    ran = run("check", "desk.yaml", "--log", "traffic.db", "--days", "9" * 400)

    assert ran.code == 0
    assert "[falls-to-default] 3 requests (100 %) met no rule and no task." in ran.out


def test_a_log_that_is_not_there_cannot_be_looked_at(run: Run, desk: str) -> None:
    assert_one_sentence(run("check", desk, "--log", "none.db"))


def test_hostile_words_in_a_table_are_shown_harmless(run: Run, desk: str) -> None:
    hostile = DESK.replace("task: d*", 'task: "d*\\e[31m"').replace(
        "task: draft,", 'task: "dx\\e[31m",'
    )
    Path(desk).write_text(hostile)

    for told_as in ("text", "json", "sarif", "github"):
        ran = run("check", desk, "--format", told_as)
        assert_harmless(ran)
        assert "unreachable-rule" in ran.out
