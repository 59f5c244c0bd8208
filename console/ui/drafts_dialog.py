"""The drafts of a table by name: one is turned to, or the one in view is given a name."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from console.table.draft_store import UNNAMED, DraftStore
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, Line, line


@dataclass(frozen=True)
class DraftChoice:
    """Turn to the draft called `name`; or, where `is_new`, give that name to the one in view."""

    name: str
    is_new: bool = False


class DraftsDialog(ModalScreen[DraftChoice | None]):
    """The names there are, over a line for one that there is not."""

    HELP_TITLE = "Drafts"
    AUTO_FOCUS = "#drafts-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="drafts.leave", tooltip="Stay where you are"),
    ]

    def __init__(self, store: DraftStore, in_view: str) -> None:
        super().__init__()
        self._store = store
        self._in_view = in_view
        self._names = [UNNAMED, *(name for name in store.names() if name != UNNAMED)]
        if in_view not in self._names:
            self._names.append(in_view)

    def compose(self) -> ComposeResult:
        """The list, the line, and what is wrong with what was typed."""
        with Vertical(id="drafts-box") as box:
            box.border_title = Content("Drafts")
            box.border_subtitle = Content("enter turns to it · tab to the name · esc goes back")
            yield LineView(id="drafts-list")
            yield LineInput(id="drafts-name", placeholder="a name for the draft in view")
            yield LaidOut(id="drafts-told")

    def on_mount(self) -> None:
        """Show the drafts, the one in view marked."""
        view = self.query_one(LineView)
        view.set_lines([self._line(place, name) for place, name in enumerate(self._names)])
        view.cursor = self._names.index(self._in_view)

    def _line(self, place: int, name: str) -> Line:
        draft = self._store.read(name)
        count = len(draft.changes) if draft is not None else 0
        told = f"{count} change{'' if count == 1 else 's'}" if count else "changes nothing"
        here = "  in view" if name == self._in_view else ""
        return line((name, "bold"), (f"  {told}{here}", QUIET), item=place, head=True)

    @on(LineView.Opened)
    def _turn_to(self, event: LineView.Opened) -> None:
        self.dismiss(DraftChoice(self._names[event.item]))

    @on(Input.Submitted)
    def _take_name(self, event: Input.Submitted) -> None:
        event.stop()
        name = event.value.strip()
        if name in self._names:
            self._tell(f"There is a draft called {name} already: turn to it in the list.")
        elif not self._store.can_be_called(name):
            self._tell("A name has 1 to 64 characters of a–z, 0–9 and `-`.")
        else:
            self.dismiss(DraftChoice(name, is_new=True))

    def _tell(self, sentence: str) -> None:
        told = line((sentence, "$outcome-error"))
        self.query_one(LaidOut).lay_out(told.rows)
