"""Draining and pinning from the console: what it would move, who is told, and how it ends."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from console.table.overrides import read_overrides
from console.ui.act_dialog import ActDialog
from console.ui.app import ConsoleApp
from tests.ui.driving import drawn, until, until_drawn
from tests.ui.traffic_log import TrafficLog

ROOMY = (110, 30)


def app_on(log: TrafficLog) -> ConsoleApp:
    return ConsoleApp(log.table_path, log.path)


def overrides_of(log: TrafficLog) -> Path:
    return log.table_path.with_name("desk.overrides.yaml")


def field(pilot: Pilot[int], name: str) -> Input:
    return pilot.app.screen.query_one(f"#act-{name}", Input)


async def open_dialog(pilot: Pilot[int]) -> None:
    await pilot.press("d")
    await until(pilot, lambda: isinstance(pilot.app.screen, ActDialog))


async def test_a_provider_is_drained_from_a_request_with_its_effect_shown(log: TrafficLog) -> None:
    log.add(3)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 3")
        await open_dialog(pilot)
        assert field(pilot, "what").value == "provider:acorn"
        await until_drawn(pilot, "3 of 3 of the newest requests would move")
        assert "3 would have no model left" in drawn(pilot)

        await pilot.press(*"storm", "enter")

        await until(pilot, lambda: not isinstance(pilot.app.screen, ActDialog))
        [made] = read_overrides(overrides_of(log)).overrides
        assert (made.id, made.because) == ("drain-acorn", "storm")
        left = made.until - datetime.now(UTC)
        assert timedelta(minutes=29) < left < timedelta(minutes=31)
        await until_drawn(pilot, "drain provider acorn 29:5")


async def test_what_is_missing_or_wrong_is_told_and_nothing_is_lost(log: TrafficLog) -> None:
    log.add(1)
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await open_dialog(pilot)
        await pilot.press("enter")
        await until_drawn(pilot, "An override says why it was made.")
        field(pilot, "because").value = "why"
        field(pilot, "length").value = "soon"
        await until_drawn(pilot, "for soon is no time.")
        field(pilot, "length").value = "30m"
        field(pilot, "what").value = "provider:acron"
        await until_drawn(pilot, "acorn")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, ActDialog)
        assert field(pilot, "because").value == "why"
        await pilot.press("escape")
        assert not overrides_of(log).exists()


async def test_a_file_that_cannot_be_written_is_told_in_the_dialog(log: TrafficLog) -> None:
    log.add(1)
    overrides_of(log).write_text("version: 1\noverrides: [{id: 7}]\n")
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await open_dialog(pilot)
        await pilot.press(*"why", "enter")
        await until_drawn(pilot, "Mend it first.")
        assert isinstance(pilot.app.screen, ActDialog)
        assert field(pilot, "because").value == "why"


async def test_a_route_is_pinned_from_its_row_and_lifted_again(log: TrafficLog) -> None:
    for _ in range(2):
        log.add_quietly(ts_start=time.time() - 60, route="small")
    log.flush()
    async with app_on(log).run_test(size=ROOMY, notifications=True) as pilot:
        await pilot.press("2")
        await until_drawn(pilot, "2 requests")
        await open_dialog(pilot)
        assert field(pilot, "what").value == "pin small "
        field(pilot, "what").value = "pin small general"
        field(pilot, "because").value = "small is slow"
        await pilot.pause()
        await pilot.press("enter")
        await until_drawn(pilot, "pin small to general")

        await pilot.press("right_square_bracket", "x")
        await until_drawn(pilot, "x again lifts pin-small.")
        await pilot.press("x")
        await until_drawn(pilot, "Lifted pin-small")
        await until_drawn(pilot, "none is in force")
        assert read_overrides(overrides_of(log)).overrides == ()


@pytest.mark.parametrize("count", [1, 2])
async def test_the_header_counts_down_until_an_override_ends_by_itself(
    log: TrafficLog, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_ts = datetime.now(UTC) + timedelta(seconds=100)
    entries = "".join(
        f"- id: d{number}\n  drain: {{model: mini}}\n  until: {until_ts.isoformat()}\n"
        "  because: why\n  by: me\n"
        for number in range(count)
    )
    overrides_of(log).write_text(f"version: 1\noverrides:\n{entries}")
    async with app_on(log).run_test(size=(160, 24), notifications=True) as pilot:
        await until_drawn(pilot, "drain model mini 1:3" if count == 1 else "2 overrides 1:3")
        later = time.time() + 200
        monkeypatch.setattr("console.ui.header.time.time", lambda: later)
        await until(pilot, lambda: "1:3" not in drawn(pilot) and "overrides" not in drawn(pilot))


async def test_without_a_log_or_a_table_it_says_what_is_not_known(log: TrafficLog) -> None:
    async with ConsoleApp(log.table_path, None).run_test(size=ROOMY, notifications=True) as pilot:
        await until(pilot, lambda: pilot.app.table_in_view.table is not None)  # type: ignore[attr-defined]
        await open_dialog(pilot)
        field(pilot, "what").value = "model:mini"
        await until_drawn(pilot, "there is no log")
    async with ConsoleApp(None, None).run_test(size=ROOMY, notifications=True) as pilot:
        await open_dialog(pilot)
        field(pilot, "what").value = "model:mini"
        field(pilot, "because").value = "why"
        await pilot.press("enter")
        await until_drawn(pilot, "started without a table")
