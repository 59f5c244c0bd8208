"""Driving the console in tests: waiting on what should come true, and reading what is drawn."""

import time
from collections.abc import Callable, Iterator

from rich.segment import Segment
from textual.pilot import Pilot
from textual.screen import Screen

from console.ui.app import ConsoleApp
from console.ui.screens.rules import RulesScreen
from console.ui.screens.traffic import TrafficScreen
from console.ui.widgets.line_view import LineView
from console.ui.widgets.traffic_list import TrafficList

DEADLINE_S = 10.0


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait until something holds and has been drawn, at most `DEADLINE_S`."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain; the screen shows\n{drawn(pilot)}"
        await pilot.pause(0.02)
    await pilot.pause()


async def until_drawn(pilot: Pilot[int], words: str) -> None:
    """Wait until the screen shows some words."""
    await until(pilot, lambda: words in drawn(pilot))


async def settled(pilot: Pilot[int]) -> None:
    """Wait until the table is read, the log has been looked at, and no page is under way."""
    app = console(pilot)
    screen = traffic(pilot)
    await until(
        pilot,
        lambda: (
            (app.table_path is None or app.table_in_view.loaded is not None)
            and (app.log_path is None or app.log_news.looked_at is not None)
            and not screen.is_reading
        ),
    )


def console(pilot: Pilot[int]) -> ConsoleApp:
    assert isinstance(pilot.app, ConsoleApp)
    return pilot.app


def traffic(pilot: Pilot[int]) -> TrafficScreen:
    screen = pilot.app.get_screen_stack("traffic")[0]
    assert isinstance(screen, TrafficScreen)
    return screen


async def open_rules(pilot: Pilot[int], words: str = "money") -> RulesScreen:
    """Turn to the rules, once those words are among them, with the keys in their list."""
    await pilot.press("3")
    await until_drawn(pilot, words)
    screen = pilot.app.screen
    assert isinstance(screen, RulesScreen)
    screen.query_one("#rules", LineView).focus()
    return screen


def segments(screen: Screen[object]) -> Iterator[Segment]:
    """Every segment the screen would send to the terminal now."""
    width, height = screen.size
    for strip in screen._compositor.render_strips():
        yield from strip
    assert width
    assert height


def drawn(pilot: Pilot[int]) -> str:
    """What the screen shows, as text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def list_lines(pilot: Pilot[int]) -> list[str]:
    """The lines of the traffic list that hold a request."""
    widget = traffic(pilot).query_one(TrafficList)
    lines = [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]
    return [line for line in lines if line]


def cursor_line(pilot: Pilot[int]) -> int:
    """On which line of the list the cursor is drawn."""
    widget = traffic(pilot).query_one(TrafficList)
    place = traffic(pilot).window.cursor_place
    assert place is not None
    return place - widget.first_place
