"""Editing the table in view: every edit goes into a draft, and the draft into the file when asked.

The draft is a plain object that outlives the console; this is only the keys to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.worker import get_current_worker

from console.table.draft import Draft
from console.table.draft_store import UNNAMED, DraftStore
from console.table.editing.change import EditRefusedError
from console.table.model import Table
from console.table.saving import CannotSaveError, text_of
from console.ui.console_screen import ConsoleScreen
from console.ui.draft_in_view import DraftInView, words_of
from console.ui.draft_report import DraftReport, Surroundings, look_at


def hidden(key: str, action: str, words: str, name: str, tooltip: str) -> Binding:
    """Return a key that help and the palette know, and the footer leaves out."""
    return Binding(key, action, words, show=False, id=name, tooltip=tooltip)


class DraftScreen(ConsoleScreen):
    """A place in which rules are edited; give it `show_draft` and `show_report`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        hidden("u", "undo", "Undo", "rules.undo", "Take the last edit back"),
        hidden("ctrl+r", "redo", "Redo", "rules.redo", "Make it again"),
        hidden("X", "discard", "Discard", "rules.discard", "Throw the draft away; asks twice"),
        hidden("N", "drafts", "Drafts", "rules.drafts", "Turn to another draft, or name this one"),
        Binding("S", "save", "Save", id="rules.save", tooltip="Save the draft, with a reason"),
    ]

    @dataclass
    class Looked(Message, bubble=False):
        """Something was found of the draft."""

        report: DraftReport

        def can_replace(self, message: Message) -> bool:
            """Each report holds all that was found before it."""
            return isinstance(message, DraftScreen.Looked)

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self.report: DraftReport | None = None
        self.draft_name = UNNAMED
        self._discards = False

    def show_draft(self, marked: str | None) -> None:
        """Show what the draft says now, with the rule of that id under the cursor."""
        raise NotImplementedError

    def show_report(self) -> None:
        """Show what is known of the draft now."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to save only where there is something to save."""
        return not (action == "save" and not self.has_draft)

    @property
    def has_draft(self) -> bool:
        """Whether a draft says anything else than the file."""
        return self.draft is not None and self.draft.is_changed

    @property
    def draft_words(self) -> str:
        """What a title says of the draft in view, with its name where it has one."""
        return words_of(self.draft_name)

    @property
    def is_behind_file(self) -> bool:
        """Whether the file says something else by now than it did when the draft was begun."""
        loaded = self.console.table_in_view.loaded
        draft = self.draft
        if draft is None or not self.has_draft or loaded is None:
            return False
        return loaded.text != draft.begun_from

    @property
    def shown_table(self) -> Table | None:
        """The table of the draft, or the one in view."""
        if self.draft is not None and self.draft.is_changed:
            return self.draft.table
        return self.console.table_in_view.table

    # The draft and its file

    @property
    def _store(self) -> DraftStore | None:
        path = self.console.table_path
        return None if path is None else DraftStore(self.console.state_folder, path)

    def restore_draft(self) -> None:
        """Go on with the draft that an earlier session left."""
        store = self._store
        if store is None:
            return
        found = store.in_work()
        if found is None:
            self._publish()
            return
        self.draft_name, self.draft = found
        count, drafts = len(self.draft.changes), len(store.names())
        which = "Your draft" if self.draft_name == UNNAMED else f"Your draft {self.draft_name}"
        others = f" N shows {drafts} drafts." if drafts > 1 else ""
        words = f"{which} is here again: {count} change{'' if count == 1 else 's'}.{others}"
        self.console.tell(words)
        self._changed(None)

    def _publish(self) -> None:
        """Let other places see what the draft says now."""
        self.console.draft_in_view = DraftInView.of(self.draft, self.draft_name)
        self.console.draft_is_known = True

    @work
    async def action_drafts(self) -> None:
        """Turn to another draft, or give the one in view a name."""
        from console.ui.drafts_dialog import DraftsDialog

        store = self._store
        if store is None:
            self.console.tell("There is no table to draft: start with --table FILE.", "warning")
            return
        if self.console.state_folder is None:
            words = "This demo keeps a draft only until it is closed. Drafts by name need a table"
            self.console.tell(f"{words} opened with: route-console open --table FILE", "warning")
            return
        choice = await self.app.push_screen_wait(DraftsDialog(store, self.draft_name))
        if choice is None or choice.name == self.draft_name:
            return
        if choice.is_new:
            if not self.has_draft:
                self.console.tell("There is no draft to name: any edit begins one.", "warning")
                return
            store.forget(self.draft_name)
        else:
            self.workers.cancel_group(self, "draft")
            self.draft = store.read(choice.name)
        self.draft_name = choice.name
        self._changed(None)

    def edit(self, words: str, work: Callable[[str], str], marked: str | None = None) -> None:
        """Make an edit of the draft, which is begun if need be; a refusal is told."""
        self._discards = False
        if self.console.refuses_to_change():
            return
        path = self.console.table_path
        if path is None:
            self.console.tell("There is no table to edit: start with --table FILE.", "warning")
            return
        try:
            if self.draft is None or not self.draft.is_changed:
                self.draft = Draft(text_of(path))
            changed = self.draft.edit(words, work)
        except (EditRefusedError, CannotSaveError) as error:
            self.console.tell(f"{error.sentence} {error.hint}", "warning")
            return
        except OSError as error:
            self.console.tell(f"{path} cannot be read: {error.strerror or error}.", "error")
            return
        if changed:
            self._changed(marked)

    def _changed(self, marked: str | None) -> None:
        store = self._store
        if store is not None and self.draft is not None:
            try:
                store.write(self.draft_name, self.draft)
            except OSError as error:
                words = f"The draft cannot be kept on disk: {error.strerror or error}."
                self.console.tell(words, "warning")
        self.report = None
        self._publish()
        self.show_draft(marked)
        self.show_report()
        self.refresh_bindings()
        if self.has_draft:
            self._look(marked)

    @work(thread=True, group="draft", exclusive=True, exit_on_error=False)
    def _look(self, marked: str | None) -> None:
        draft, view = self.draft, self.console.table_in_view
        worker = get_current_worker()
        if draft is None or self.console.table_path is None:
            return
        has_log = self.console.log_path is not None
        around = Surroundings(
            self.console.table_path,
            view.router,
            view.overrides,
            self.console.log_queries if has_log else None,
        )

        def tell(report: DraftReport) -> None:
            if not worker.is_cancelled:
                self.post_message(self.Looked(report))

        look_at(draft, around, marked, tell, lambda: worker.is_cancelled)

    @on(Looked)
    def _take_report(self, event: Looked) -> None:
        if self.draft is not None and event.report.of == self.draft.text:
            self.report = event.report
            self.show_report()

    # The way back

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._step(self.draft.undo() if self.draft is not None else None, "Taken back")

    def action_redo(self) -> None:
        """Make the edit again that was taken back."""
        self._step(self.draft.redo() if self.draft is not None else None, "Made again")

    def _step(self, words: str | None, told: str) -> None:
        if words is None:
            self.console.tell("There is no edit to go back or forth to.")
        else:
            self.console.tell(f"{told}: {words}")
            self._changed(None)

    def action_discard(self) -> None:
        """Throw the draft away; the first time only say so."""
        if not self.has_draft:
            self.console.tell("There is no draft.")
        elif not self._discards:
            self._discards = True
            self.console.tell("X again throws the draft away.", "warning")
        else:
            self._forget_draft()
            self.console.tell("The draft is thrown away.")

    def _forget_draft(self) -> None:
        self._discards = False
        if self._store is not None:
            self._store.forget(self.draft_name)
        self.draft = self.report = None
        self.draft_name = UNNAMED
        self.workers.cancel_group(self, "draft")
        self._publish()
        self.show_draft(None)
        self.show_report()
        self.refresh_bindings()

    @work
    async def action_save(self) -> None:
        """Ask for the reason, and save."""
        from console.ui.save_dialog import SaveDialog

        draft, path = self.draft, self.console.table_path
        if draft is None or path is None or self.console.refuses_to_change():
            return
        result = await self.app.push_screen_wait(SaveDialog(path, draft, self.report))
        if result is None:
            return
        if result.kept is not None:
            self._forget_draft()
            self.console.look_at_table_again()
            committed = f", commit {result.kept.committed}" if result.kept.committed else ""
            self.console.tell(f"Saved as version {result.kept.saved.version}{committed}")
            if result.kept.git_trouble:
                self.console.tell(result.kept.git_trouble, "warning")
            if result.kept.log_trouble:
                words = f"The log has not got who and why: {result.kept.log_trouble}"
                self.console.tell(words, "warning")
        elif result.changed_to is not None:
            self._bring_together(draft, result.changed_to)

    def _bring_together(self, draft: Draft, theirs: str) -> None:
        from console.table.merging import merged
        from console.ui.conflict_dialog import ConflictDialog

        try:
            found = merged(draft.begun_from, draft.text, theirs)
        except EditRefusedError as error:
            self.console.tell(f"The file was changed meanwhile. {error.sentence}", "error")
            return
        if found.text is None:
            self.app.push_screen(ConflictDialog(found.conflicts))
            return
        draft.rebase(theirs, found.text)
        self._changed(None)
        self.console.tell(
            "Somebody saved the file meanwhile: both changes are in the draft now. Look, then S."
        )
