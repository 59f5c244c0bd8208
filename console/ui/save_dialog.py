"""Saves a draft: what it changes and whether it holds, the reason, and what came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

from console.table.author import login_name
from console.table.changes import line_changes
from console.table.draft import Draft
from console.table.git_state import git_state
from console.table.saving import CannotSaveError, ChangedMeanwhileError
from console.ui.app import ConsoleApp
from console.ui.draft_report import DraftReport
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.lines import BLANK, QUIET, Line, line
from console.ui.widgets.report_lines import changes_lines, report_lines
from console.whatif.keeping import Kept, Wish, keep

NOBODY = "somebody at the console"


@dataclass(frozen=True)
class Result:
    """What came of a save: it was made, or the file holds somebody else's text now."""

    kept: Kept | None = None
    changed_to: str | None = None


class SaveDialog(ModalScreen[Result | None]):
    """One line for the reason over all that is known of the draft."""

    HELP_TITLE = "Save"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="save.leave", tooltip="Save nothing"),
        Binding(
            "ctrl+g",
            "commit_too",
            "Commit too",
            id="save.commit",
            tooltip="Commit the file to git with the reason, or not",
        ),
    ]

    @dataclass
    class GitKnown(Message, bubble=False):
        """How the file stands in git; None where it is in none."""

        state: str | None

    @dataclass
    class Refused(Message, bubble=False):
        """It was not saved."""

        sentence: str

    @dataclass
    class Ended(Message, bubble=False):
        """It was saved, or somebody else was first."""

        result: Result

    def __init__(
        self, path: Path, draft: Draft, report: DraftReport | None, *, is_rollback: bool = False
    ) -> None:
        super().__init__()
        self._is_rollback = is_rollback
        self._path = path
        self._draft = draft
        self._report = report
        self._told = ""
        self._asked_twice = False
        self._git: str | None = None
        self._commits = False

    @property
    def _owner(self) -> ConsoleApp:
        return cast(ConsoleApp, self.app)

    def compose(self) -> ComposeResult:
        """The reason, what went wrong, and the draft."""
        with Vertical(id="save-box") as box:
            box.border_title = Content(f"Save {self._path.name}")
            box.border_subtitle = Content("enter saves · esc goes back")
            yield LineInput(id="save-because", placeholder="why, for whoever reads it next")
            with VerticalScroll(id="save-scroll", can_focus=True):
                yield LaidOut(id="save-told")

    def on_mount(self) -> None:
        """Show what there is to save, and find out whether the file is in git."""
        self._show()
        self.run_worker(
            lambda: self.post_message(self.GitKnown(git_state(self._path))),
            group="git",
            exit_on_error=False,
            thread=True,
        )

    @on(GitKnown)
    def _take_git(self, event: GitKnown) -> None:
        self._git = event.state
        self._show()

    def action_commit_too(self) -> None:
        """Commit the file with the save, or not."""
        if self._git is None:
            self._say("The file is in no git work tree.")
        else:
            self._commits = not self._commits
            self._show()

    def _show(self) -> None:
        lines: list[Line] = []
        if self._told:
            lines += [line((self._told, "bold $outcome-error")), BLANK]
        if self._git is not None:
            mark = "[x]" if self._commits else "[ ]"
            words = f"commit it to git, too (ctrl+g); now it is {self._git} there, and never pushed"
            lines += [line((words, QUIET), lead=f"{mark} "), BLANK]
        report = self._report or DraftReport(self._draft.text, self._draft.changes)
        lines += report_lines(report) if self._report else changes_lines(report)
        lines.append(BLANK)
        for row in line_changes(self._draft.begun_from, self._draft.text):
            style = "$outcome-ok" if row.startswith("+") else QUIET
            style = "$outcome-error" if row.startswith("-") else style
            lines.append(line((row.replace("\t", "    "), style), wraps=False))
        self.query_one(LaidOut).lay_out(lambda width: [r for one in lines for r in one.rows(width)])

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        failed = self._report.failed if self._report is not None else []
        if failed and not self._asked_twice:
            self._asked_twice = True
            s = "" if len(failed) == 1 else "s"
            self._say(f"{len(failed)} test{s} of the table do not pass: enter again saves it so.")
            return
        draft = self._draft
        author = login_name() or NOBODY
        wish = Wish(
            draft.text,
            draft.begun_from,
            author,
            event.value,
            self._is_rollback,
            self._commits,
            draft.loaded,
        )

        def work() -> None:
            try:
                kept = keep(self._path, wish, self._owner.log_path)
            except CannotSaveError as error:
                self.post_message(self.Refused(f"{error.sentence} {error.hint}".strip()))
            except ChangedMeanwhileError as error:
                self.post_message(self.Ended(Result(changed_to=error.text)))
            except OSError as error:
                words = f"{self._path} cannot be written: {error.strerror or error}."
                self.post_message(self.Refused(words))
            else:
                self.post_message(self.Ended(Result(kept)))

        self.run_worker(work, group="save", exit_on_error=False, thread=True)

    def _say(self, sentence: str) -> None:
        self._told = sentence
        self._show()

    @on(Refused)
    def _take_refusal(self, event: Refused) -> None:
        self._say(event.sentence)

    @on(Ended)
    def _take_end(self, event: Ended) -> None:
        self.dismiss(event.result)
