"""One line in which a fact of a request is typed: shown harmless, kept as it is."""

from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import Input

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


class FactField(Input):
    """A titled one-line field, whose frame says when what was typed cannot be read."""

    def __init__(self, name: str, title: str, placeholder: str) -> None:
        super().__init__(
            id=name.replace("_", "-"),
            name=name,
            placeholder=placeholder,
            highlighter=_Inert(self),
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False
        self.border_title = title

    def mark(self, is_wrong: bool) -> None:
        """Say in the field's frame that what was typed cannot be read, or no longer."""
        self.set_class(is_wrong, "-wrong")
        self.border_subtitle = "cannot be read" if is_wrong else ""
