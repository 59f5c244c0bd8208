"""A table under edit: its text, what is wrong with it, what changed, and the way back.

Everything edits the draft and nothing else is touched until it is saved. It knows no screen.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from console.table.changes import changes
from console.table.draft_history import History, Kept, State
from console.table.load import Loaded, reparse
from console.table.model import Table

MOST_STATES = 500
"""Edits that can be taken back; the first text stays whatever happens."""

STATES_LOOKED_BACK = 8
"""Earlier texts that are tried where the one in view has errors: each costs a reading."""


@dataclass
class Draft:
    """The texts of a draft, oldest first; `at` is the one in view."""

    begun_from: str
    """What the file held when the draft was begun: what a save takes the place of."""
    states: list[State] = field(default_factory=list)
    at: int = 0

    def __post_init__(self) -> None:
        if not self.states:
            self.states = [State(self.begun_from, "as in the file")]
        self._loaded: tuple[str, Loaded] | None = None
        self._table: Table | None = None
        self.kept: Kept | None = None
        """What of it is on disk: the store's, and nobody else's."""

    @property
    def history(self) -> History:
        """All that outlives the console."""
        return History(self.begun_from, tuple(self.states), self.at)

    @property
    def text(self) -> str:
        """The text in view."""
        return self.states[self.at].text

    @property
    def is_changed(self) -> bool:
        """Whether it says anything else than the file did."""
        return self.text != self.begun_from

    @property
    def loaded(self) -> Loaded:
        """The text in view as a table, with every problem at its place; parsed once a text."""
        if self._loaded is None or self._loaded[0] != self.text:
            self._loaded = (self.text, reparse(self.text))
        return self._loaded[1]

    @property
    def table(self) -> Table | None:
        """The table it holds, or held last, while it has errors."""
        if self.loaded.table is not None:
            self._table = self.loaded.table
        elif self._table is None:
            # An edit that breaks it may be the first, or the last of an earlier session.
            earlier = reversed(self.states[max(self.at - STATES_LOOKED_BACK, 0) : self.at])
            tables = (reparse(state.text).table for state in earlier)
            self._table = next((table for table in tables if table is not None), None)
        return self._table

    @property
    def changes(self) -> list[str]:
        """What it changes of the file, in words."""
        return changes(self.begun_from, self.text)

    def edit(self, words: str, work: Callable[[str], str]) -> bool:
        """Make an edit; return whether it changed anything. Raises what `work` raises.

        What was taken back before is forgotten.
        """
        text = work(self.text)
        if text == self.text:
            return False
        kept = [*self.states[: self.at + 1], State(text, words)]
        if len(kept) > MOST_STATES:
            kept = [kept[0], *kept[2 - MOST_STATES - 1 :]]
        self.states, self.at = kept, len(kept) - 1
        return True

    def undo(self) -> str | None:
        """Take the last edit back and return what it was; None where there is none."""
        if self.at == 0:
            return None
        self.at -= 1
        return self.states[self.at + 1].words

    def redo(self) -> str | None:
        """Make the edit again that was taken back; None where there is none."""
        if self.at + 1 >= len(self.states):
            return None
        self.at += 1
        return self.states[self.at].words

    def rebase(self, begun_from: str, text: str) -> None:
        """Go on from another text of the file, with this one as the draft."""
        self.begun_from = begun_from
        self.edit("brought together with what is in the file", lambda _: text)
