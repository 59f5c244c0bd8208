"""The captured texts of a request over the whole screen: to read, to search, to select, to copy."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.widgets.text_area import Selection

from console.traffic.records import BodyRow
from console.ui.foreign_text import foreign
from console.ui.texts_document import TextsDocument
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.prompt_area import PromptArea

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp


class TextsDialog(ModalScreen[None]):
    """One text at a time, as it was captured; nothing in it can be changed."""

    HELP_TITLE = "Texts"
    AUTO_FOCUS = "PromptArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="texts.leave", tooltip="Stop looking, or go back"),
        Binding("slash", "look", "Search", id="texts.look", tooltip="Look for words in the text"),
        Binding("n", "step(1)", "Next", id="texts.next", tooltip="The next place found"),
        Binding(
            "N", "step(-1)", "Before", show=False, id="texts.before", tooltip="The place before"
        ),
        Binding(
            "tab,right_square_bracket",
            "other(1)",
            "Other text",
            id="texts.other",
            tooltip="Prompt, answer, system prompt, conversation",
        ),
        Binding(
            "shift+tab,left_square_bracket",
            "other(-1)",
            "Text before",
            show=False,
            id="texts.text-before",
            tooltip="The text before",
        ),
        Binding("y", "copy", "Copy", id="texts.copy", tooltip="Copy what is selected, or all"),
        Binding("j", "scroll(1)", "Down", show=False, id="texts.down", tooltip="One line down"),
        Binding("k", "scroll(-1)", "Up", show=False, id="texts.up", tooltip="One line up"),
        Binding("g", "edge(0)", "Top", show=False, id="texts.top", tooltip="To the beginning"),
        Binding("G", "edge(1)", "End", show=False, id="texts.end", tooltip="To the end"),
    ]

    def __init__(self, request_id: str, body: BodyRow | None) -> None:
        super().__init__()
        self._request_id = request_id
        self.document = TextsDocument(body)

    def compose(self) -> ComposeResult:
        """The text, and under it the line in which words are looked for."""
        with Vertical(id="texts-box") as box:
            box.border_subtitle = Content("/ searches · tab other text · y copies · esc goes back")
            yield PromptArea(id="texts-area", placeholder="No text of this request was captured.")
            yield Static(id="texts-told")
            yield LineInput(id="texts-input", placeholder="words to look for")

    @property
    def _area(self) -> PromptArea:
        return self.query_one(PromptArea)

    def on_mount(self) -> None:
        """Show the first text."""
        self._area.read_only = True
        self._show_text()

    def _show_text(self) -> None:
        box = self.query_one("#texts-box")
        box.border_title = foreign(f"{self._request_id} · {self.document.title}", limit=120)
        self._area.load_text(self.document.text)
        self._show_found()

    def _show_found(self) -> None:
        document, area = self.document, self._area
        area.light(document.found, document.text)
        if document.at is not None:
            start, end = map(document.location, document.found[document.at])
            area.selection = Selection(start, end)
            area.scroll_cursor_visible(center=True)
        self.query_one("#texts-told", Static).update(Content.styled(document.told, "$quiet"))

    def action_look(self) -> None:
        """Let words be typed that are looked for."""
        self.add_class("-looking")
        self.query_one(LineInput).focus()

    @on(Input.Changed)
    def _look(self, event: Input.Changed) -> None:
        row, column = self._area.selection.start
        lines = self.document.text.split("\n")
        offset = sum(len(line) + 1 for line in lines[:row]) + column
        self.document.look_for(event.value, min(offset, len(self.document.text)))
        self._show_found()

    @on(Input.Submitted)
    def _found(self, event: Input.Submitted) -> None:
        event.stop()
        self.remove_class("-looking")
        self._area.focus()

    def action_step(self, by: int) -> None:
        """Go to the next place of what is looked for."""
        self.document.step(by)
        self._show_found()

    def action_other(self, by: int) -> None:
        """Show the next text."""
        self.document.other(by)
        self._show_text()

    def action_copy(self) -> None:
        """Copy what is selected, or the whole text."""
        selected = self._area.selected_text
        name = self.document.texts[self.document.place].name if self.document.texts else ""
        if not name:
            cast("ConsoleApp", self.app).tell("No text of this request was captured.", "warning")
            return
        what = f"selection of the {name}" if selected else name
        cast("ConsoleApp", self.app).copy(selected or self.document.text, what)

    def action_scroll(self, rows: int) -> None:
        """Move the cursor by rows."""
        area = self._area
        area.move_cursor_relative(rows=rows)

    def action_edge(self, end: int) -> None:
        """Move to the beginning or the end of the text."""
        self._area.move_cursor(self._area.document.end if end else (0, 0))

    def action_leave(self) -> None:
        """Stop looking for words; else go back."""
        if self.has_class("-looking") or self.document.wanted:
            self.remove_class("-looking")
            with self.prevent(Input.Changed):
                self.query_one(LineInput).value = ""
            self.document.look_for("")
            self._show_found()
            self._area.focus()
        else:
            self.dismiss()
