"""A box for a fact that is true or false; which of the two is also told without colour."""

from textual.content import Content
from textual.style import Style
from textual.widgets import Checkbox


class FlagBox(Checkbox):
    """`[✓] tools` or `[ ] tools`, one row high."""

    BUTTON_LEFT = "["
    BUTTON_RIGHT = "]"

    DEFAULT_CSS = """
    FlagBox {
        width: auto;
        background: $background;
    }
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, name=name, compact=True)

    def render(self) -> Content:
        """Draw the box and its name."""
        mark = "✓" if self.value else " "
        box = Content.styled(f"[{mark}]", "bold" if self.value else "")
        label_style: Style = self.get_visual_style("toggle--label")
        return box + self.label.pad(1, 1).stylize_before(label_style)
