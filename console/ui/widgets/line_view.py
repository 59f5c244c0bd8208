"""A list or a panel drawn line by line: as quick with a thousand rules as with three.

Only the lines in view are drawn. A cursor, where there is one, stands on items, which may be
several lines long.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, Protocol

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

MARK = "▸ "
"""Stands before the item under the cursor, so that it is also told without colour."""

WIDTH_OF_TEXT = 100
"""Cells of a line in text taken from a list that is not in view."""

LINES_KEPT = 512
"""Lines kept laid out: several screens' worth."""


class Laid(Protocol):
    """Anything that can be laid out in rows of some width, such as a `Line`."""

    @property
    def item(self) -> int | None:
        """The number of what it belongs to, where a cursor can stand on it."""

    @property
    def head(self) -> bool:
        """Whether its first row shows the cursor of its item."""

    def height(self, width: int) -> int:
        """Return how many rows it takes; asked of all, so it should be quick."""
        ...

    def rows(self, width: int) -> list[Content]:
        """Return its rows, none wider than `width` cells; asked only of what is in view."""
        ...


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines; tells when the cursor moved to another item and when one was opened."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line-view--cursor"}
    DEFAULT_CSS = """
    LineView {
        height: 1fr;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        & > .line-view--cursor { background: $cursor-band; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k,up", "move(-1)", "Up", show=False, id="list.up", tooltip="One up"),
        Binding("j,down", "move(1)", "Down", show=False, id="list.down", tooltip="One down"),
        Binding(
            "ctrl+u",
            "turn(-0.5)",
            "Half a page up",
            show=False,
            id="list.half-up",
            tooltip="Up by half of what is in view",
        ),
        Binding(
            "ctrl+d",
            "turn(0.5)",
            "Half a page down",
            show=False,
            id="list.half-down",
            tooltip="Down by half of what is in view",
        ),
        Binding(
            "pageup,ctrl+b",
            "turn(-1.0)",
            "Page up",
            show=False,
            id="list.page-up",
            tooltip="Up by what is in view",
        ),
        Binding(
            "pagedown,ctrl+f",
            "turn(1.0)",
            "Page down",
            show=False,
            id="list.page-down",
            tooltip="Down by what is in view",
        ),
        Binding("g,home", "first", "First", show=False, id="list.first", tooltip="To the top"),
        Binding("G,end", "last", "Last", show=False, id="list.last", tooltip="To the end"),
        Binding("enter", "open", "Open", show=False, id="list.open", tooltip="Open what is marked"),
    ]

    cursor: reactive[int | None] = reactive(None)
    """The number of the item the cursor stands on; None where nothing can be marked."""

    @dataclass
    class Moved(Message):
        """The cursor stands on another item."""

        view: "LineView"
        item: int

        @property
        def control(self) -> "LineView":
            """The list, for `@on(…, "#id")`."""
            return self.view

        def can_replace(self, message: Message) -> bool:
            """Only the last place matters."""
            return isinstance(message, LineView.Moved) and message.view is self.view

    @dataclass
    class Opened(Message):
        """An item was opened, by key or by a click on the item already marked."""

        view: "LineView"
        item: int

        @property
        def control(self) -> "LineView":
            """The list, for `@on(…, "#id")`."""
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: list[Laid] = []
        self._items: list[int] = []
        self._lines_of: dict[int, list[int]] = {}
        self._tops: list[int] = [0]
        self._width = 2
        self._laid_out_for = -1
        self._rows: LRUCache[int, list[Content]] = LRUCache(LINES_KEPT)

    def set_lines(self, lines: Iterable[Laid], *, follow: bool = True) -> None:
        """Show these lines instead; the cursor keeps its item where that still exists.

        With `follow` the item under the cursor is brought into view.
        """
        self._lines = list(lines)
        self._lines_of = {}
        for number, row in enumerate(self._lines):
            if row.item is not None:
                self._lines_of.setdefault(row.item, []).append(number)
        self._items = sorted(self._lines_of)
        self._lay_out()
        if not self._items:
            self.cursor = None
        elif self.cursor not in self._items:
            self.cursor = self._items[0]
        elif follow:
            self._show_item(self.cursor)
        self.refresh()

    @property
    def plain_text(self) -> str:
        """All that is shown, as text: what a test reads and what a copy takes."""
        width = self._width if self._laid_out_for > 0 else WIDTH_OF_TEXT
        rows = (row.plain for laid in self._lines for row in laid.rows(width))
        return "\n".join(row.rstrip() for row in rows)

    def _lay_out(self) -> None:
        """Find where each line stands in the width there is, less the column of the mark."""
        gutter = len(MARK) if self._items else 0
        self._laid_out_for = self.scrollable_content_region.width
        self._width = max(self._laid_out_for - gutter, 2)
        self._rows.clear()
        self._tops = [0, *accumulate(laid.height(self._width) for laid in self._lines)]
        self.virtual_size = Size(self._width + gutter, self._tops[-1])

    def _line_at(self, row: int) -> int | None:
        """Return the number of the line that `row`, counted from the top of all, belongs to."""
        if not 0 <= row < self._tops[-1]:
            return None
        return bisect_right(self._tops, row) - 1

    def on_resize(self) -> None:
        """Wrap again when the width, with or without a scrollbar, is another."""
        if self.scrollable_content_region.width != self._laid_out_for:
            self._lay_out()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        row = y + self.scroll_offset.y
        number = self._line_at(row)
        width = self.scrollable_content_region.width
        base = self.visual_style
        if number is None:
            return Strip.blank(width, base.rich_style)
        laid, within = self._lines[number], row - self._tops[number]
        if number not in self._rows:
            self._rows[number] = laid.rows(self._width)
        content = self._rows[number][within]
        if self._items:
            if laid.head and within == 0 and laid.item == self.cursor:
                base = self.get_visual_style("line-view--cursor")
                content = Content.styled(MARK, "bold $accent") + content
            else:
                content = content.pad_left(len(MARK))
        segments = [
            Segment(text, style.rich_style)
            for text, style in content.render(base, "", parse_style=self.app.stylesheet.parse_style)
        ]
        return Strip(segments).adjust_cell_length(width, base.rich_style)

    def validate_cursor(self, cursor: int | None) -> int | None:
        """Keep the cursor on an item that exists."""
        return cursor if cursor in self._items else None

    def watch_cursor(self, before: int | None, now: int | None) -> None:
        """Bring the item into view and tell of it."""
        if now is None or before == now:
            return
        self._show_item(now)
        self.post_message(self.Moved(self, now))
        self.refresh()

    def _show_item(self, item: int) -> None:
        lines = self._lines_of.get(item)
        if lines:
            top, end = self._tops[lines[0]], self._tops[lines[-1] + 1]
            height = min(end - top, self.scrollable_content_region.height)
            region = Region(0, top, 1, max(height, 1))
            self.scroll_to_region(region, animate=False, force=True)

    def action_move(self, by: int) -> None:
        """Move the cursor by items, or the view by lines where there is no cursor."""
        if self.cursor is None:
            self.scroll_relative(y=by, animate=False)
            return
        place = self._items.index(self.cursor) + by
        self.cursor = self._items[min(max(place, 0), len(self._items) - 1)]

    def action_turn(self, pages: float) -> None:
        """Move by a share of what is in view."""
        rows = max(int(abs(pages) * self.scrollable_content_region.height), 1)
        self.action_move(rows if pages > 0 else -rows)

    def action_first(self) -> None:
        """Move to the first item, or the top."""
        if self._items:
            self.cursor = self._items[0]
        self.scroll_home(animate=False)

    def action_last(self) -> None:
        """Move to the last item, or the end."""
        if self._items:
            self.cursor = self._items[-1]
        self.scroll_end(animate=False)

    def action_open(self) -> None:
        """Tell that the marked item was opened."""
        if self.cursor is not None:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: Click) -> None:
        """Mark the item that was clicked; open it when it was marked already."""
        number = self._line_at(event.y + self.scroll_offset.y)
        item = self._lines[number].item if number is not None else None
        if item is None:
            return
        if item == self.cursor:
            self.action_open()
        else:
            self.cursor = item
