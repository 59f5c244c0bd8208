"""Edits of what is marked: a rule, or where the routes are in front, an entry that is none."""

from textual import on, work

from console.table.editing.rules import fresh_id
from console.table.form.entries import NOUNS
from console.ui.screens.rule_editing import RuleEditingScreen
from console.ui.widgets.entry_list import Entry
from console.ui.widgets.line_view import LineView


class EntryEditingScreen(RuleEditingScreen):
    """A place with a list of entries (`#routes`) and of rules; give it `marked_entry`."""

    def marked_entry(self) -> Entry | None:
        """Return the entry under the cursor; None where rules are what is edited."""
        raise NotImplementedError

    @on(LineView.Opened, "#routes")
    def _open_entry(self) -> None:
        self.action_edit_rule()

    @work
    async def action_edit_rule(self) -> None:
        """Let what is marked be edited as a form and as its YAML."""
        entry = self.marked_entry()
        if entry is not None:
            await self.edit_entry(entry.path, f"edit {entry.words}")
        else:
            await self.edit_marked_rule()

    @work
    async def action_new_rule(self, after: int = 0) -> None:
        """Put a new rule before or after the marked one, or a new entry into its section."""
        from console.table.editing.entry_edits import insert_entry

        entry = self.marked_entry()
        if entry is None:
            await self.write_new_rule(after)
            return
        section = str(entry.path[0])
        if section not in NOUNS:
            self.console.tell("Mark a route, a task, a model or a provider to add another.")
            return
        new = self._fresh(section, f"new-{NOUNS[section]}")
        before = self.draft.at if self.draft is not None else 0
        self.edit(f"add {new}", lambda text: insert_entry(text, section, new))
        if self.draft is not None and self.draft.at > before:
            await self.edit_entry((section, new), f"write {new}")

    def action_duplicate_rule(self) -> None:
        """Put a copy of what is marked beside it."""
        from console.table.editing.entry_edits import duplicate_entry

        entry = self.marked_entry()
        if entry is None:
            super().action_duplicate_rule()
        elif len(entry.path) == 1:
            self.console.tell("There is only one of these in a table.")
        else:
            new = self._fresh(str(entry.path[0]), f"{entry.path[-1]}")
            path = entry.path
            self.edit(f"copy {entry.words}", lambda text: duplicate_entry(text, path, new))

    def action_delete_rule(self) -> None:
        """Take what is marked out; u brings it back."""
        from console.table.editing.entry_edits import delete_entry

        entry = self.marked_entry()
        if entry is None:
            super().action_delete_rule()
        else:
            path = entry.path
            self.edit(f"delete {entry.words}", lambda text: delete_entry(text, path))

    def action_move_rule(self, by: int) -> None:
        """Move the marked rule; the order of other entries means nothing."""
        if self.marked_entry() is None:
            super().action_move_rule(by)
        else:
            self.console.tell("Only the order of rules means anything.")

    def action_switch_rule(self) -> None:
        """Switch the marked rule off, or on again."""
        if self.marked_entry() is None:
            super().action_switch_rule()
        else:
            self.console.tell("Only a rule can be switched off.")

    def _fresh(self, section: str, name: str) -> str:
        table = self.shown_table
        taken = set(getattr(table, section)) if table is not None else set()
        return name if name not in taken else fresh_id(name, taken)
