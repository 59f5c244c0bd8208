"""Draws requests as lines and keeps what it drew: most lines of a step were there before."""

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from console.traffic.records import RequestRow
from console.ui.traffic_columns import Surroundings, line_of

STRIPS_KEPT = 512

StyleOf = Callable[[str, str], Style]
"""The style of a ground ("" or a component class) with a named style on it."""

Look = tuple[str, bool]
"""The ground a line is drawn on, and whether the list has the focus."""


class RowPainter:
    """Turns a request into a strip; one in flight is drawn anew each time, as its clock runs.

    Nothing need be forgotten when such a request ends: it was never kept.
    """

    def __init__(self, style_of: StyleOf) -> None:
        self._style_of = style_of
        self._styles: dict[tuple[Look, str], Style] = {}
        self._strips: LRUCache[tuple[str, Look], Strip] = LRUCache(STRIPS_KEPT)

    def strip(self, row: RequestRow, look: Look, width: int, around: Surroundings) -> Strip:
        """Return the line of a request, `width` cells wide."""
        strip = self._strips.get((row.request_id, look))
        if strip is None:
            strip = self._drawn(row, look, width, around)
            if row.status != "in_flight":
                self._strips[row.request_id, look] = strip
        return strip

    def forget(self) -> None:
        """Draw everything anew: width, theme or table are different now."""
        self._styles.clear()
        self._strips.clear()

    def _drawn(self, row: RequestRow, look: Look, width: int, around: Surroundings) -> Strip:
        segments = [
            Segment(text, self._style(look, name)) for text, name in line_of(row, width, around)
        ]
        return Strip(segments).adjust_cell_length(width, self._style(look, ""))

    def _style(self, look: Look, name: str) -> Style:
        style = self._styles.get((look, name))
        if style is None:
            style = self._styles[look, name] = self._style_of(look[0], name)
        return style
