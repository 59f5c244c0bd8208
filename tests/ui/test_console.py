"""The console as a whole: its keys, its help, its palette, its themes, and leaving it."""

import subprocess
import sys
import threading
import time

import pytest
from textual.binding import Binding
from textual.widgets import Footer

from console.traffic.problem import ReadInterrupted
from console.traffic.reader import LogReader
from console.ui.app import ConsoleApp
from console.ui.help import HelpScreen, key_lines
from console.ui.log_queries import LogQueries
from console.ui.theme import THEME_CYCLE
from tests.ui.driving import console, drawn, settled, until, until_drawn
from tests.ui.traffic_log import TrafficLog

FOOTER_AT_MOST = 7


def app_on(log: TrafficLog) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path)


@pytest.mark.parametrize(("key", "place"), [("3", "rules"), ("4", "preview")])
async def test_a_number_goes_to_a_place_and_back(log: TrafficLog, key: str, place: str) -> None:
    async with app_on(log).run_test(size=(120, 36), notifications=True) as pilot:
        await settled(pilot)

        await pilot.press(key)
        await until(pilot, lambda: console(pilot).current_mode == place)
        await pilot.press("escape", "1")

        await until(pilot, lambda: console(pilot).current_mode == "traffic")


async def test_traffic_goes_on_while_another_place_is_open(log: TrafficLog) -> None:
    log.add(2)
    async with app_on(log).run_test(size=(120, 36), notifications=True) as pilot:
        await until_drawn(pilot, "following · all 2")
        await pilot.press("3")

        log.add(3)
        await pilot.press("1")

        await until_drawn(pilot, "following · all 5")


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_tells_the_keys_of_where_you_are(log: TrafficLog, key: str) -> None:
    async with app_on(log).run_test(size=(100, 48), notifications=True) as pilot:
        await settled(pilot)

        await pilot.press(key)

        await until_drawn(pilot, "Help · Traffic")
        shown = drawn(pilot)
        for words in (
            "Requests as they are decided",
            "Hold the list still",
            "Copy the request's id",
        ):
            assert words in shown
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(pilot.app.screen, HelpScreen))


async def test_every_key_shown_in_help_says_what_it_does(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=(100, 48), notifications=True) as pilot:
        await settled(pilot)

        lines = [str(row) for line in key_lines(pilot.app.screen) for row in line.rows(96)]

        assert len(lines) > 15
        assert all(len(line.split(maxsplit=1)) > 1 for line in lines)


async def test_the_palette_finds_commands_by_name(log: TrafficLog) -> None:
    app = app_on(log)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await settled(pilot)

        await pilot.press("colon")
        await until_drawn(pilot, "Search for commands")
        await pilot.press(*"sole-li")
        await until_drawn(pilot, "Change the colours")
        await pilot.press("enter", "enter")

        await until(pilot, lambda: app.theme == "console-light")


async def test_one_key_steps_through_the_themes_and_comes_round(log: TrafficLog) -> None:
    log.add(3)
    app = app_on(log)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_drawn(pilot, "following · all 3")
        worn = [app.theme]

        for _ in THEME_CYCLE:
            await pilot.press("T")
            worn.append(app.theme)

        assert worn == [*THEME_CYCLE, THEME_CYCLE[0]]


def test_a_theme_can_be_chosen_by_the_environment_and_a_wrong_one_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTUAL_THEME", "console-light")
    assert ConsoleApp(None, None).theme == "console-light"
    monkeypatch.setenv("TEXTUAL_THEME", "no-such-theme")
    assert ConsoleApp(None, None).theme == "console-dark"


@pytest.mark.parametrize("opened", [False, True])
async def test_the_footer_shows_few_keys_and_they_fit_80_columns(
    log: TrafficLog, opened: bool
) -> None:
    log.add(1)
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        await until_drawn(pilot, "following · all 1")
        if opened:
            await pilot.press("enter")
            await until_drawn(pilot, "esc Close")

        footer = pilot.app.screen.query_one(Footer)
        shown = {
            active.binding.group or active.binding.action
            for active in pilot.app.screen.active_bindings.values()
            if active.binding.show
        }
        assert len(shown) <= FOOTER_AT_MOST
        assert footer.virtual_size.width <= 80
        assert "Quit" in drawn(pilot).splitlines()[-1]


async def test_every_key_has_a_name_of_its_own_that_a_keymap_can_use(log: TrafficLog) -> None:
    async with app_on(log).run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        own = [
            binding
            for node in (pilot.app, *pilot.app.screen.query("*"), pilot.app.screen)
            if type(node).__module__.startswith("console.")
            for binding in type(node).__dict__.get("BINDINGS", [])
            if isinstance(binding, Binding)
        ]

        assert own
        assert all(binding.id for binding in own)
        assert len({(binding.id, binding.action) for binding in own}) == len(own)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_the_console_is_left_at_once(log: TrafficLog, key: str) -> None:
    app = app_on(log)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press(key)

    assert app.return_code == 0


def test_a_query_under_way_is_interrupted_when_the_console_is_left(log: TrafficLog) -> None:
    queries, begun, ended = LogQueries(log.path), threading.Event(), threading.Event()

    def endless(reader: LogReader) -> None:
        begun.set()
        while True:
            reader.rates(time.time())

    def ask() -> None:
        with pytest.raises(ReadInterrupted):
            queries.ask(endless)
        ended.set()

    threading.Thread(target=ask, daemon=True).start()
    assert begun.wait(10)
    while not ended.wait(0.01):
        queries.close()

    with pytest.raises(ReadInterrupted):
        queries.ask(endless)


def test_the_console_alone_knows_textual() -> None:
    code = (
        "import sys, console.ui, console.traffic.reader, console.routing.router\n"
        "assert not {'textual', 'rich'} & set(sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
