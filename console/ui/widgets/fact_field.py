"""One line in which a fact of a request is typed."""

from console.ui.widgets.line_input import LineInput


class FactField(LineInput):
    """A titled one-line field, whose frame says when what was typed cannot be read."""

    def __init__(self, name: str, title: str, placeholder: str) -> None:
        super().__init__(id=name.replace("_", "-"), name=name, placeholder=placeholder)
        self.border_title = title

    def mark(self, is_wrong: bool) -> None:
        """Say in the field's frame that what was typed cannot be read, or no longer."""
        self.set_class(is_wrong, "-wrong")
        self.border_subtitle = "cannot be read" if is_wrong else ""
