"""The list of requests: draws the lines in view from a window over the log, and moves in it.

It holds no rows of its own and asks the log for nothing: when the cursor nears an end of the window
it says which page would help, and the screen gets it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from console.ui.traffic_columns import Surroundings
from console.ui.traffic_window import TrafficWindow, Wanted
from console.ui.widgets.row_painter import RowPainter

WHEEL_ROWS = 3
CURSOR = "traffic-list--cursor"
MARKED = "traffic-list--marked"


def _moving(key: str, action: str, words: str, name: str, tooltip: str) -> Binding:
    return Binding(key, action, words, show=False, id=name, tooltip=tooltip)


class TrafficList(Widget, can_focus=True):
    """Requests, newest last. Scrolling or moving up pauses it; `G` follows again."""

    ALLOW_SELECT = False
    HELP = """\
Requests as they are decided, newest last. Moving up pauses the list and keeps the cursor on its \
request while more arrive; **G**, **space** or a click on the sign of new requests follow again.

**✓** ok · **!** degraded, a fallback or an escalation saved it · **✗** error · **⊘** cancelled \
by the client · **⋯** in flight, with the time it has taken so far. **?** stands for what is not \
known, **~** for counts of tokens that are estimates.
"""
    COMPONENT_CLASSES: ClassVar[set[str]] = {CURSOR, MARKED}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="traffic.open", tooltip="Show the request in detail"),
        Binding(
            "space",
            "pause",
            "Pause",
            id="traffic.pause",
            tooltip="Hold the list still while more arrive",
        ),
        Binding(
            "space",
            "follow",
            "Follow",
            id="traffic.follow",
            tooltip="Follow the newest requests again",
        ),
        _moving("k,up", "move(-1)", "Up", "list.up", "One request up: an older one"),
        _moving("j,down", "move(1)", "Down", "list.down", "One request down: a newer one"),
        _moving(
            "ctrl+u",
            "turn(-0.5)",
            "Half a page up",
            "list.half-up",
            "Up by half of what is in view",
        ),
        _moving(
            "ctrl+d",
            "turn(0.5)",
            "Half a page down",
            "list.half-down",
            "Down by half of what is in view",
        ),
        _moving("pageup,ctrl+b", "turn(-1.0)", "Page up", "list.page-up", "Up by what is in view"),
        _moving(
            "pagedown,ctrl+f", "turn(1.0)", "Page down", "list.page-down", "Down by what is in view"
        ),
        _moving("g,home", "oldest", "Oldest", "list.first", "The first request of the log"),
        _moving("G,end", "newest", "Newest", "list.last", "The newest request, and follow"),
    ]

    @dataclass
    class PageWanted(Message):
        """The reader nears an end of the window."""

        direction: Wanted

    @dataclass
    class OldestWanted(Message):
        """The reader asks for the first requests of the log."""

    @dataclass
    class FollowWanted(Message):
        """The reader asks to follow the newest requests again."""

    @dataclass
    class Moved(Message):
        """The cursor, or what is in view, is elsewhere; or the list was paused."""

    @dataclass
    class Opened(Message):
        """The reader asks for a request in detail."""

        request_id: str

    def __init__(self, window: TrafficWindow, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._window = window
        self.first_place = 0
        """The row number of the window that is drawn on the first line."""
        self._around = Surroundings(time.time(), lambda _: None)
        self._painter = RowPainter(self._style_of)

    # Drawing

    def surround(self, around: Surroundings) -> None:
        """Take what cells depend on besides their rows, and draw everything anew."""
        self._around = around
        self._painter.forget()
        self.refresh()

    def tick(self, now: float) -> None:
        """Let the clocks of requests in flight go on; draws only their lines."""
        self._around = replace(self._around, now=now)
        for y in range(self._lines_in_view):
            if self._window.rows[self.first_place + y].status == "in_flight":
                self.refresh(Region(0, y, self.size.width, 1))

    def rows_changed(self, places: list[int]) -> None:
        """Draw some rows anew, as far as they are in view."""
        for place in places:
            if self.first_place <= place < self.first_place + self.size.height:
                self.refresh(Region(0, place - self.first_place, self.size.width, 1))

    def window_changed(self, moved_down: int = 0, *, centred: bool = False) -> None:
        """Draw what is in view now; `moved_down` rows were put in front of what was (or taken).

        `centred` brings the cursor to the middle, as far as there are rows around it.
        """
        self.first_place += moved_down
        if self._window.following:
            self.first_place = len(self._window.rows)
        elif centred:
            self.first_place = (self._window.cursor_place or 0) - self.size.height // 2
        self._settle(on_cursor=centred)

    def change_window(self, change: Callable[[], None]) -> None:
        """Let rows come and go in between; the first line in view stays the one it is."""
        rows = self._window.rows
        first = rows[self.first_place].request_id if self.first_place < len(rows) else None
        change()
        place = self._window.place_of(first)
        self.window_changed(0 if place is None else place - self.first_place)

    def render_line(self, y: int) -> Strip:
        """Draw one line in view."""
        width, rows = self.size.width, self._window.rows
        place = self.first_place + y
        if place >= len(rows):
            return Strip.blank(width, self.rich_style)
        ground = MARKED if rows[place].request_id in self._window.marked else ""
        if place == self._window.cursor_place:
            ground = CURSOR
        return self._painter.strip(rows[place], (ground, self.has_focus), width, self._around)

    def _style_of(self, ground: str, name: str) -> Style:
        under = self.get_visual_style(ground) if ground else self.visual_style
        return (under + self.app.stylesheet.parse_style(name) if name else under).rich_style

    def notify_style_update(self) -> None:
        """The theme or a pseudo-class changed: what was drawn has other colours now."""
        super().notify_style_update()
        self._painter.forget()

    def on_resize(self) -> None:
        """Other columns and other rows fit now; the cursor stays in view."""
        self._painter.forget()
        self.window_changed()
        self._settle(on_cursor=True)

    # Moving

    @property
    def _lines_in_view(self) -> int:
        return max(0, min(self.size.height, len(self._window.rows) - self.first_place))

    def _settle(self, *, on_cursor: bool = False) -> None:
        """Hold the first line within the window, with the cursor in view where that is asked."""
        first, height, place = self.first_place, self.size.height, self._window.cursor_place
        if on_cursor and place is not None and height:
            first = max(min(first, place), place - height + 1)
        self.first_place = max(0, min(first, len(self._window.rows) - height))
        self.refresh()

    def _go_to(self, place: int) -> None:
        self._window.put_cursor(place)
        self._settle(on_cursor=True)
        self._tell_where()

    def _tell_where(self) -> None:
        self.post_message(self.Moved())
        wanted = self._window.wanted_near(self.first_place, self.first_place + self._lines_in_view)
        if wanted is not None:
            self.post_message(self.PageWanted(wanted))

    def _scroll_rows(self, rows: int) -> None:
        if rows > 0 and self._window.following:
            return
        self._window.pause()
        self.first_place += rows
        self._settle()
        self._tell_where()

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows; down from the newest while following stays there."""
        place = self._window.cursor_place
        if place is None:
            place = self.first_place
        elif self._window.following and rows > 0:
            return
        self._go_to(place + rows)

    def action_turn(self, pages: float) -> None:
        """Move the cursor by pages of the list's height."""
        self.action_move(int(pages * max(self.size.height, 2)) or (1 if pages > 0 else -1))

    def action_oldest(self) -> None:
        """Go to the first request of the log."""
        self.post_message(self.OldestWanted())

    def action_newest(self) -> None:
        """Go to the newest request and follow."""
        self.post_message(self.FollowWanted())

    def action_pause(self) -> None:
        """Hold the list still."""
        self._window.pause()
        self.post_message(self.Moved())

    action_follow = action_newest

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to pause while following, and to follow while paused."""
        if action in ("pause", "follow"):
            return self._window.following == (action == "pause")
        return True

    def action_open(self) -> None:
        """Show the request under the cursor; the list pauses, so that it stays there."""
        row = self._window.cursor_row
        if row is not None:
            self._window.pause()
            self.post_message(self.Moved())
            self.post_message(self.Opened(row.request_id))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look at older requests; the list pauses."""
        event.stop()
        event.prevent_default()
        self._scroll_rows(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look at newer requests."""
        event.stop()
        event.prevent_default()
        self._scroll_rows(WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a request; a double click opens it."""
        place = self.first_place + event.y
        if place >= len(self._window.rows):
            return
        self._go_to(place)
        if event.chain > 1:
            self.action_open()
