"""One line of text that is typed or pasted: shown harmless, kept as it is."""

from typing import Any

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import Input

from console.ui.widgets.erasing import ErasesInTurn
from console.ui.widgets.foreign_document import shown


class _Inert(Highlighter):
    """Draws the value of a field with a visible sign for each character a terminal might obey."""

    def __init__(self, field: Input) -> None:
        self._field = field

    def __call__(self, text: str | Text) -> Text:  # noqa: ARG002
        """Return the field's value as it may be drawn, one character for one."""
        return Text(
            shown(self._field.value).replace("\t", "⇥"), no_wrap=True, overflow="ignore", end=""
        )

    def highlight(self, text: Text) -> None:
        """Leave the text as it is: nothing of it is lit."""


class LineInput(ErasesInTurn, Input):
    """Textual's input with a still cursor, whose text no terminal obeys."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlighter=_Inert(self), select_on_focus=False, compact=True, **options)
        self.cursor_blink = False
