"""Jump mode: a letter on every pane and field in view; typing one goes there."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The home row first: what is in view at once rarely has more places than that."""


@dataclass(frozen=True)
class Place:
    """Somewhere to jump to: the letter that does it, and where the letter is drawn."""

    letter: str
    widget: Widget
    offset: Offset


def places_on(screen: Screen[object]) -> list[Place]:
    """Return what can be jumped to, in the order the tab key takes it."""
    in_view = [
        widget
        for widget in screen.focus_chain
        if widget.region.overlaps(screen.region) and widget.region.area
    ]
    return [
        Place(letter, widget, widget.region.offset)
        for letter, widget in zip(LETTERS, in_view, strict=False)
    ]


class JumpScreen(ModalScreen[Widget | None]):
    """The letters over the screen below; gives back where to go."""

    HELP_TITLE = "Jump mode"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="jump.leave", tooltip="Stay where you are"),
    ]

    def __init__(self, places: list[Place]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        """A letter at the corner of each place."""
        for place in self._places:
            label = Static(Content(f" {place.letter} "), classes="jump-letter")
            label.styles.offset = (place.offset.x, place.offset.y)
            yield label

    def on_key(self, event: events.Key) -> None:
        """Go where the letter says; any other key stays."""
        if event.key == "escape":
            return
        event.stop()
        found = (place.widget for place in self._places if place.letter == event.character)
        self.dismiss(next(found, None))
