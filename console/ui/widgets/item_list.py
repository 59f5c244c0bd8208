"""A list whose items stand for things: the cursor keeps to its thing while the lines change."""

from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from console.ui.widgets.line_view import Laid, LineView


class Thing(Protocol):
    """What an item stands for."""

    @property
    def key(self) -> str:
        """What it is known by when the list is shown anew; two of one list have two keys."""
        ...


T = TypeVar("T", bound=Thing)


class ItemList(LineView, Generic[T]):
    """Shows lines of which some are items; an item's number is its place among the things."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._things: Sequence[T] = ()
        self._wanted: str | None = None
        self._is_showing = False

    @property
    def marked(self) -> T | None:
        """What the cursor stands on."""
        cursor = self.cursor
        return self._things[cursor] if cursor is not None and cursor < len(self._things) else None

    def show(self, lines: Iterable[Laid], things: Sequence[T]) -> None:
        """Show these lines instead.

        The cursor goes to what was last marked by hand, also where that was not there for a
        while; until something is marked by hand it stands on the first item, and what stands above
        that stays in view.
        """
        was_empty = self.cursor is None
        self._is_showing = True
        self._things = things
        self.set_lines(lines, follow=False)
        places = (place for place, thing in enumerate(things) if thing.key == self._wanted)
        place = next(places, None)
        if place is not None:
            self.cursor = place
            self._show_item(place)
        elif self._wanted is None:
            self.cursor = self._items[0] if self._items else None
        if was_empty and place is None:
            self.scroll_home(animate=False)
        self._is_showing = False

    def mark(self, key: str) -> None:
        """Go to the thing of that key, now or once it is shown."""
        self._wanted = key
        for place, thing in enumerate(self._things):
            if thing.key == key:
                self.cursor = place

    def watch_cursor(self, before: int | None, now: int | None) -> None:
        """Bring the item into view, and remember it where it was marked by hand."""
        super().watch_cursor(before, now)
        if not self._is_showing and (thing := self.marked) is not None:
            self._wanted = thing.key

    def action_move(self, by: int) -> None:
        """Move by items; where there is none further on, go on through the lines."""
        before = self.cursor
        super().action_move(by)
        if before is not None and self.cursor == before:
            self.scroll_relative(y=by, animate=False)
