"""From a request: copy it out, say why, and write the incident bundle of those that are marked."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.ui import clipboard
from console.ui.app import ConsoleApp
from console.ui.why_dialog import WhyDialog
from tests.ui.driving import drawn, traffic, until, until_drawn
from tests.ui.traffic_log import TrafficLog

ROOMY = (130, 36)


@pytest.fixture(autouse=True)
def _no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "desktop_command", lambda _: None)


def copied(pilot: Pilot[int]) -> str:
    return pilot.app.clipboard


@pytest.mark.parametrize(
    ("key", "words", "told"),
    [
        ("y", "req-000002", "request id sent to the terminal's clipboard (OSC 52)"),
        ("Y", "### Request `req-000002`", "request as Markdown sent to"),
        ("J", '"request_id":"req-000002"', "request as JSON sent to"),
        ("c", "curl http://127.0.0.1:8484/v1/chat/completions", "curl command sent to"),
    ],
)
async def test_a_request_is_copied_and_the_toast_says_where_to(
    log: TrafficLog, key: str, words: str, told: str
) -> None:
    log.add(2)
    async with ConsoleApp(log.table_path, log.path).run_test(
        size=ROOMY, notifications=True
    ) as pilot:
        await until_drawn(pilot, "all 2")
        await pilot.press(key)
        await until(pilot, lambda: words in copied(pilot))
        await until(pilot, lambda: told.split()[0] in drawn(pilot))
        assert "OSC 52" in drawn(pilot).replace("\n", " ") or "clipboard" in drawn(pilot)


async def test_what_a_terminal_would_not_take_goes_into_a_file(
    log: TrafficLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "MOST_FOR_TERMINAL", 10)
    log.add(1)
    app = ConsoleApp(log.table_path, log.path, state_folder=tmp_path / "state")
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 1")
        await pilot.press("Y")
        written = tmp_path / "state" / "request-as-markdown-1.txt"
        await until(pilot, written.exists)
        await until_drawn(pilot, "written to")
        assert "### Request" in written.read_text()
        assert copied(pilot) == ""


async def test_why_is_told_over_the_list(log: TrafficLog) -> None:
    log.add(1)
    async with ConsoleApp(log.table_path, log.path).run_test(
        size=ROOMY, notifications=True
    ) as pilot:
        await until_drawn(pilot, "all 1")
        await until_drawn(pilot, "desk 71a9f6f")
        await pilot.press("W")
        await until(pilot, lambda: isinstance(pilot.app.screen, WhyDialog))
        await until_drawn(pilot, "✓ the same")
        assert "No version that came into service since" in drawn(pilot)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, WhyDialog)


async def test_marked_requests_become_a_bundle(log: TrafficLog, tmp_path: Path) -> None:
    log.add(5)
    app = ConsoleApp(log.table_path, log.path, state_folder=tmp_path / "state")
    async with app.run_test(size=ROOMY, notifications=True) as pilot:
        await until_drawn(pilot, "all 5")
        await pilot.press("m", "k", "m", "k", "m", "m")
        await until_drawn(pilot, "2 marked")
        assert list(traffic(pilot).window.marked) == ["req-000005", "req-000004"]
        await pilot.press("b")
        await until_drawn(pilot, "Incident bundle written to")
        [folder] = (tmp_path / "state" / "incidents").iterdir()
        text = (folder / "incident.md").read_text()
        assert "req-000005" in text
        assert "req-000003" not in text


async def test_an_empty_list_has_nothing_to_copy(log: TrafficLog) -> None:
    async with ConsoleApp(log.table_path, log.path).run_test(
        size=ROOMY, notifications=True
    ) as pilot:
        await pilot.press("Y", "W", "b")
        await until_drawn(pilot, "There is no request")
