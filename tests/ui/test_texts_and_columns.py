"""The captured texts of a request over the whole screen, and the columns of the list."""

from pathlib import Path

from textual.pilot import Pilot

from console.traffic.records import BodyRow
from console.ui.app import ConsoleApp
from console.ui.column_choice import AS_USUAL, Choice, ColumnChoice
from console.ui.texts_dialog import TextsDialog
from console.ui.texts_document import TextsDocument
from console.ui.traffic_columns import columns_for
from tests.ui.driving import drawn, until, until_drawn
from tests.ui.traffic_log import TrafficLog

ROOMY = (130, 36)


def test_texts_are_named_once_each_with_the_prompt_first() -> None:
    document = TextsDocument(
        BodyRow("r", prompt="hi", conversation="hi", system="be kind", answer="hi", truncated=True)
    )
    assert [one.name for one in document.texts] == ["prompt", "answer", "system"]
    assert document.title == "prompt · 1 of 3 · 2 characters · cut when captured"
    document.other(-1)
    assert document.text == "be kind"


def test_words_are_found_from_where_one_is_and_round_the_end() -> None:
    document = TextsDocument(BodyRow("r", prompt="Refund?\nNo refund.\nREFUND!"))
    document.look_for("refund", after=9)
    assert (document.told, document.location(document.found[1][0])) == ("2 of 3", (1, 3))
    document.step(2)
    assert document.told == "1 of 3"
    document.look_for("a.*b(")
    assert document.told == "not found in this text"


def test_a_request_without_texts_says_so() -> None:
    document = TextsDocument(None)
    document.look_for("x")
    document.other(1)
    assert (document.title, document.text) == ("no text was captured", "")


async def opened(pilot: Pilot[int]) -> TextsDialog:
    await until_drawn(pilot, "all 1")
    await pilot.press("v")
    await until(pilot, lambda: isinstance(pilot.app.screen, TextsDialog))
    screen = pilot.app.screen
    assert isinstance(screen, TextsDialog)
    return screen


async def test_a_text_is_searched_and_copied_in_part_and_whole(log: TrafficLog) -> None:
    log.add(1, prompt_preview="first line\nwhere is my [bold]refund[/]\x1b[31m?")
    app = ConsoleApp(log.table_path, log.path)
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        dialog = await opened(pilot)
        assert "my [bold]refund[/]␛[31m?" in drawn(pilot)
        await pilot.press("slash", *"REF", "enter")
        await until_drawn(pilot, "1 of 1")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == "ref")
        await pilot.press("escape")
        assert app.screen is dialog
        await pilot.press("g", "y")
        await until(pilot, lambda: app.clipboard.startswith("first line"))
        await pilot.press("escape")
        assert app.screen is not dialog


async def test_nothing_can_be_typed_into_a_captured_text(log: TrafficLog) -> None:
    log.add(1, prompt_preview="as it was")
    async with ConsoleApp(log.table_path, log.path).run_test(size=ROOMY) as pilot:
        dialog = await opened(pilot)
        await pilot.press("x", "enter", "backspace", "delete")
        assert dialog.document.text == "as it was"
        assert "as it was" in drawn(pilot)


def test_chosen_columns_are_there_before_the_usual_ones() -> None:
    titles = [column.title for column, _ in columns_for(80)]
    choice = Choice(frozenset({"tokens", "model"}), frozenset({"provider"}))
    chosen = [column.title for column, _ in columns_for(80, choice)]
    assert {"model", "tokens"} <= set(titles)
    assert "provider" not in titles
    assert "provider" in chosen
    assert not {"model", "tokens"} & set(chosen)
    assert sum(size for _, size in columns_for(80, choice)) + len(chosen) - 1 == 80


def test_a_choice_outlives_the_console_and_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "columns.json"
    choice = ColumnChoice(path)
    choice.toggle("cost", optional=False)
    choice.toggle("provider", optional=True)
    assert ColumnChoice(path).chosen == Choice(frozenset({"cost"}), frozenset({"provider"}))
    for broken in ("{", "[]", '{"hidden": "cost", "added": [1]}'):
        path.write_text(broken)
        assert ColumnChoice(path).chosen == AS_USUAL


async def test_columns_are_chosen_with_the_list_in_view(log: TrafficLog, tmp_path: Path) -> None:
    log.add(1)
    app = ConsoleApp(log.table_path, log.path, state_folder=tmp_path)
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        assert "http" in drawn(pilot)
        await pilot.press("C", "space")
        await until_drawn(pilot, "[ ] http")
        await pilot.press("escape")
        await until(pilot, lambda: "http" not in drawn(pilot))
        await pilot.press("C", "u", "escape")
        await until_drawn(pilot, "http")
