"""From a request to a test of the table in one key."""

from console.table import test_file
from console.ui.app import ConsoleApp
from console.ui.test_dialog import TestDialog
from tests.ui.driving import drawn, until, until_drawn
from tests.ui.traffic_log import TrafficLog

ROOMY = (120, 40)


async def test_a_logged_request_becomes_a_test(log: TrafficLog) -> None:
    log.add(1, prompt_preview="where is my refund, [bold]please[/]?")
    path = test_file.tests_beside(log.table_path)
    app = ConsoleApp(log.table_path, log.path)
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "desk 71a9f6f")
        await until_drawn(pilot, "all 1")
        await pilot.press("A")
        await until(pilot, lambda: isinstance(app.screen, TestDialog))
        await until_drawn(pilot, "It passes now.")
        assert "rule: money" in drawn(pilot)
        await pilot.press("enter")
        await until_drawn(pilot, "Test written to")
        [test] = test_file.read_tests(path).tests
        assert test.name == "where is my refund, [bold]please[/]?"
        assert test.expect == {"rule": "money", "route": "general"}
        await pilot.press("A")
        await until_drawn(pilot, "It passes now.")
        await pilot.press("enter")
        await until_drawn(pilot, "There is a test called")
        assert isinstance(app.screen, TestDialog)


async def test_a_test_that_fails_now_says_what_is_decided_instead(log: TrafficLog) -> None:
    log.add(1)
    async with ConsoleApp(log.table_path, log.path).run_test(size=ROOMY) as pilot:
        await until_drawn(pilot, "desk 71a9f6f")
        await pilot.press("4")
        await pilot.press(*"hello", "escape", "A")
        await until_drawn(pilot, "It passes now.")
        await pilot.press("tab", "ctrl+u", *"small")
        await until_drawn(pilot, "It fails now: route is general, expected small.")
        await pilot.press("ctrl+u", *"nowhere")
        await until_drawn(pilot, "The table has no route `nowhere`.")
        await pilot.press("enter", "escape")
        assert not test_file.tests_beside(log.table_path).exists()
