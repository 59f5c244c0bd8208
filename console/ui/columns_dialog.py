"""Chooses the columns of the traffic list; the list behind shows each change at once."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from console.ui.column_choice import ColumnChoice
from console.ui.traffic_columns import COLUMNS, columns_for
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, Line, line

CHOOSABLE = tuple(column for column in COLUMNS if column.told)


class ColumnsDialog(ModalScreen[None]):
    """A line a column; `changed` is called after each change."""

    HELP_TITLE = "Columns"
    AUTO_FOCUS = "LineView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="columns.leave", tooltip="Back to the list"),
        Binding("space", "switch", "Show or hide", id="columns.switch", tooltip="Show or hide it"),
        Binding("u", "reset", "As usual", id="columns.usual", tooltip="The usual columns again"),
    ]

    def __init__(self, choice: ColumnChoice, width: int, changed: Callable[[], None]) -> None:
        super().__init__()
        self._choice = choice
        self._width = width
        self._changed = changed

    def compose(self) -> ComposeResult:
        """A box with the columns."""
        with Vertical(id="columns-box") as box:
            box.border_title = Content("Columns")
            box.border_subtitle = Content("space shows or hides · u as usual · esc goes back")
            yield LineView(id="columns-list")

    def on_mount(self) -> None:
        """List the columns."""
        self._show()

    def _show(self) -> None:
        fit = {column.title for column, _ in columns_for(self._width, self._choice.chosen)}
        self.query_one(LineView).set_lines(
            self._line(number, fit) for number, _ in enumerate(CHOOSABLE)
        )

    def _line(self, number: int, fit: set[str]) -> Line:
        column = CHOOSABLE[number]
        is_wanted = self._choice.is_shown(column.title, optional=column.optional)
        mark = "[x] " if is_wanted else "[ ] "
        no_room = (" · no room now", QUIET) if is_wanted and column.title not in fit else ""
        return line(
            f"{column.title:<10} ",
            (column.told, QUIET),
            no_room,
            lead=mark,
            item=number,
            head=True,
            wraps=False,
        )

    @on(LineView.Opened)
    def action_switch(self) -> None:
        """Show the marked column, or hide it."""
        number = self.query_one(LineView).cursor
        if number is not None:
            column = CHOOSABLE[number]
            self._choice.toggle(column.title, optional=column.optional)
            self._show()
            self._changed()

    def action_reset(self) -> None:
        """Go back to the usual columns."""
        self._choice.reset()
        self._show()
        self._changed()
