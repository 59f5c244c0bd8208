"""Rules are edited in a draft: seen at once, taken back, kept, tested, and saved with a reason."""

from contextlib import closing
from pathlib import Path

import pytest

from console.table import test_file
from console.traffic.reader import LogReader
from console.traffic.saves import saves_of
from console.ui.app import ConsoleApp
from console.ui.conflict_dialog import ConflictDialog
from console.ui.drafts_dialog import DraftsDialog
from console.ui.entry_dialog import EntryDialog
from console.ui.save_dialog import SaveDialog
from console.ui.screens.rules import RulesScreen
from console.ui.widgets.line_view import LineView
from console.ui.widgets.prompt_area import PromptArea
from tests.ui.driving import drawn, open_rules, until, until_drawn
from tests.ui.traffic_log import TABLE, TrafficLog

ROOMY = (150, 44)


def app_on(log: TrafficLog, state: Path | None = None) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path, state_folder=state)


def draft_text(screen: RulesScreen) -> str:
    assert screen.draft is not None
    return screen.draft.text


async def test_a_rule_is_moved_in_the_draft_and_the_file_stays(log: TrafficLog) -> None:
    log.add(3)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("J")
        await until_drawn(pilot, "draft, not saved")
        assert draft_text(screen).index("id: long") < draft_text(screen).index("id: money")
        assert screen.marked_rule() is not None
        assert screen.marked_rule().id == "money"  # type: ignore[union-attr]
        assert log.table_path.read_text() == TABLE
        await pilot.press("u")
        await until(pilot, lambda: not screen.has_draft)
        assert "version 71a9f6f" in drawn(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen.has_draft)


async def test_what_a_draft_would_move_stands_beside_it(log: TrafficLog) -> None:
    log.add(3, prompt_preview="where is my refund?")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.has_draft)
        await pilot.press("]", "]", "]")
        await until_drawn(pilot, "rule `money` switched off")
        await until_drawn(pilot, "of the newest requests would move")
        await until_drawn(pilot, "the table has none")


async def test_a_draft_is_saved_with_its_reason_and_who_did_it(log: TrafficLog) -> None:
    log.add(1)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o", "S")
        await until(pilot, lambda: isinstance(pilot.app.screen, SaveDialog))
        await until_drawn(pilot, "enabled: false")
        await pilot.press("enter")
        await until_drawn(pilot, "A save says why it was made.")
        await pilot.press(*"too many", "enter")
        await until_drawn(pilot, "Saved as version")
        await until(pilot, lambda: not screen.has_draft)
        text = log.table_path.read_text()
        assert text == TABLE.replace(
            "    route: general\n  - id: long",
            "    route: general\n    enabled: false\n  - id: long",
        )
        with closing(LogReader(log.path)) as reader:
            [save] = saves_of(reader, 9)
        assert save.because == "too many"
        await until_drawn(pilot, f"version {save.version}")


async def test_a_rule_is_written_as_yaml_with_its_problems_told(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
        area = pilot.app.screen.query_one("#entry-yaml", PromptArea)
        await until_drawn(pilot, "It can be read.")
        area.load_text(area.text.replace("route: general", "route: generall"))
        await until_drawn(pilot, "line 4:")
        assert "generall" in drawn(pilot)
        area.load_text(area.text.replace("generall", "small"))
        await until_drawn(pilot, "It can be read.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.has_draft)
        assert screen.draft is not None
        assert screen.draft.changes == ["rule `money`, route: general → small"]


async def test_what_was_typed_is_not_lost_by_one_key(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await open_rules(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
        await pilot.press("x", "escape")
        await until_drawn(pilot, "esc again leaves what was typed.")
        assert isinstance(pilot.app.screen, EntryDialog)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, EntryDialog))


async def test_a_draft_outlives_the_console(log: TrafficLog, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with app_on(log, state).run_test(size=ROOMY) as pilot:
        await open_rules(pilot)
        await pilot.press("D")
        await until_drawn(pilot, "money-2")
    async with app_on(log, state).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await until_drawn(pilot, "Your draft is here again: 1 change.")
        assert "money-2" in drawn(pilot)
        await pilot.press("X")
        await until_drawn(pilot, "X again throws the draft away.")
        await pilot.press("X")
        await until(pilot, lambda: not screen.has_draft)
        assert not list(state.rglob("drafts/**/*.json"))


async def test_a_second_operators_save_is_brought_together(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.has_draft)
        theirs = TABLE.replace("min: 1000", "min: 2000")
        log.table_path.write_text(theirs)
        await pilot.press("S", *"off", "enter")
        await until_drawn(pilot, "Somebody saved the file meanwhile")
        assert log.table_path.read_text() == theirs
        await pilot.press("S", *"both", "enter")
        await until_drawn(pilot, "Saved as version")
        text = log.table_path.read_text()
        assert "enabled: false" in text
        assert "min: 2000" in text


async def test_what_both_changed_is_shown_side_by_side(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.has_draft)
        theirs = TABLE.replace("because: Money needs care.", "because: Care.")
        log.table_path.write_text(theirs)
        await pilot.press("S", *"off", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConflictDialog))
        await until_drawn(pilot, "rule `money`")
        assert "Care." in drawn(pilot)
        await pilot.press("escape")
        assert screen.has_draft
        assert log.table_path.read_text() == theirs


async def test_failing_tests_are_warned_of_and_asked_about_twice(log: TrafficLog) -> None:
    test_file.tests_beside(log.table_path).write_text(
        "- name: refunds need care\n  request: {facts: {prompt: a refund}}\n"
        "  expect: {rule: money}\n"
    )
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.report is not None and bool(screen.report.failed))
        await pilot.press("S", *"off", "enter")
        await until_drawn(pilot, "1 test of the table do not pass: enter again saves it so.")
        assert log.table_path.read_text() == TABLE
        await pilot.press("enter")
        await until_drawn(pilot, "Saved as version")


@pytest.mark.parametrize("keys", [["x"], ["o"], ["D"], ["n", "escape"]])
async def test_edits_go_back_to_the_very_text(log: TrafficLog, keys: list[str]) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press(keys[0])
        await until(pilot, lambda: screen.has_draft)
        await pilot.press(*keys[1:])
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("u")
        await until(pilot, lambda: not screen.has_draft)
        assert draft_text(screen) == TABLE


async def test_without_a_table_there_is_nothing_to_edit() -> None:
    async with ConsoleApp(None, None).run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("3", "o")
        await until_drawn(pilot, "No rule is marked.")
        await pilot.press("E")
        await until_drawn(pilot, "There is no table to edit")


async def test_a_rule_is_drafted_from_a_logged_request(log: TrafficLog) -> None:
    log.add(1, prompt_preview="where is my refund for the shed?")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
        written = pilot.app.screen.query_one("#entry-yaml", PromptArea).text
        assert "where is my refund for the" in written
        assert "client: web" in written
        await until_drawn(pilot, "It can be read")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RulesScreen))
        screen = pilot.app.screen
        assert isinstance(screen, RulesScreen)
        assert screen.draft is not None
        assert screen.draft.table is not None
        # It stands before the rule that took the request, and takes it in its stead.
        assert [rule.id for rule in screen.draft.table.rules] == ["new-rule-2", "money", "long"]
        assert log.table_path.read_text() == TABLE


async def test_a_console_that_may_only_look_drafts_no_rule(log: TrafficLog) -> None:
    log.add(1, prompt_preview="where is my refund for the shed?")
    app = ConsoleApp(log.table_path, log.path, read_only=True)
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        await pilot.press("n")
        await until_drawn(pilot, "read-only")
        assert not isinstance(pilot.app.screen, RulesScreen)


async def test_several_drafts_are_kept_by_name(log: TrafficLog, tmp_path: Path) -> None:
    log.add(1)
    async with app_on(log, tmp_path).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("J")
        await until(pilot, lambda: screen.has_draft)
        await pilot.press("N")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftsDialog))
        await pilot.press("tab", *"winter", "enter")
        await until_drawn(pilot, "draft winter, not saved")

        # The one without a name is free again, and says what the file says.
        await pilot.press("N")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftsDialog))
        await pilot.press("g", "enter")
        await until(pilot, lambda: screen.draft_name == "current" and not screen.has_draft)
        await pilot.press("o")
        await until_drawn(pilot, "draft, not saved")
        unnamed = draft_text(screen)

        await pilot.press("N")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftsDialog))
        await until_drawn(pilot, "1 change")
        await pilot.press("G", "enter")
        await until_drawn(pilot, "draft winter, not saved")
        assert draft_text(screen).index("id: long") < draft_text(screen).index("id: money")

    async with app_on(log, tmp_path).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        await until_drawn(pilot, "draft, not saved")
        assert draft_text(screen) == unnamed
        assert log.table_path.read_text() == TABLE


async def test_a_name_no_file_can_have_is_refused(log: TrafficLog, tmp_path: Path) -> None:
    async with app_on(log, tmp_path).run_test(size=ROOMY, notifications=True) as pilot:
        await open_rules(pilot)
        await pilot.press("J", "N")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftsDialog))
        await pilot.press("tab", *"../x", "enter")
        await until_drawn(pilot, "A name has 1 to 64 characters")


async def test_a_draft_says_that_its_file_changed_before_it_is_saved(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        screen = await open_rules(pilot)
        await pilot.press("o")
        await until(pilot, lambda: screen.has_draft)
        assert "file changed" not in drawn(pilot)
        log.table_path.write_text(TABLE.replace("min: 1000", "min: 2000"))
        await until_drawn(pilot, "draft, not saved · file changed: saving merges by rule")
        log.table_path.write_text(TABLE)
        await until(pilot, lambda: "file changed" not in drawn(pilot))


async def test_under_a_draft_the_tabs_count_its_rules_and_its_changes(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await open_rules(pilot)
        await until_drawn(pilot, "Rules 2")
        await pilot.press("D")
        await until_drawn(pilot, "Rules 3")
        await until_drawn(pilot, "Draft 1")
        await pilot.press("u")
        await until(pilot, lambda: "Rules 2" in drawn(pilot) and "Draft 1" not in drawn(pilot))


async def test_a_draft_with_errors_is_told_as_the_draft(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        screen = await open_rules(pilot)
        screen.edit("break", lambda text: text.replace("route: general", "route: generall"))
        detail = screen.query_one("#rule-detail", LineView)
        words = "the draft has changed and has errors"
        await until(pilot, lambda: words in " ".join(detail.plain_text.split()))
        await until(pilot, lambda: screen.report is not None)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, SaveDialog))
        await until_drawn(pilot, "Problems in Rules says where")


async def test_without_a_folder_of_its_own_drafts_have_no_names(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await open_rules(pilot)
        await pilot.press("N")
        await until_drawn(pilot, "keeps a draft only until it is closed")
