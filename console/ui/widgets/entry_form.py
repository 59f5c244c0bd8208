"""The fields of one entry below each other; what is shown is the document's, never the form's."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from console.table.editing.tree import Path
from console.table.form.field import Field
from console.table.problems import Problem
from console.ui.widgets.entry_field import EntryField


class EntryForm(VerticalScroll, can_focus=False, inherit_bindings=False):
    """A form that is laid out anew only where other fields are to be shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False, id="entry.up", tooltip="The field above"),
        Binding("down", "step(1)", "Down", show=False, id="entry.down", tooltip="The field below"),
    ]

    def __init__(self, known: Callable[[Field], Sequence[str]], *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._known = known
        self._shown: list[tuple[object, ...]] = []

    @property
    def rows(self) -> list[EntryField]:
        """The fields on the screen."""
        return list(self.query(EntryField))

    @property
    def entered(self) -> EntryField | None:
        """The field the keys are in."""
        return next((row for row in self.rows if row.has_focus_within), None)

    async def show(self, fields: Sequence[Field], go_to: Path | None = None) -> None:
        """Show these fields; the keys go to the one at `go_to`, or stay where they were.

        What stands in the field that the keys are in is left alone: what it says may be newer than
        the document, with further keys on their way from it.
        """
        here = self.entered
        wanted = go_to or (here.field.path if here is not None else None)
        if [field.is_like for field in fields] == self._shown:
            for row, field in zip(self.rows, fields, strict=True):
                row.show(field)
            if go_to is not None:
                self.go_to(go_to)
            return
        self._shown = [field.is_like for field in fields]
        # Nothing is drawn in between: a field that is being put in has no styles yet.
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(EntryField(field, self._known(field)) for field in fields)
        if wanted is not None:
            self.go_to(wanted)

    def go_to(self, path: Path) -> None:
        """Put the keys into the field at a path, or the first below it, or where it would be."""
        rows = self.rows
        below = [row for row in rows if row.field.path[: len(path)] == path]
        typed = [row for row in below if row.field.kind != "heading"]
        exact = [row for row in rows if row.field.path == path]
        around = [row for row in rows if row.field.path == path[:-1]]
        for row in [*exact, *typed, *below, *around, *rows][:1]:
            row.focus_editor()

    def know(self) -> None:
        """Complete out of the names that are known by now."""
        for row in self.rows:
            row.know(self._known(row.field))

    def tell(self, problems: Mapping[Path, Sequence[Problem]]) -> None:
        """Say at each field what is wrong with it."""
        for row in self.rows:
            row.tell(problems.get(row.field.path, ()))

    def action_step(self, by: int) -> None:
        """Go to the field above or below."""
        rows, here = self.rows, self.entered
        place = rows.index(here) + by if here is not None else 0
        if 0 <= place < len(rows):
            rows[place].focus_editor()
