"""`tail`, `stats` and `export`: what a filter selects, in a line, added up, or as it is."""

import csv
import io
import json
from pathlib import Path

import pytest

from console.cli import main
from console.cli.parser import _STATS_BY
from console.traffic.metrics.breakdown import BY
from console.traffic.writer import LogWriter
from tests.cli.running import Ran, assert_harmless, run_process
from tests.traffic.building import DECISION, body, ended, facts, request

HOSTILE = '\x1b[2J[red]=cmd|"/c calc"'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "traffic.sqlite"
    writer = LogWriter(path)
    for number in range(1, 5):
        writer.begin(request(number), facts(number), DECISION, None, body(number, prompt="hi"))
    writer.finish(ended(1, duration_ms=100.0, cost_usd=0.5, input_tokens=10, output_tokens=20))
    writer.finish(ended(2, duration_ms=300.0, status="error", error_type="timeout"))
    writer.finish(ended(3, route="large", duration_ms=9_000.0, prompt_preview=HOSTILE))
    writer.close()
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    code = main(list(arguments))
    told = capsys.readouterr()
    return Ran(code, told.out, told.err)


def test_a_tail_shows_the_newest_that_have_ended(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = said(capsys, "tail", "--log", str(log), "--no-follow")
    assert ran.code == 0
    assert [line.split()[1] for line in ran.out.splitlines()] == ["✓", "✗", "✓"]
    assert "timeout" in ran.out.splitlines()[1]
    assert_harmless(ran)


def test_a_tail_shows_what_its_filter_selects(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = said(capsys, "tail", "latency>200ms -error", "--log", str(log), "--no-follow", "--json")
    assert [json.loads(line)["route"] for line in ran.out.splitlines()] == ["large"]
    # A minus at the beginning looks like an option; the help says how it is given.
    ran = said(capsys, "tail", "--no-follow", "--json", "--log", str(log), "--", "-error", "ok")
    assert [json.loads(line)["route"] for line in ran.out.splitlines()] == ["small", "large"]


def test_figures_are_added_up_by_a_field(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = said(capsys, "stats", "--log", str(log), "--json")
    told = json.loads(ran.out)
    assert [part["value"] for part in told["parts"]] == ["small", "large"]
    small, large = told["parts"]
    assert (small["requests"], small["errors"], small["cost_usd"]) == (2, 1, 0.5)
    assert (small["cost_unknown"], small["cost_per_request"]) == (1, 0.5)
    assert large["cost_usd"] is None
    assert large["input_tokens"] is None
    assert told["all"]["requests"] == 3
    assert small["p50_ms"] == pytest.approx(100, rel=0.02)
    assert large["p99_ms"] == pytest.approx(9_000, rel=0.02)


def test_figures_in_a_terminal_say_what_is_not_known(
    log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = said(capsys, "stats", "--by", "error", "--log", str(log))
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()[1:4]] == ["none", "timeout", "all"]
    assert "The cost of 2 of 3 requests is not known." in ran.out
    assert "?" in ran.out
    assert (
        "No request that has ended meets this."
        in said(capsys, "stats", "route:nowhere", "--log", str(log)).out
    )


def test_an_export_holds_what_the_log_does(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = said(capsys, "export", "route:large", "--texts", "--log", str(log))
    [document] = map(json.loads, ran.out.splitlines())
    assert document["prompt_preview"] == HOSTILE
    assert document["prompt"] == "hi"
    assert_harmless(ran)


def test_a_spreadsheet_is_given_nothing_to_carry_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "traffic.sqlite"
    writer = LogWriter(path)
    writer.finish(ended(1, prompt_preview="=cmd|' /C calc'!A0", client="@x", task="a\x1b[31m"))
    writer.close()
    ran = said(capsys, "export", "--format", "csv", "--log", str(path))
    [row] = csv.DictReader(io.StringIO(ran.out))
    assert row["prompt_preview"] == "'=cmd|' /C calc'!A0"
    assert row["client"] == "'@x"
    assert row["cost_usd"] == ""
    assert_harmless(ran)


@pytest.mark.parametrize("command", ["tail", "stats", "export"])
def test_a_mistake_in_a_filter_is_shown_at_its_place(command: str, log: Path) -> None:
    ran = run_process(command, "rute:small", "\x1b[31m", "--log", str(log))
    assert ran.code == 2
    first, text, pointer, hint = ran.err.splitlines()
    assert first == "route-console: There is no field `rute`."
    assert text.startswith("  rute:small ")
    assert pointer == "  ^^^^"
    assert hint == "  Did you mean `route`?"
    assert_harmless(ran)


@pytest.mark.parametrize("command", ["tail", "stats", "export"])
def test_a_log_that_is_not_there_is_told(command: str, tmp_path: Path) -> None:
    ran = run_process(command, "--log", str(tmp_path / "none.sqlite"))
    assert ran.code == 2
    assert "There is no traffic log at" in ran.err
    assert "Traceback" not in ran.err


def test_the_command_line_offers_what_figures_can_be_by() -> None:
    assert _STATS_BY == BY
