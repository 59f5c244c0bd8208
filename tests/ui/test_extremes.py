"""The slowest and the dearest of what is listed, largest first."""

from contextlib import closing

from console.traffic.extremes import largest
from console.traffic.filters.compiling import selection_of
from console.traffic.filters.nodes import Names
from console.traffic.reader import LogReader
from console.traffic.selection import EVERYTHING
from console.ui.app import ConsoleApp
from console.ui.extremes_dialog import ExtremesDialog
from tests.ui.driving import drawn, traffic, until, until_drawn
from tests.ui.traffic_log import TrafficLog


def add_some(log: TrafficLog) -> None:
    for took, cost in ((12_000.0, 0.2), (500.0, 9.0), (90_000.0, None), (10_000.0, 0.1)):
        log.add(1, duration_ms=took, cost_usd=cost, route="small" if took > 11_000 else "general")
    log.add(30, duration_ms=100.0, cost_usd=0.001)


def test_the_largest_come_first_and_only_those_selected(log: TrafficLog) -> None:
    add_some(log)
    with closing(LogReader(log.path)) as reader:
        slow = [row.duration_ms for row in largest(reader, EVERYTHING, "latency", 9)]
        assert slow == [90_000.0, 12_000.0, 10_000.0]
        assert [row.cost_usd for row in largest(reader, EVERYTHING, "cost", 2)] == [9.0, 0.2]
        small = selection_of(Names("route", ("small",)))
        assert len(largest(reader, small, "latency", 9)) == 2


async def test_the_slowest_is_gone_to_in_the_list(log: TrafficLog) -> None:
    add_some(log)
    async with ConsoleApp(log.table_path, log.path).run_test(
        size=(120, 30), notifications=True
    ) as pilot:
        await until_drawn(pilot, "all 34")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExtremesDialog))
        await until_drawn(pilot, "1m30")
        assert "Slowest, from 10 s" in drawn(pilot)
        await pilot.press("s")
        await until_drawn(pilot, "$9.00")
        await pilot.press("s")
        await until_drawn(pilot, "1m30")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ExtremesDialog))
        await until(pilot, lambda: traffic(pilot).window.cursor == "req-000003")


async def test_where_nothing_is_that_slow_it_is_said(log: TrafficLog) -> None:
    log.add(2)
    async with ConsoleApp(log.table_path, log.path).run_test(size=(80, 24)) as pilot:
        await until_drawn(pilot, "all 2")
        await pilot.press("s")
        await until_drawn(pilot, "None of these requests is as slow or as dear as that.")
