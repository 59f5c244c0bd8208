"""Erasing in its turn: what every field that is typed in has in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events


class ErasesInTurn:
    """A field that takes Backspace at once; put it before Textual's own among the bases.

    Keys that arrive together, as over a slow line, wait in the field's queue; one that is a binding
    goes on to the app and back while the next is inserted, so letters typed behind it came first.
    """

    if TYPE_CHECKING:
        action_delete_left: Callable[[], None]

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "backspace":
            event.stop()
            event.prevent_default()
            self.action_delete_left()
