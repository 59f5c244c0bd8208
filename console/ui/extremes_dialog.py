"""The slowest or the dearest of the requests listed, largest first; enter goes to one of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from console.traffic.extremes import Extreme, largest
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.records import RequestRow
from console.traffic.selection import Selection
from console.ui.foreign_text import foreign
from console.ui.traffic_columns import Surroundings, line_of
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, line

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp

MOST = 200
_WORDS: dict[Extreme, str] = {
    "latency": "Slowest, from 10 s",
    "cost": "Dearest, from $0.10",
}


@dataclass(frozen=True, slots=True)
class _Request:
    """A request as one line of the traffic list."""

    row: RequestRow
    item: int
    around: Surroundings
    head: bool = True

    def height(self, width: int) -> int:  # noqa: ARG002
        """Return 1: a line never wraps."""
        return 1

    def rows(self, width: int) -> list[Content]:
        """Return the line, with the columns that fit."""
        pieces = line_of(self.row, width, self.around)
        return [Content.assemble(*(Content.styled(text, style) for text, style in pieces))]


class ExtremesDialog(ModalScreen[int | None]):
    """Gives back the number of the request to go to, None where there is none."""

    HELP_TITLE = "Slowest and dearest"
    AUTO_FOCUS = "LineView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="extremes.leave", tooltip="Back to the list"),
        Binding("s", "turn", "Other", id="extremes.turn", tooltip="By cost, or by latency again"),
    ]

    @dataclass
    class Found(Message, bubble=False):
        """What was found, or why nothing could be."""

        by: Extreme
        rows: list[RequestRow]
        trouble: str = ""

    def __init__(self, selection: Selection, asked: str, around: Surroundings) -> None:
        super().__init__()
        self._selection = selection
        self._asked = asked
        self._around = around
        self._by: Extreme = "latency"
        self._rows: list[RequestRow] = []

    def compose(self) -> ComposeResult:
        """A box with the list."""
        with Vertical(id="extremes-box") as box:
            box.border_subtitle = Content("enter goes there · s by cost or latency · esc goes back")
            yield LineView(id="extremes-list")

    def on_mount(self) -> None:
        """Look for the slowest."""
        self._look()

    def _look(self) -> None:
        of = f" · {self._asked}" if self._asked else ""
        box = self.query_one("#extremes-box")
        box.border_title = foreign(f"{_WORDS[self._by]}{of}", limit=120)
        self.query_one(LineView).set_lines([line(("Reading the log …", QUIET))])
        self._find(self._by)

    @work(thread=True, group="extremes", exclusive=True, exit_on_error=False)
    def _find(self, by: Extreme) -> None:
        app = cast("ConsoleApp", self.app)
        try:
            rows = app.log_queries.ask(lambda log: largest(log, self._selection, by, MOST))
        except LogProblem as problem:
            self.post_message(self.Found(by, [], problem.message))
        except ReadInterrupted:
            return
        else:
            self.post_message(self.Found(by, rows))

    @on(Found)
    def _show(self, event: Found) -> None:
        if event.by != self._by:
            return
        self._rows = event.rows
        view = self.query_one(LineView)
        if event.rows:
            view.set_lines(
                _Request(row, place, self._around) for place, row in enumerate(event.rows)
            )
        else:
            words = event.trouble or "None of these requests is as slow or as dear as that."
            view.set_lines([line((words, QUIET))])

    def action_turn(self) -> None:
        """Sort by the other."""
        self._by = "cost" if self._by == "latency" else "latency"
        self._look()

    @on(LineView.Opened)
    def _go(self, event: LineView.Opened) -> None:
        if event.item < len(self._rows):
            self.dismiss(self._rows[event.item].seq)
