"""`preview`: one prompt, its route, and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.cli.running import assert_one_sentence
from tests.table.builder import TableBuilder

REFUND = "I want a refund"


def decision(run: Run, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    """Return the decision object of a preview that went well."""
    ran = run("preview", "--table", "desk.yaml", "--json", *arguments, stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    told: dict[str, Any] = json.loads(ran.out)
    return told


def test_a_preview_begins_with_the_decision_in_one_sentence(run: Run, desk: str) -> None:
    ran = run("preview", "--table", desk, REFUND)

    assert (ran.code, ran.err) == (0, "")
    first, *rest = ran.out.splitlines()
    assert first == (
        "`refunds` (rule 1 of 1) sent this to `large` because the prompt contains *refund*."
    )
    assert "prompt   I want a *refund*" in rest


def test_a_cost_is_told_for_what_is_known_and_unknown_else(run: Run, desk: str) -> None:
    priced = run("preview", "--table", desk, REFUND, "--max-output-tokens", "100").out
    unpriced = run("preview", "--table", desk, "hello").out

    assert "with 100 output tokens" in priced
    assert "$0.00" in priced
    assert "cost unknown" in unpriced
    assert "$" not in unpriced


def test_a_rule_that_nearly_matched_says_what_it_needed(run: Run, desk: str) -> None:
    assert (
        'refunds: needs prompt contains "refund" or "money back"'
        in run("preview", "--table", desk, "hello").out
    )


def test_every_rule_and_condition_is_told_when_asked_for(
    run: Run, folder: Path, table: TableBuilder
) -> None:
    table.rule("later", when={"prompt": "refund"}).rule("streams", when={"stream": True})
    (folder / "desk.yaml").write_text(table.text())

    reached = run("preview", "--table", "desk.yaml", REFUND, "--explain").out
    every = run("preview", "--table", "desk.yaml", REFUND, "--explain", "--all").out

    assert "later  not reached" in reached
    assert "later  shadowed" in every
    assert "streams  failed" in every


def test_the_decision_object_has_the_fields_of_the_page(run: Run, desk: str) -> None:
    told = decision(run, REFUND)

    version = told.pop("table_version")
    assert len(version) == 12
    assert told == {
        "route": "large",
        "task": None,
        "task_source": "none",
        "rule": "refunds",
        "reason": "rule_match",
        "override_id": None,
        "unknown_task": False,
        "targets": [{"model": "maxi", "provider": "acme", "eligible": True, "skipped": None}],
        "model": "maxi",
        "error": None,
    }


def test_the_decision_object_has_its_explanation_when_asked_for(run: Run, desk: str) -> None:
    [rule] = decision(run, REFUND, "--explain")["explanation"]["rules"]

    assert (rule["rule"], rule["verdict"]) == ("refunds", "matched")
    assert rule["conditions"][0]["spans"] == [{"fact": "prompt", "start": 9, "end": 15}]


@pytest.mark.parametrize(
    ("when", "options"),
    [
        ("{task: coding}", ["--task", "coding"]),
        ("{model: gpt-x}", ["--model", "gpt-x"]),
        ("{client: app}", ["--client", "app"]),
        ("{system: kind}", ["--system", "be kind"]),
        ("{tags.team: billing, tags.a: 'b=c'}", ["--tag", "team=billing", "--tag", "a=b=c"]),
        ("{max_output_tokens: {min: 5, max: 5}}", ["--max-output-tokens", "5"]),
        ("{response_format: json_schema}", ["--format", "json_schema"]),
        ("{tools: true}", ["--tools"]),
        ("{images: true}", ["--images"]),
        ("{audio: true}", ["--audio"]),
        ("{stream: true}", ["--stream"]),
    ],
)
def test_every_fact_can_be_given(run: Run, folder: Path, when: str, options: list[str]) -> None:
    (folder / "desk.yaml").write_text(TableBuilder().rule(when=when).text())

    assert decision(run, "hello", *options)["rule"] == "a-rule"
    assert decision(run, "hello")["rule"] is None


def test_a_prompt_may_come_on_standard_input(run: Run, desk: str) -> None:
    assert decision(run, stdin="a réfund, my refund\n".encode())["rule"] == "refunds"
    assert decision(run, stdin=b"\xff refund \x00")["rule"] == "refunds"
    assert decision(run, stdin=b"")["rule"] is None


OVERRIDE = """\
version: 1
overrides:
  - id: inc-1
    pin: {route: small, to: large}
    until: 2026-11-23T12:00:00Z
    because: storm
    by: oncall
"""


@pytest.mark.parametrize("option", [[], ["--overrides", "mine.yaml"]])
def test_overrides_count_until_their_moment(run: Run, desk: str, option: list[str]) -> None:
    Path("mine.yaml" if option else "desk.overrides.yaml").write_text(OVERRIDE)

    live = decision(run, "hi", "--at", "2026-11-23T11:59:59Z", *option)
    over = decision(run, "hi", "--at", "2026-11-23T12:00:00Z", *option)

    assert (live["route"], live["override_id"]) == ("large", "inc-1")
    assert (over["route"], over["override_id"]) == ("small", None)


def test_an_override_that_cannot_be_read_is_told_beside_the_decision(run: Run, desk: str) -> None:
    Path("desk.overrides.yaml").write_text(OVERRIDE.replace("    by: oncall\n", ""))

    ran = run("preview", "--table", desk, "hi", "--at", "2026-11-23T11:00:00Z")

    assert "desk.overrides.yaml:" in ran.err
    assert "The key `by` is missing." in ran.err
    assert "route    small" in ran.out


@pytest.mark.parametrize(
    "options",
    [
        ["--at", "2026-11-23"],
        ["--at", "noon"],
        ["--tag", "team"],
        ["--max-output-tokens", "many"],
        ["--format", "xml"],
        ["--sideways"],
        ["--overrides", "none.yaml"],
        ["and another"],
    ],
)
def test_what_cannot_be_asked_is_told_in_one_sentence(
    run: Run, desk: str, options: list[str]
) -> None:
    assert_one_sentence(run("preview", "--table", desk, "hi", *options))


def test_a_table_with_errors_decides_nothing(run: Run, desk: str) -> None:
    Path(desk).write_text("version: 1\nname: desk\n")

    ran = run("preview", "--table", desk, "hi")

    assert (ran.code, ran.out) == (2, "")
    assert "desk.yaml:1:1: error [missing-key] The key `default` is missing." in ran.err
    assert ran.err.endswith("the table has 1 error; mend it first.\n")


def test_colour_is_shown_when_asked_for_and_marks_what_was_found(run: Run, desk: str) -> None:
    coloured = run("preview", "--table", desk, REFUND, "--color", "always").out
    plain = run("preview", "--table", desk, REFUND, "--color", "never").out

    assert "\x1b[1;4;33mrefund\x1b[0m" in coloured
    assert "\x1b" not in plain
