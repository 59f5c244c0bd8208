"""What two people changed at once, side by side: as it was, as in the draft, as in the file."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from console.table.merging import Conflict
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.lines import BLANK, QUIET, Line, line, titled

_WIDTH = 9


class ConflictDialog(ModalScreen[None]):
    """Nothing is lost: the draft stays as it is, and so does the file."""

    HELP_TITLE = "Changed by two"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back", id="conflict.leave", tooltip="To the draft"),
    ]

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__()
        self._conflicts = conflicts

    def compose(self) -> ComposeResult:
        """One box with all of them."""
        with VerticalScroll(id="conflict-box") as box:
            box.border_title = Content("Somebody else changed the same")
            box.border_subtitle = Content("esc goes back to the draft")
            yield LaidOut(id="conflict-told")

    def on_mount(self) -> None:
        """Lay them out."""
        lines = list(_lines(self._conflicts))
        self.query_one(LaidOut).lay_out(lambda width: [r for one in lines for r in one.rows(width)])


def _lines(conflicts: Sequence[Conflict]) -> Iterator[Line]:
    yield line("The file was saved by somebody else since the draft was begun, and both changed:")
    for conflict in conflicts:
        yield BLANK
        yield line((conflict.what, "bold"))
        yield titled("before", _shown(conflict.base), width=_WIDTH)
        yield titled("draft", (_shown(conflict.ours), "$accent"), width=_WIDTH)
        yield titled("file", (_shown(conflict.theirs), "$outcome-degraded"), width=_WIDTH)
    yield BLANK
    words = "Change the draft to what the file says there (or X throws it away), then save again."
    yield line((words, QUIET))


def _shown(value: Any) -> str:
    return "not there" if value is None else msgspec.json.encode(value).decode()
