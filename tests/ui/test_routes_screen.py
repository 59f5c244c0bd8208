"""Routes: figures by a field over a window, what moved, and what is out of use."""

import time
from typing import Any

import pytest
from textual.pilot import Pilot

from console.traffic.target_states import TargetState, encode_states
from console.ui.app import ConsoleApp
from console.ui.screens.routes import RoutesScreen
from console.ui.widgets.line_view import LineView
from tests.ui.driving import drawn, until, until_drawn
from tests.ui.traffic_log import TrafficLog

NARROW = (80, 24)
WIDE = (160, 48)


def app_on(log: TrafficLog) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path)


def add(log: TrafficLog, count: int, minutes_ago: float, **fields: Any) -> None:
    for _ in range(count):
        log.add_quietly(ts_start=time.time() - 60 * minutes_ago, **fields)
    log.flush()


def screen_of(pilot: Pilot[int]) -> RoutesScreen:
    screen = pilot.app.screen
    assert isinstance(screen, RoutesScreen)
    return screen


def row_of(pilot: Pilot[int], name: str) -> str:
    view = screen_of(pilot).query_one("#figures", LineView)
    found = [line for line in view.plain_text.splitlines() if line.strip().startswith(name)]
    return found[0] if found else ""


async def open_routes(pilot: Pilot[int]) -> None:
    await pilot.press("2")
    await until(pilot, lambda: screen_of(pilot).document.window is not None)


async def test_each_route_is_shown_with_what_moved(log: TrafficLog) -> None:
    add(log, 60, 90, route="small", duration_ms=100.0)
    add(log, 60, 10, route="small", duration_ms=900.0)
    add(log, 30, 10, route="small", status="error")
    add(log, 3, 10, route="general")
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await until_drawn(pilot, "93 requests")
        small = row_of(pilot, "small")
        assert "90 ▲+50%" in small
        assert "33 % ▲+33.3" in small
        assert "?" in small
        assert row_of(pilot, "all").split()[1] == "93"
        shown = drawn(pilot)
        assert "by route · last hour against the hour before" in shown
        assert "most 33 %" in shown


async def test_figures_are_turned_to_other_fields_and_windows(log: TrafficLog) -> None:
    add(log, 2, 2, client="web")
    add(log, 3, 300, client="batch")
    async with app_on(log).run_test(size=NARROW, notifications=True) as pilot:
        await open_routes(pilot)
        await pilot.press("B", "B")
        await until_drawn(pilot, "by client")
        await until(pilot, lambda: bool(row_of(pilot, "web")))
        assert not row_of(pilot, "batch")
        await pilot.press("w")
        await until_drawn(pilot, "last 6 hours")
        await until(pilot, lambda: bool(row_of(pilot, "batch")))
        await pilot.press("W", "W", "W", "W", "W", "W")
        await until_drawn(pilot, "last 5 min")
        await pilot.press("b", "b")
        await until_drawn(pilot, "by route")


async def test_rows_are_sorted_by_the_column_chosen(log: TrafficLog) -> None:
    add(log, 5, 2, route="small")
    add(log, 2, 2, route="general", status="error")
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await until_drawn(pilot, "requests↓")
        names = [part.now.value for part in screen_of(pilot).document.parts]
        assert names == ["small", "general"]
        await pilot.press("s", "s")
        await until_drawn(pilot, "errors↓")
        names = [part.now.value for part in screen_of(pilot).document.parts]
        assert names == ["general", "small"]


async def test_a_row_opens_its_requests_in_traffic(log: TrafficLog) -> None:
    add(log, 5, 2, route="small")
    add(log, 2, 2, route="a b")
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await until(pilot, lambda: bool(row_of(pilot, "a b")))
        await pilot.press("j", "f")
        await until_drawn(pilot, '2 of 7 · route:"a b" since:60m')


async def test_the_marked_row_keeps_its_mark_and_shows_its_course(log: TrafficLog) -> None:
    add(log, 5, 2, route="small")
    add(log, 2, 2, route="general", duration_ms=20_000.0)
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await until(pilot, lambda: bool(row_of(pilot, "general")))
        await pilot.press("j")
        course = screen_of(pilot).query_one("#course", LineView)
        await until(pilot, lambda: "most 20s" in course.plain_text)
        assert "general" in str(course.border_title)
        add(log, 9, 1, route="general")
        await until(pilot, lambda: row_of(pilot, "general").split()[1] == "11")
        assert screen_of(pilot).document.course is not None
        await until(pilot, lambda: "general" in str(course.border_title))


@pytest.mark.parametrize("size", [(20, 6), NARROW, WIDE])
async def test_an_empty_log_and_any_size_are_drawn(log: TrafficLog, size: tuple[int, int]) -> None:
    async with app_on(log).run_test(size=size, notifications=True) as pilot:
        await open_routes(pilot)
        if size != (20, 6):
            assert "No request has ended in the last hour" in drawn(pilot)
        await pilot.press("right_square_bracket", "b", "s", "f", "w")


async def test_without_a_log_it_says_so(log: TrafficLog) -> None:
    async with ConsoleApp(log.table_path, None).run_test(size=NARROW, notifications=True) as pilot:
        await pilot.press("2")
        await until_drawn(pilot, "No traffic log was given")


async def test_what_is_out_of_use_is_told_with_the_time_left(log: TrafficLog) -> None:
    now = time.time()
    states = [
        TargetState("mini", "acorn", "m", "open", "error_share", "timeout", now - 60, now + 90),
        TargetState("pro", "acorn", "p", "half_open", "failed_probe", "upstream_5xx", now, None),
    ]
    log.beat(health=encode_states(states))
    log.beat(gateway_id="old", heartbeat_ts=now - 300, address="127.0.0.1:1")
    log.beat(gateway_id="other", table_version="feedbeef", address="127.0.0.1:2")
    overrides = log.table_path.with_name("desk.overrides.yaml")
    overrides.write_text(
        "version: 1\noverrides:\n- id: drain-acorn\n  drain: {provider: acorn}\n"
        "  until: 2999-01-01T00:00:00Z\n  because: 429 storm\n  by: ann\n"
        "- id: gone\n  drain: {provider: acorn}\n"
        "  until: 2020-01-01T00:00:00Z\n  because: over\n  by: ann\n"
    )
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await pilot.press("2", "right_square_bracket")
        await until_drawn(pilot, "429 storm")
        await until_drawn(pilot, "too many of its attempts failed")
        shown = drawn(pilot)
        assert "drain provider acorn" in shown
        assert "over" not in shown.replace("Overrides", "")
        assert "until a probe succeeds" in shown
        assert "silent for 5 min" in shown
        assert "not the version in view" in shown


async def test_hostile_names_are_shown_harmless(log: TrafficLog) -> None:
    hostile = "[/red]\x1b[31m‮a[@click=app.quit]b"
    add(log, 2, 2, route=hostile, client=hostile)
    log.beat(address=hostile, table_name=hostile, last_problem=hostile, health=hostile)
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await until_drawn(pilot, "click")
        for keys in ([], ["B"], ["right_square_bracket"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert "\x1b" not in drawn(pilot)
            assert "‮" not in drawn(pilot)


async def test_a_broken_assumption_is_told_and_shown_with_its_figure(log: TrafficLog) -> None:
    text = log.table_path.read_text()
    assumed = (
        "general:\n    model: pro\n    assumptions:\n"
        "      - {says: It never fails., metric: error_rate, max: 0, window: 1h, min_requests: 2}\n"
        "      - {says: It is quick., metric: latency_p90_ms, max: 1, window: 1h}\n"
    )
    log.table_path.write_text(text.replace("general: {model: pro}\n", assumed))
    add(log, 3, 5, route="general", status="error")
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await until_drawn(pilot, "Assumption broken on general: It never fails.")
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until_drawn(pilot, "✗ broken")
        shown = drawn(pilot)
        assert "error_rate" in shown
        assert "? unproven" in shown
        assert "0 of the 50 requests it takes" in shown


async def test_the_baseline_says_what_one_model_would_have_cost(log: TrafficLog) -> None:
    add(log, 3, 5, cost_usd=0.5)
    async with app_on(log).run_test(size=WIDE, notifications=True) as pilot:
        await open_routes(pilot)
        await pilot.press(*["right_square_bracket"] * 3)
        await until_drawn(pilot, "Had one model taken all of the newest 3 requests:")
        shown = drawn(pilot)
        assert "cost ?: no price" in shown
        assert "its own 3 attempts" in shown
        assert "Not known, and not guessed" in shown


async def test_what_was_said_about_answers_stands_beside_the_figures(log: TrafficLog) -> None:
    add(log, 12, 10, route="small")
    for number in range(1, 13):
        log.outcome(f"req-{number:06d}", "helpful", 0.5 if number % 2 else 1.0)
    async with app_on(log).run_test(size=(220, 48), notifications=True) as pilot:
        await open_routes(pilot)
        await until_drawn(pilot, "helpful 0.75 ±0.15 of 12")
        assert "helpful 0.75·12" in row_of(pilot, "small")
