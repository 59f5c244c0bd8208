"""The table's tests and its history as places of their own."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from console.table import test_file
from console.table.draft import Draft
from console.table.draft_store import UNNAMED, DraftStore
from console.table.version import version_of
from console.traffic.records import TableVersionRow
from console.ui.app import ConsoleApp
from console.ui.save_dialog import SaveDialog
from console.ui.screens.rules import RulesScreen
from tests.ui.driving import drawn, open_rules, until, until_drawn
from tests.ui.traffic_log import NOON, TABLE, TrafficLog

ROOMY = (150, 44)
TESTS = """\
- name: refunds need care [bold]
  request: {facts: {prompt: a refund}}
  expect: {rule: money, route: general}
- name: triage is small
  request: {facts: {task: triage, prompt: hello}}
  expect: {route: general}
"""


def app_on(log: TrafficLog, **options: object) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path, **options)  # type: ignore[arg-type]


async def test_a_failing_test_comes_first_with_why(log: TrafficLog) -> None:
    test_file.tests_beside(log.table_path).write_text(TESTS)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await pilot.press("5")
        await until_drawn(pilot, "1 of 2 do not pass · coverage 66 %")
        await until_drawn(pilot, "route is small, expected general")
        shown = drawn(pilot)
        assert shown.index("triage is small") < shown.index("refunds need care [bold]")
        assert "long  no test ends here" in shown
        await pilot.press("p")
        await until_drawn(pilot, "hello")


async def test_tests_are_run_again_when_they_change(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("5")
        await until_drawn(pilot, "There are no tests yet")
        test_file.tests_beside(log.table_path).write_text(
            TESTS.replace("general}\n- ", "small}\n- ")
        )
        await until_drawn(pilot, "2 of 2 do not pass")
        test_file.tests_beside(log.table_path).write_text("- name: [")
        await until_drawn(pilot, "This is not YAML")


async def test_a_draft_stands_beside_the_table_in_service(log: TrafficLog) -> None:
    test_file.tests_beside(log.table_path).write_text(TESTS.replace("general}\n- ", "small}\n- "))
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.has_draft)
        await pilot.press("5")
        await until_drawn(pilot, "draft: 2 of 2 do not pass · in service: 2 of 2 do not pass")
        await pilot.press("3", "u", "5")
        await until_drawn(pilot, "2 of 2 do not pass · coverage 66 %")
        assert "in service" not in drawn(pilot)


async def test_what_fails_by_the_draft_alone_says_where_it_turned(log: TrafficLog) -> None:
    tests = TESTS.replace("task: triage, prompt: hello", "prompt: hello")
    test_file.tests_beside(log.table_path).write_text(tests)
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.report is not None and bool(screen.report.failed))
        screen.query_one(TabbedContent).active = "draft-pane"
        await until_drawn(pilot, "refunds need care [bold]")
        await pilot.press("enter")
        await until_drawn(pilot, "draft: 1 of 2 do not pass · in service: all 2 pass")
        shown = drawn(pilot)
        assert "✗      ✓           refunds need care [bold]" in shown
        assert "✗ rule is none, expected money" in shown
        assert "rule money is switched off" in shown
        assert "✓ passes" in shown


async def test_a_draft_with_errors_says_what_its_results_are_of(log: TrafficLog) -> None:
    test_file.tests_beside(log.table_path).write_text(TESTS)
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_rules(pilot)
        screen.edit("break", lambda text: text.replace("route: general", "route: generall"))
        await pilot.press("5")
        await until_drawn(pilot, "its results are of its last")


async def test_a_draft_that_never_could_be_read_leaves_the_table_in_service(
    log: TrafficLog,
) -> None:
    test_file.tests_beside(log.table_path).write_text(TESTS)
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        await until_drawn(pilot, "desk")
        log.table_path.write_text("version: 1\nname: [")
        screen = await open_rules(pilot)
        await until(pilot, lambda: bool(screen.problems.in_order))
        screen.edit("more", lambda text: text + "[")
        await pilot.press("5")
        await until_drawn(pilot, "only the table in service is")
        await until_drawn(pilot, "1 of 2 do not pass · coverage")


async def test_a_draft_kept_by_an_earlier_session_is_tested_before_rules_is_opened(
    log: TrafficLog, tmp_path: Path
) -> None:
    test_file.tests_beside(log.table_path).write_text(TESTS)
    draft = Draft(TABLE)
    draft.edit("longer", lambda text: text.replace("min: 1000", "min: 2000"))
    DraftStore(tmp_path / "state", log.table_path).write(UNNAMED, draft)
    app = app_on(log, state_folder=tmp_path / "state")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("5")
        await until_drawn(pilot, "draft: 1 of 2 do not pass")


async def test_what_no_test_reaches_is_listed_and_one_key_away(log: TrafficLog) -> None:
    test_file.tests_beside(log.table_path).write_text(TESTS)
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("5")
        await until_drawn(pilot, "1 of 2 do not pass")
        await pilot.press("c")
        await until_drawn(pilot, "1 of 2 conditions were seen both true and false")
        shown = drawn(pilot)
        assert "long  no test ends here" in shown
        assert "✗ true ✓ false  input tokens" in shown or "✗ true ✓ false  input_tokens" in shown
        assert "✓ true ✓ false  prompt" in shown
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RulesScreen))
        screen = pilot.app.screen
        assert isinstance(screen, RulesScreen)
        await until(pilot, lambda: getattr(screen.marked_rule(), "id", "") == "long")
        await pilot.press("5", "G", "enter")
        await until_drawn(pilot, "is declared")
        await until(pilot, lambda: screen.marked_rule() is None)


def serve_another(log: TrafficLog) -> str:
    text = TABLE.replace("min: 1000", "min: 2000")
    log.serve(TableVersionRow(version_of(text.encode()), NOON + 60, "ann", "longer", text))
    log.table_path.write_text(text)
    return text


async def open_history(pilot: Pilot[int]) -> None:
    await until_drawn(pilot, "desk")
    await pilot.press("6")
    await until_drawn(pilot, "by ann")


async def test_versions_are_compared_and_rolled_back(log: TrafficLog) -> None:
    serve_another(log)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await open_history(pilot)
        await until_drawn(pilot, "rule `long`, input_tokens, min: 1000 → 2000")
        await until_drawn(pilot, "+    when: {input_tokens: {min: 2000}}")
        await pilot.press("j", "R")
        await until(pilot, lambda: isinstance(pilot.app.screen, SaveDialog))
        await until_drawn(pilot, "min: 2000 → 1000")
        await pilot.press(*"broke", "enter")
        await until_drawn(pilot, "is back in the file")
        assert log.table_path.read_text() == TABLE
        await until_drawn(pilot, "rolled back")


async def test_a_version_in_the_file_is_not_put_back(log: TrafficLog) -> None:
    serve_another(log)
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        await open_history(pilot)
        await pilot.press("R")
        await until_drawn(pilot, "already")


async def test_a_log_without_versions_says_so(tmp_path: Path) -> None:
    async with ConsoleApp(None, tmp_path / "none.sqlite").run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until_drawn(pilot, "No table was given.")


@pytest.mark.parametrize("keys", [["d"], ["A"], ["3", "o"], ["3", "e"], ["6", "j", "R"]])
async def test_who_may_only_look_changes_nothing(log: TrafficLog, keys: list[str]) -> None:
    log.add(2)
    text = serve_another(log)
    async with app_on(log, read_only=True).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 2")
        await until_drawn(pilot, "desk")
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            if key == "3":
                await until_drawn(pilot, "Detail")
                pilot.app.screen.query_one("#rules").focus()
            if key == "6":
                await until_drawn(pilot, "by ann")
        await until_drawn(pilot, "This console is read-only")
        assert log.table_path.read_text() == text
