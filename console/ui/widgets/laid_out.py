"""A piece of text that is laid out anew for every width: columns, hanging indents, bars."""

from collections.abc import Callable

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

Layout = Callable[[int], list[Content]]
"""Rows for a width in cells."""


class LaidOut(Widget):
    """Shows the rows that a function of the width returns; its text can be selected."""

    DEFAULT_CSS = "LaidOut { height: auto; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._layout_for: Layout = lambda _: []

    def lay_out(self, layout: Layout) -> None:
        """Show these rows instead."""
        self._layout_for = layout
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as there are rows at this width."""
        return len(self._layout_for(width))

    def render(self) -> Content:
        """Return the rows for the width there is."""
        return Content("\n").join(self._layout_for(self.content_size.width))
