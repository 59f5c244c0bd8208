"""What the places look like, kept as pictures; look at them before they are kept anew."""

import time
from collections.abc import Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from console.ui.app import ConsoleApp
from console.ui.screens.rules import RulesScreen
from console.ui.theme import DARK, LIGHT, TERMINAL_DARK
from tests.ui.driving import drawn, settled, until, until_drawn
from tests.ui.traffic_log import NOON, TrafficLog

Compare = Callable[..., bool]


@pytest.fixture
def busy(log: TrafficLog) -> TrafficLog:
    """A log with one of each outcome, at a time of its own."""
    for number in range(60):
        log.add_quietly(prompt_preview=f"Request {number}: what does a shed cost, and why?")
    log.add_quietly(
        status="degraded",
        prompt_preview="I want my refund.",
        attempt_http_status=503,
        attempt_error_type="upstream_5xx",
        attempt_why_next="fallback: retries used up",
        n_attempts=2,
        cost_usd=0.0123,
        cost_source="the table's price",
    )
    log.add_quietly(status="error", http_status=502, error_type="timeout", response_model=None)
    log.add_quietly(
        status="client_cancelled", http_status=None, prompt_preview="hidden \u202e here"
    )
    log.add_quietly(prompt_preview="Thank you, a refund is not needed.", usage_source="estimated")
    log.flush()
    log.beat(at=NOON + 100)
    return log


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOON + 101)


@pytest.mark.parametrize(
    ("theme", "size", "keys"),
    [
        (DARK, (80, 24), ["k"]),
        (LIGHT, (80, 24), ["k", "k", "k", "enter"]),
        (DARK, (160, 48), ["k", "k", "k", "enter"]),
        (LIGHT, (160, 48), ["space"]),
        (TERMINAL_DARK, (120, 36), ["k", "k", "enter"]),
    ],
    ids=["list-80-dark", "detail-80-light", "detail-160-dark", "list-160-light", "detail-120-ansi"],
)
def test_traffic_looks_as_it_did(
    snap_compare: Compare,
    busy: TrafficLog,
    theme: str,
    size: tuple[int, int],
    keys: list[str],
) -> None:
    async def look(pilot: Pilot[int]) -> None:
        pilot.app.theme = theme
        await until_drawn(pilot, "following · all 64")
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)

    app = ConsoleApp(busy.table_path, busy.path)
    assert snap_compare(app, run_before=look, terminal_size=size)


@pytest.mark.parametrize(
    ("theme", "size"),
    [(DARK, (80, 24)), (TERMINAL_DARK, (120, 36)), (LIGHT, (160, 48))],
    ids=["80-dark", "120-ansi", "160-light"],
)
@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["2"], "64 requests"),
        (["2", "]"], "Gateways"),
        (["3"], "64 requests in the last hour"),
        (["4", *"a refund?", "escape"], "general"),
        (["3", "o", "]", "]", "]"], "would move ("),
        (["6"], "in the file now"),
    ],
    ids=["routes", "health", "rules", "preview", "draft", "history"],
)
def test_every_place_looks_as_it_did(
    snap_compare: Compare,
    busy: TrafficLog,
    theme: str,
    size: tuple[int, int],
    keys: list[str],
    words: str,
) -> None:
    async def look(pilot: Pilot[int]) -> None:
        pilot.app.theme = theme
        await until_drawn(pilot, "following · all 64")
        await settled(pilot)
        await pilot.press(*keys)
        await until_drawn(pilot, words)
        await until(pilot, lambda: "so far" not in drawn(pilot))
        # Lint counts in the tab of the problems, after the rest.
        await until(pilot, lambda: "Problems …" not in drawn(pilot))
        await until(pilot, lambda: not _lints(pilot.app))

    app = ConsoleApp(busy.table_path, busy.path)
    assert snap_compare(app, run_before=look, terminal_size=size)


def _lints(app: App[int]) -> bool:
    """Return whether findings may still come to what is shown."""
    screen = app.screen
    return isinstance(screen, RulesScreen) and bool(screen.problems.doing)
