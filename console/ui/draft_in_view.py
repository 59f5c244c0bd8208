"""The draft that Rules has under edit, as other places see it: what it holds, and how it stands."""

from dataclasses import dataclass
from pathlib import Path

from console.table.draft import Draft
from console.table.draft_store import UNNAMED, DraftStore
from console.table.model import Table


@dataclass(frozen=True)
class DraftInView:
    """One text of a draft. Immutable: an edit makes another one.

    `table` is what it holds, or held last, while it has `errors`; None where that is not known.
    """

    words: str
    table: Table | None
    errors: int

    @classmethod
    def of(cls, draft: Draft | None, name: str) -> "DraftInView | None":
        """Return a draft as others see it; None where there is none, or it changes nothing."""
        if draft is None or not draft.is_changed:
            return None
        return cls(words_of(name), draft.table, len(draft.loaded.errors))

    @property
    def state(self) -> str:
        """Say in one sentence why its results are not of its text; empty: they are."""
        if not self.errors:
            return ""
        if self.table is None:
            return "The draft has errors and cannot be read: only the table in service is tested."
        return "The draft has errors and cannot be read: its results are of its last readable text."


def words_of(name: str) -> str:
    """Return what a title says of the draft of that name."""
    return "draft, not saved" if name == UNNAMED else f"draft {name}, not saved"


def kept_draft(folder: Path | None, table_path: Path) -> DraftInView | None:
    """Return the draft that an earlier session was at, for who looks before Rules does."""
    found = DraftStore(folder, table_path).in_work()
    return None if found is None else DraftInView.of(found[1], found[0])
