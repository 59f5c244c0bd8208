"""What can be added to an entry, to choose from; a group asks for its first condition too."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from console.table.form.additions import TAG, Addition
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, line

NAME_WIDTH = 24


class AdditionDialog(ModalScreen[Addition | None]):
    """A list that a few letters narrow; gives back what is to be added, complete."""

    HELP_TITLE = "Add"
    AUTO_FOCUS = "#addition-words"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="addition.leave", tooltip="Add nothing"),
        Binding("up", "move(-1)", "Up", show=False, id="addition.up", tooltip="The one above"),
        Binding("down", "move(1)", "Down", show=False, id="addition.down", tooltip="The one below"),
    ]

    def __init__(self, additions: list[Addition], title: str) -> None:
        super().__init__()
        self._all = self._offered = additions
        self._title = title
        self._group: Addition | None = None
        self._tag: Addition | None = None

    def compose(self) -> ComposeResult:
        """A line to narrow the list with, over the list."""
        with Vertical(id="addition-box") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("letters narrow it · enter adds · esc goes back")
            yield LineInput(id="addition-words", placeholder="prompt, task, input_tokens …")
            yield LineView(id="addition-list")

    def on_mount(self) -> None:
        """Offer everything."""
        self.query_one(LineView).can_focus = False
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._tag is None:
            self._narrow(event.value)

    def _narrow(self, words: str) -> None:
        wanted = words.casefold().split()
        self._offered = [
            one
            for one in self._all
            if all(word in f"{one.name} {one.told}".casefold() for word in wanted)
        ]
        view = self.query_one(LineView)
        view.set_lines(
            line((f"{one.name:<{NAME_WIDTH}}", "bold"), (one.told, QUIET), item=i, head=True)
            for i, one in enumerate(self._offered)
        )
        view.cursor = 0 if self._offered else None

    def action_move(self, by: int) -> None:
        """Mark another."""
        self.query_one(LineView).action_move(by)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        if self._tag is not None:
            if key := event.value.strip():
                self._finish(self._tag.with_tag(key))
            return
        cursor = self.query_one(LineView).cursor
        if cursor is None or cursor >= len(self._offered):
            return
        chosen = self._offered[cursor]
        if chosen.asks_for == "tag":
            self._tag = chosen
            self._ask(f"Key of the tag: {TAG}…", "team")
        elif chosen.asks_for:
            self._group, self._all = chosen, list(chosen.first)
            self._ask(f"{chosen.name}: its first condition", "")
            self._narrow("")
        else:
            self._finish(chosen)

    def _ask(self, title: str, placeholder: str) -> None:
        self.query_one("#addition-box").border_title = Content(title)
        words = self.query_one(LineInput)
        words.value, words.placeholder = "", placeholder
        self.query_one(LineView).display = self._tag is None

    def _finish(self, addition: Addition) -> None:
        self.dismiss(addition if self._group is None else self._group.beginning_with(addition))

    def action_leave(self) -> None:
        """Add nothing."""
        self.dismiss(None)
