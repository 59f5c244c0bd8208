"""Lint in the Rules screen: findings at their place, what shows them, and what they mean."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from console.table import test_file
from console.ui.app import ConsoleApp
from console.ui.page_dialog import PageDialog
from console.ui.screens.preview import PreviewScreen
from console.ui.screens.rules import RulesScreen
from console.ui.screens.tests import TestList, TestsScreen
from console.ui.screens.traffic import TrafficScreen
from console.ui.test_dialog import TestDialog
from console.ui.widgets.line_view import LineView
from console.ui.widgets.problem_list import ProblemList
from console.whatif.decide_again import Impact, Move
from tests.ui.driving import open_rules, until, until_drawn
from tests.ui.traffic_log import TrafficLog

TABLE = """\
version: 1
name: desk
default: general
providers: {acme: {base_url: "https://acme.example/v1"}}
models:
  small: {provider: acme, usd_per_million: {input: 1.0, output: 2.0}}
  wide: {provider: acme, usd_per_million: {input: 3.0, output: 6.0}}
routes:
  general: {model: wide}
  quick: {model: small}
rules:
  - id: long
    because: Long ones go wide.
    when: {input_tokens: {min: 1000}}
    route: general
  - id: longer
    because: Longer ones go wide, too.
    when: {input_tokens: {min: 2000}}
    route: quick
"""
ROOMY = (150, 44)


@pytest.fixture
def table_path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(TABLE)
    return path


async def open_problems(pilot: Pilot[int]) -> RulesScreen:
    """Turn to the problems, and to the finding that a rule is never reached."""
    screen = await open_rules(pilot, "longer")
    await pilot.press("right_square_bracket", "right_square_bracket")
    await until_drawn(pilot, "[unreachable-rule]")
    problems = screen.query_one("#problems", ProblemList)
    await until(pilot, lambda: not screen.problems.doing)
    for _ in range(20):
        marked = problems.marked
        if marked is not None and marked.rule == "longer" and marked.shown is not None:
            return screen
        await pilot.press("j")
    raise AssertionError("the finding cannot be marked")


async def test_a_rule_never_reached_is_told_at_its_line_with_what_covers_it(
    table_path: Path,
) -> None:
    async with ConsoleApp(table_path, None).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_problems(pilot)
        told = screen.query_one("#problems", ProblemList).plain_text
        assert "desk.yaml:16:" in told
        assert "`long`" in told
        assert screen.problems.title.startswith("! Problems")
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(TabbedContent).active == "rules-pane")
        assert screen.marked_rule() is not None
        assert screen.marked_rule().id == "longer"  # type: ignore[union-attr]


async def test_what_shows_a_finding_opens_in_preview(table_path: Path) -> None:
    async with ConsoleApp(table_path, None).run_test(size=ROOMY, notifications=True) as pilot:
        await open_problems(pilot)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PreviewScreen))
        screen = pilot.app.screen
        assert isinstance(screen, PreviewScreen)
        await until(pilot, lambda: screen.result is not None)
        assert screen.result is not None
        assert screen.result.decision.rule == "long"


async def test_what_shows_a_finding_becomes_a_test_and_its_code_is_explained(
    table_path: Path,
) -> None:
    async with ConsoleApp(table_path, None).run_test(size=ROOMY, notifications=True) as pilot:
        await open_problems(pilot)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, PageDialog))
        await pilot.press("escape", "A")
        await until(pilot, lambda: isinstance(pilot.app.screen, TestDialog))


async def test_a_draft_that_mends_a_finding_no_longer_tells_it(table_path: Path) -> None:
    async with ConsoleApp(table_path, None).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_problems(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: screen.query_one(TabbedContent).active == "rules-pane")
        screen.query_one("#rules", LineView).focus()
        await pilot.press("K")
        await until(pilot, lambda: screen.has_draft and screen.report is not None)
        problems = screen.query_one("#problems", ProblemList)
        await until(pilot, lambda: not screen.problems.doing)
        assert "[unreachable-rule]" not in problems.plain_text
        await pilot.press("u")
        await until(pilot, lambda: "[unreachable-rule]" in problems.plain_text)


async def test_from_the_draft_to_a_test_that_fails(table_path: Path) -> None:
    test_file.tests_beside(table_path).write_text(
        "- name: long ones\n  request: {facts: {input_tokens: 5000}}\n  expect: {rule: long}\n"
    )
    async with ConsoleApp(table_path, None).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot, "longer")
        await pilot.press("o")
        await until(pilot, lambda: screen.report is not None and len(screen.report.failed) == 1)
        screen.query_one(TabbedContent).active = "draft-pane"
        await until_drawn(pilot, "long ones")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TestsScreen))
        tests = pilot.app.screen.query_one("#tests", TestList)
        await until(pilot, lambda: tests.marked is not None)
        assert tests.marked is not None
        assert tests.marked.test.name == "long ones"


async def test_the_requests_a_draft_would_move_are_named_and_one_key_away(
    log: TrafficLog,
) -> None:
    log.add(3, prompt="where is my refund?", prompt_preview="where is my refund?")
    text = log.table_path.read_text()
    log.table_path.write_text(
        text.replace("refund}\n    route: general", "refund}\n    route: small")
    )
    app = ConsoleApp(log.table_path, log.path)
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.report is not None and screen.report.impact is not None)
        screen.query_one(TabbedContent).active = "draft-pane"
        await until_drawn(pilot, "where is my refund?")
        await pilot.press("G", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrafficScreen))


def test_a_copy_of_an_impact_keeps_its_samples_to_itself() -> None:
    move = Move("route", "a", "b")
    impact = Impact(samples={move: ["1"]}, prompts={"1": "hello"})
    copy = impact.copied()
    impact.samples[move].append("2")
    impact.prompts["2"] = "later"
    assert copy.samples == {move: ["1"]}
    assert copy.prompts == {"1": "hello"}
