"""Edits of the marked rule: as YAML, moved, copied, switched off, deleted, new; or of the file."""

import os
import shlex
import subprocess
import tempfile
import time
from pathlib import Path as FilePath
from typing import Any, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType

from console.routing.facts import Facts
from console.routing.rule_of_request import condition_of_request
from console.table.editing.change import EditRefusedError
from console.table.editing.tree import Path
from console.table.model import Rule
from console.table.saving import CannotSaveError, text_of
from console.ui.screens.draft_screen import DraftScreen, hidden

_EDIT = Binding.Group("Edit", compact=True)


class RuleEditingScreen(DraftScreen):
    """A place in which one rule is marked; give it `marked_rule`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "e",
            "edit_rule",
            "Edit",
            group=_EDIT,
            id="rules.edit",
            tooltip="The rule as a form and as its YAML",
        ),
        Binding("K", "move_rule(-1)", "Up", group=_EDIT, id="rules.up", tooltip="Move the rule up"),
        Binding(
            "J", "move_rule(1)", "Down", group=_EDIT, id="rules.down", tooltip="Move the rule down"
        ),
        hidden("o", "switch_rule", "On or off", "rules.switch", "Switch the rule off, or on"),
        hidden("D", "duplicate_rule", "Copy", "rules.duplicate", "Put a copy below the rule"),
        hidden("n", "new_rule", "New", "rules.new", "Put a new rule before the marked one"),
        hidden("a", "new_rule(1)", "New after", "rules.new-after", "Put one after the marked rule"),
        hidden("x", "delete_rule", "Delete", "rules.delete", "Take the rule out of the draft"),
        hidden("E", "edit_file", "$EDITOR", "rules.editor", "The whole draft in $EDITOR"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._sample: Facts | None = None
        """The request a rule was last drafted from: what the next is tried on."""

    def marked_rule(self) -> Rule | None:
        """Return the rule under the cursor."""
        raise NotImplementedError

    def _marked(self) -> tuple[Rule, int] | None:
        rule, table = self.marked_rule(), self.shown_table
        if self.draft is not None and self.has_draft and self.draft.loaded.table is None:
            self.console.tell(
                "The draft has errors: mend it with E, or u takes it back.", "warning"
            )
            return None
        if rule is None or table is None or rule not in table.rules:
            self.console.tell("No rule is marked.", "warning")
            return None
        return rule, table.rules.index(rule)

    def action_move_rule(self, by: int) -> None:
        """Move the marked rule up or down."""
        from console.table.editing.rules import move_rule

        marked, table = self._marked(), self.shown_table
        if marked is None or table is None:
            return
        rule, place = marked
        to = place + by
        if 0 <= to < len(table.rules):
            self.edit(f"move {rule.id}", lambda text: move_rule(text, place, to), rule.id)

    def action_switch_rule(self) -> None:
        """Switch the marked rule off, or on again."""
        from console.table.editing.rules import enable_rule

        if (marked := self._marked()) is not None:
            rule, place = marked
            on_ = not rule.enabled
            self.edit(
                f"switch {rule.id} {'on' if on_ else 'off'}",
                lambda text: enable_rule(text, place, on_, says_so=on_),
                rule.id,
            )

    def action_duplicate_rule(self) -> None:
        """Put a copy of the marked rule below it."""
        from console.table.editing.rules import duplicate_rule, fresh_id

        marked, table = self._marked(), self.shown_table
        if marked is not None and table is not None:
            rule, place = marked
            new = fresh_id(rule.id, {each.id for each in table.rules})
            self.edit(f"copy {rule.id}", lambda text: duplicate_rule(text, place, new), new)

    def action_delete_rule(self) -> None:
        """Take the marked rule out; u brings it back."""
        from console.table.editing.rules import delete_rule

        if (marked := self._marked()) is not None:
            rule, place = marked
            self.edit(f"delete {rule.id}", lambda text: delete_rule(text, place))
            self.console.tell(f"{rule.id} is deleted from the draft: u brings it back.")

    async def edit_marked_rule(self) -> None:
        """Let the marked rule be edited as a form and as its YAML."""
        if (marked := self._marked()) is not None:
            rule, place = marked
            await self.edit_entry(("rules", place), f"edit {rule.id}", rule.id)

    async def write_new_rule(self, after: int) -> None:
        """Put a new rule before the marked one, or one `after` it, and let it be written."""
        table, rule = self.shown_table, self.marked_rule()
        rules = table.rules if table is not None else ()
        place = rules.index(rule) + after if rule is not None and rule in rules else 0
        await self._write_new(place, {"prompt": ["words to look for"]})

    def draft_rule(self, facts: Facts | None) -> None:
        """Put a rule that takes a request before the rule that takes it now; let it be written."""
        if facts is None:
            return
        self.console.rule_to_draft = None
        self._sample = facts
        table, router = self.shown_table, self.console.table_in_view.router
        ids = [rule.id for rule in table.rules] if table is not None else []
        taken_by = router.decide(facts, time.time()).rule if router is not None else None
        place = ids.index(taken_by) if taken_by in ids else len(ids)
        self.run_worker(self._write_new(place, condition_of_request(facts)), group="edit")

    async def _write_new(self, place: int, when: dict[str, Any]) -> None:
        from console.table.editing.rules import fresh_id, insert_rule

        table = self.shown_table
        if table is None:
            self.console.tell("There is no table to put a rule into.", "warning")
            return
        new = fresh_id("new-rule", {"new-rule"} | {each.id for each in table.rules})
        rule = {"id": new, "because": "Say why.", "when": when, "route": table.default}
        self.edit(f"add {new}", lambda text: insert_rule(text, place, rule), new)
        if (table := self.shown_table) is not None and new in {each.id for each in table.rules}:
            await self.edit_entry(("rules", place), f"write {new}", new)

    async def edit_entry(self, path: Path, words: str, marked: str | None = None) -> None:
        """Let an entry of the table be edited, as a form and as its lines."""
        from console.table.editing.entries import with_entry_text
        from console.table.form.document import EntryDocument
        from console.ui.entry_dialog import EntryDialog

        file = self.console.table_path
        if file is None:
            self.console.tell("There is no table to edit: start with --table FILE.", "warning")
            return
        if self.console.refuses_to_change():
            return
        try:
            text = self.draft.text if self.draft is not None and self.has_draft else text_of(file)
            document = EntryDocument(text, path)
        except (EditRefusedError, CannotSaveError) as error:
            self.console.tell(f"{error.sentence} {error.hint}", "warning")
            return
        except OSError as error:
            self.console.tell(f"{file} cannot be read: {error.strerror or error}.", "error")
            return
        lines = await self.app.push_screen_wait(EntryDialog(document, self._sample))
        if lines is not None:
            self.edit(words, lambda text: with_entry_text(text, path, lines), marked)

    def action_edit_file(self) -> None:
        """Let the whole draft be edited in the reader's own editor."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        self.edit("edit the file", lambda text: self._edited_outside(text, shlex.split(editor)))

    def _edited_outside(self, text: str, editor: list[str]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = FilePath(folder) / "draft.yaml"
            path.write_bytes(text.encode())
            try:
                with self.app.suspend():
                    subprocess.run([*editor, str(path)], check=False)
            except (SuspendNotSupported, FileNotFoundError, PermissionError):
                raise EditRefusedError(f"{editor[0]} cannot be run here.", "Set $EDITOR.") from None
            return text_of(path)
