"""Where a prompt is typed or pasted: shown harmless, kept whole, its matched words lit in place."""

from collections.abc import Iterable

from rich.text import Text
from textual import events
from textual.document._document import EditResult
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.widgets import TextArea

from console.ui.widgets.erasing import ErasesInTurn
from console.ui.widgets.foreign_document import ForeignDocument
from console.ui.widgets.lines import LIT

LONGEST_WRAPPED = 10_000
"""Characters of a line: Textual divides a whole line anew for each of its rows."""

LONGEST_LIT = 2_000
"""Places lit at most: a pattern such as `.` is found at every letter."""


class PromptArea(ErasesInTurn, TextArea):
    """A text area for foreign text. `light` marks words; an edited line loses its light."""

    def __init__(self, *, id: str | None = None, placeholder: str) -> None:  # noqa: A002
        super().__init__(
            "",
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=placeholder,
        )
        self.match_cursor_bracket = False
        self.cursor_blink = False
        self._lit: dict[int, tuple[str, list[tuple[int, int]]]] = {}
        self._install()

    def _install(self) -> None:
        """Put an empty foreign document in the place of Textual's own."""
        self.document = ForeignDocument("")
        self.wrapped_document = WrappedDocument(
            self.document, self.wrap_width, tab_width=self.indent_width
        )
        self.navigator = DocumentNavigator(self.wrapped_document)

    def load_text(self, text: str) -> None:
        """Show another text, with its cursor at the start and nothing to undo."""
        super().load_text("")
        self._install()
        self._lit = {}
        if text:
            self.insert(text)
        self.history.clear()
        self.move_cursor((0, 0))

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit; wrap lines only while none is so long that wrapping would hold up a key."""
        result = super().edit(edit)
        document = self.document
        if isinstance(document, ForeignDocument):
            wraps = document.longest_line <= LONGEST_WRAPPED
            if wraps is not self.soft_wrap:
                self.soft_wrap = wraps
        return result

    def _on_resize(self) -> None:
        """Draw it again: Textual wraps it anew, and forgets to where that takes as many rows."""
        self.refresh()

    async def _on_paste(self, event: events.Paste) -> None:
        """Take a paste whole; terminals send a line break as a carriage return."""
        event.prevent_default()
        event.stop()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        result = self.replace(text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    def undo(self) -> None:
        """Take the last edits back.

        The cursor waits at the start meanwhile: Textual looks for it again in the shorter text
        before it has put it back, and fails where the line it stood on is gone.
        """
        self.move_cursor(self.document.start)
        super().undo()

    def redo(self) -> None:
        """Make the edits again that were taken back; the cursor waits as for `undo`."""
        self.move_cursor(self.document.start)
        super().redo()

    def light(self, spans: Iterable[tuple[int, int]], text: str) -> None:
        """Light the code points `start` to `end` of `text`, the whole text as it was decided.

        A line is lit only as long as it reads as it did then, so light is never on wrong words.
        """
        lit: dict[int, tuple[str, list[tuple[int, int]]]] = {}
        lines = text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        row = 0
        for start, end in sorted(spans)[:LONGEST_LIT]:
            while starts[row + 1] <= start and row < len(lines) - 1:
                row += 1
            here = row
            while here < len(lines) and starts[here] < end:
                piece = (max(start - starts[here], 0), min(end - starts[here], len(lines[here])))
                lit.setdefault(here, (lines[here], []))[1].append(piece)
                here += 1
        if lit != self._lit:
            self._lit = lit
            self.notify_style_update()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """Return a line as drawn, lit where it was matched."""
        line = super().get_line(line_index)
        decided, pieces = self._lit.get(line_index, ("", ()))
        document = self.document
        if not pieces or not isinstance(document, ForeignDocument):
            return line
        if document.real_line(line_index) == decided:
            style = self.app.stylesheet.parse_style(LIT).rich_style
            for start, end in pieces:
                line.stylize(style, start, end)
        return line
