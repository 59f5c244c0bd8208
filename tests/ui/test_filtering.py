"""Traffic filtered: only what is asked for, kept up while it lives, and found however far back."""

import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.traffic import pages
from console.traffic.pages import Pages
from console.traffic.records import RequestRow
from console.ui.app import ConsoleApp
from console.ui.log_feed import WINDOW
from console.ui.moment_dialog import MomentDialog
from console.ui.widgets.filter_bar import FilterBar, FilterInput
from console.ui.widgets.traffic_list import TrafficList
from tests.ui.driving import cursor_line, drawn, list_lines, settled, traffic, until, until_drawn
from tests.ui.traffic_log import NOON, TrafficLog

NARROW = (80, 24)
ROOMY = (110, 24)


def app_on(log: TrafficLog, state: Path | None = None) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path, state_folder=state)


async def ask(pilot: Pilot[int], text: str) -> None:
    """Type a filter and enter it."""
    await pilot.press("slash")
    pilot.app.screen.query_one(FilterInput).value = text
    await pilot.press("enter")
    await settled(pilot)


def told(pilot: Pilot[int]) -> str:
    """The line under the filter."""
    bar = traffic(pilot).query_one(FilterBar)
    return str(bar.query_one("#filter-told").render())


async def test_only_what_the_filter_selects_is_shown(log: TrafficLog) -> None:
    log.add(3)
    log.add(2, route="small", status="error", error_type="timeout")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 5")

        await ask(pilot, "route:small error")

        await until_drawn(pilot, "following · 2 of 5 · route:small error")
        assert len(list_lines(pilot)) == 2
        assert all("✗" in line for line in list_lines(pilot))
        assert isinstance(pilot.app.focused, TrafficList)

        await pilot.press("escape")

        await until_drawn(pilot, "following · all 5")


async def test_a_filtered_list_goes_on_following(log: TrafficLog) -> None:
    log.add(1, route="small")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await ask(pilot, "route:small -running")

        log.add(4, route="general")
        log.add(1, route="small", prompt_preview="more")
        running = log.begin(route="small", prompt_preview="it runs")

        await until_drawn(pilot, "more")
        assert len(list_lines(pilot)) == 2

        log.end(running)

        await until_drawn(pilot, "it runs")
        assert len(list_lines(pilot)) == 3


async def test_what_no_longer_meets_the_filter_goes_but_not_from_under_the_cursor(
    log: TrafficLog,
) -> None:
    first = log.begin(prompt_preview="the first")
    second = log.begin(prompt_preview="the second")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 2")
        await ask(pilot, "running")
        await until_drawn(pilot, "the second")
        await pilot.press("k")

        log.end(first)
        log.end(second)

        await until(pilot, lambda: len(list_lines(pilot)) == 1)
        assert "the first" in list_lines(pilot)[0]


async def test_new_ones_are_counted_while_paused_and_the_cursor_stays(log: TrafficLog) -> None:
    log.add(30, route="small")
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "all 30")
        await ask(pilot, "route:small")
        await pilot.press("k", "k", "k")
        line, lines = cursor_line(pilot), list_lines(pilot)

        log.add(5, route="general")
        log.add(7, route="small")

        await until_drawn(pilot, "+7 new")
        assert (cursor_line(pilot), list_lines(pilot)) == (line, lines)

        await pilot.press("G")

        await until(pilot, lambda: "question 42" in list_lines(pilot)[-1])


async def test_a_filter_reads_older_pages_to_the_first_that_meets_it(log: TrafficLog) -> None:
    for number in range(3 * WINDOW):
        log.add_quietly(route="small" if number % 2 else "general")
    log.flush()
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · 500 of ")
        await ask(pilot, "route:small")
        for _ in range(60):
            await pilot.press("pageup")
            await settled(pilot)
            if traffic(pilot).window.at_start:
                break
        await pilot.press("g")
        await settled(pilot)
        assert "question 2:" in list_lines(pilot)[0]
        assert {row.route for row in traffic(pilot).window.rows} == {"small"}


async def test_nothing_found_says_so_and_how_to_go_on(log: TrafficLog) -> None:
    log.add(3)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "all 3")

        await ask(pilot, "client:nobody")

        await until_drawn(pilot, "No request meets the filter.")
        assert "none of 3 · client:nobody" in drawn(pilot)

        log.add(1, client="nobody", prompt_preview="at last")

        await until_drawn(pilot, "at last")


async def test_a_mistake_is_told_at_its_place_and_nothing_typed_is_lost(log: TrafficLog) -> None:
    log.add(1)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await pilot.press("slash", *"latency", "greater_than_sign", "2", "x")
        assert told(pilot).startswith("          ^^ `2x` is no number. Write a time")

        await pilot.press("enter")

        line = traffic(pilot).query_one(FilterInput)
        assert (line.value, line.has_focus) == ("latency>2x", True)
        assert "all 1" in drawn(pilot)

        await pilot.press("escape")

        assert not line.has_focus
        assert "latency" not in drawn(pilot)


async def test_fields_and_values_of_the_log_are_offered(log: TrafficLog) -> None:
    log.add(1, route="small")
    log.add(1, route="general")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 2")
        await pilot.press("slash", "r", "o")
        assert "route:" in told(pilot)
        await pilot.press("tab")
        line = traffic(pilot).query_one(FilterInput)
        assert line.value == "route:"
        await until(pilot, lambda: "general  small" in told(pilot))
        await pilot.press("s", "tab", "enter")
        await until_drawn(pilot, "1 of 2 · route:small")


async def test_earlier_filters_come_back_in_another_session(
    log: TrafficLog, tmp_path: Path
) -> None:
    log.add(1)
    state = tmp_path / "state"
    async with app_on(log, state).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await ask(pilot, "ok")
        await ask(pilot, "error")
        await ask(pilot, "ok")
    async with app_on(log, state).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await pilot.press("slash", "up")
        line = traffic(pilot).query_one(FilterInput)
        assert line.value == "ok"
        await pilot.press("up")
        assert line.value == "error"
        await pilot.press("up", "down", "down")
        assert line.value == ""
    assert (state / "filters.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["{", '{"a": 1}', '["ok", 7]', "\x00"])
async def test_a_history_that_is_none_is_begun_anew(
    log: TrafficLog, tmp_path: Path, content: str
) -> None:
    history = tmp_path / "filters.json"
    history.write_text(content)
    async with app_on(log, tmp_path).run_test(size=ROOMY, notifications=True) as pilot:
        await ask(pilot, "error")
    assert "error" in history.read_text()


async def test_the_next_error_is_found_far_from_what_is_shown(log: TrafficLog) -> None:
    log.add(1, status="error", prompt_preview="the old failure")
    for _ in range(2 * WINDOW):
        log.add_quietly()
    log.flush()
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · 500 of ")

        await pilot.press("E")

        await until_drawn(pilot, "the old failure")
        assert traffic(pilot).window.cursor == "req-000001"

        await pilot.press("e")

        await until_drawn(pilot, "There is no later error.")
        assert traffic(pilot).window.cursor == "req-000001"


async def test_a_moment_is_jumped_to(log: TrafficLog, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2 * WINDOW):
        log.add_quietly()
    log.flush()
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "following · 500 of ")

        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, MomentDialog))
        line = pilot.app.screen.query_one(Input)
        line.value = "soon"
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, MomentDialog)
        line.value = "2026-11-23T12:01:40"
        await pilot.press("enter")

        await until(pilot, lambda: traffic(pilot).window.cursor == "req-000100")
        assert (
            next(
                row.ts_start for row in traffic(pilot).window.rows if row.request_id == "req-000100"
            )
            == NOON + 100
        )
        await settled(pilot)
        assert "question 100:" in list_lines(pilot)[cursor_line(pilot)]


async def test_a_long_search_tells_how_far_it_is_and_is_stopped(
    log: TrafficLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.add(40)
    monkeypatch.setattr(pages, "FIRST_SLICE", 1)
    monkeypatch.setattr(pages, "LAST_SLICE", 1)
    look, may_go_on = Pages._slice, threading.Event()

    def slow(self: Pages, low: int, *others: Any) -> list[RequestRow]:
        if low == 20:
            may_go_on.wait()
        return look(self, low, *others)

    monkeypatch.setattr(Pages, "_slice", slow)
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await until_drawn(pilot, "all 40")
        await pilot.press("slash")
        pilot.app.screen.query_one(FilterInput).value = "output>5000000"
        await pilot.press("enter")

        await until_drawn(pilot, "searching, at request 21 of 40")
        await pilot.press("escape")
        may_go_on.set()

        await until_drawn(pilot, "search stopped")
        assert "output>5000000" in drawn(pilot)


async def test_names_of_the_log_stay_harmless_in_the_bar(log: TrafficLog) -> None:
    hostile = "[/red]\x1b[31m‮a[@click=app.quit]b"
    log.add(1, route=hostile, client=hostile)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await pilot.press("slash", *"client:")
        await until(pilot, lambda: "click" in told(pilot))
        assert "\x1b" not in drawn(pilot)
        assert "‮" not in drawn(pilot)
        await pilot.press("tab", "enter")
        await until_drawn(pilot, "1 of 1 · client:")
        assert "\x1b" not in drawn(pilot)
