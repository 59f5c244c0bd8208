"""Text about a state that is told again and again, and changes seldom."""

from textual.content import Content
from textual.widgets import Static


class StateText(Static):
    """Lays itself out anew only when what it says is different: a layout costs more than a list."""

    _said: Content | None = None

    def say(self, content: Content) -> None:
        """Show this, if it is not shown already."""
        if self._said is None or not content.is_same(self._said):
            self._said = content
            self.update(content)
