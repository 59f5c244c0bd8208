"""What is looked for in a list of requests: filtered, jumped to, sorted, in chosen columns."""

import time
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from console.traffic.pages import Direction
from console.ui.screens.request_screen import RequestScreen
from console.ui.traffic_columns import Surroundings
from console.ui.widgets.list_pane import Heading, ListPane


class ListScreen(RequestScreen):
    """A place with a list of requests in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="traffic.filter", tooltip="Show only some requests"
        ),
        Binding(
            "C",
            "columns",
            "Columns",
            show=False,
            id="traffic.columns",
            tooltip="Choose the columns of the list",
        ),
        Binding(
            "s",
            "sort",
            "Slowest",
            show=False,
            id="traffic.sort",
            tooltip="The slowest or the dearest of these requests, largest first",
        ),
        Binding(
            "t",
            "jump",
            "Jump to a time",
            show=False,
            id="traffic.jump",
            tooltip="Show the requests of a moment",
        ),
        Binding(
            "e",
            "next_error('after')",
            "Next error",
            show=False,
            id="traffic.next-error",
            tooltip="Go to the next request that failed",
        ),
        Binding(
            "E",
            "next_error('before')",
            "Error before",
            show=False,
            id="traffic.previous-error",
            tooltip="Go to the request before that failed",
        ),
    ]

    @property
    def pane(self) -> ListPane:
        """The list with all that stands around it."""
        return self.query_one(ListPane)

    async def action_filter(self) -> None:
        """Let a filter be typed."""
        await self.pane.begin_filter()

    def action_next_error(self, direction: Direction) -> None:
        """Go to the next request that failed, or the one before."""
        self.pane.jump_to(direction)

    @work
    async def action_jump(self) -> None:
        """Ask for a moment and show the requests of it."""
        from console.ui.moment_dialog import MomentDialog

        moment = await self.app.push_screen_wait(MomentDialog())
        if moment is not None:
            self.pane.jump_to(moment)

    @work
    async def action_sort(self) -> None:
        """Show the slowest of the requests listed, or the dearest, and go to one."""
        from console.traffic.selection import EVERYTHING
        from console.ui.extremes_dialog import ExtremesDialog

        listed = self.pane.filter
        view, choice = self.console.table_in_view, self.console.column_choice.chosen
        around = Surroundings(time.time(), view.route_index, choice)
        dialog = ExtremesDialog(listed.selection or EVERYTHING, listed.text, around)
        seq = await self.app.push_screen_wait(dialog)
        if seq is not None:
            self.pane.jump_to(seq)

    def surround(self) -> None:
        """Draw the list anew: the table, or the choice of columns, is another."""
        view, choice = self.console.table_in_view, self.console.column_choice.chosen
        self.pane.list.surround(Surroundings(time.time(), view.route_index, choice))
        self.pane.query_one(Heading).on_resize()

    def action_columns(self) -> None:
        """Choose the columns of the list."""
        from console.ui.columns_dialog import ColumnsDialog

        width = self.pane.list.size.width
        choice = self.console.column_choice
        self.app.push_screen(ColumnsDialog(choice, width, self.surround))
