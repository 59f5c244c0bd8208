"""History: the versions of the table, by whom and why, what each changed, and the way back."""

import time
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from console.quantities import count, moment
from console.table.changes import line_changes
from console.table.draft import Draft
from console.table.saving import CannotSaveError, text_of
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.versions import newest_versions
from console.ui.console_screen import ConsoleScreen
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import BLANK, QUIET, Line, line, titled
from console.whatif.history import MOST, Entry, history

LOOK_EVERY_S = 3.0
_WIDTH = 9


class HistoryScreen(ConsoleScreen):
    """The versions on the left, the marked one on the right."""

    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "#versions"
    HELP_TITLE = "History"
    HELP = """\
Every version of the table that was saved or came into service, newest first, with what it changed \
of the one before. **space** marks one to compare others with; **R** puts the version under the \
cursor back into the file, with a reason, as a save of its own.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "compare", "Compare", id="history.compare", tooltip="Compare others with it"
        ),
        Binding("R", "roll_back", "Roll back", id="history.roll-back", tooltip="Put it back"),
        Binding("y", "copy", "Copy", id="history.copy", tooltip="Copy what stands on the right"),
        Binding(
            "escape", "step_back", "Back", show=False, id="history.back", tooltip="Compare no more"
        ),
    ]

    @dataclass
    class HistoryRead(Message, bubble=False):
        """The versions were read, with the texts of those that are shown."""

        entries: list[Entry]
        texts: dict[str, str]

    @dataclass
    class HistoryFailed(Message, bubble=False):
        """The log could not be read."""

        sentence: str

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] | None = None
        self._texts: dict[str, str] = {}
        self._trouble = ""
        self._compared: str | None = None
        self._is_reading = False

    def compose_body(self) -> ComposeResult:
        """The list, and the version under the cursor."""
        with Horizontal(id="history"):
            with Vertical(id="versions-frame"):
                yield LineView(id="versions")
            yield LineView(id="version")

    def on_mount(self) -> None:
        """Read, and read again while this is the screen in front."""
        self.query_one("#versions-frame").border_title = "Versions"
        self.watch(self.console, "table_in_view", self._table_changed, init=False)
        self.set_interval(LOOK_EVERY_S, self._look)
        self._show()
        self._look()

    def on_screen_resume(self) -> None:
        """What is shown is of a while ago."""
        self._look()

    def _table_changed(self) -> None:
        self._show()
        self._look()

    def _look(self) -> None:
        name = self.console.table_in_view.name
        if self.is_current and name and self.console.log_path and not self._is_reading:
            self._is_reading = True
            self._read(name)

    @work(thread=True, group="history", exit_on_error=False)
    def _read(self, name: str) -> None:
        try:
            entries = self.console.log_queries.ask(lambda log: history(log, name, time.time()))
            texts = self._texts
            if any(entry.version not in texts for entry in entries):
                rows = self.console.log_queries.ask(lambda log: newest_versions(log, MOST))
                texts = {row.version: row.text for row in rows}
            self.post_message(self.HistoryRead(entries, texts))
        except LogProblem as problem:
            self.post_message(self.HistoryFailed(problem.message))
        except ReadInterrupted:
            pass
        finally:
            self._is_reading = False

    @on(HistoryRead)
    def _take(self, event: HistoryRead) -> None:
        if event.entries != self._entries or self._trouble:
            self._entries, self._texts, self._trouble = event.entries, event.texts, ""
            self._show()

    @on(HistoryFailed)
    def _take_failure(self, event: HistoryFailed) -> None:
        self._trouble = event.sentence
        self._show()

    # Showing

    def _show(self) -> None:
        view = self.query_one("#versions", LineView)
        if self._trouble:
            view.set_lines([line((self._trouble, "bold $outcome-error"))])
        elif not self._entries:
            view.set_lines([line((self._why_nothing(), QUIET))])
        else:
            view.set_lines(
                [row for place, one in enumerate(self._entries) for row in self._rows(place, one)],
                follow=False,
            )
        self._show_version()

    def _why_nothing(self) -> str:
        if self.console.log_path is None:
            return "No traffic log was given: start the console with --log FILE."
        if self.console.table_in_view.name is None:
            return "No table was given. Start with --table policies/NAME.yaml to see its versions."
        if self._entries is None:
            return "Reading the log …"
        return "The log has no version of this table yet: a gateway that serves it writes one."

    def _rows(self, place: int, entry: Entry) -> list[Line]:
        how = "rolled back" if entry.is_rollback else "saved" if entry.is_saved else "seen"
        signs = "●" if entry.version == self.console.table_in_view.version else " "
        signs += "≠" if entry.version == self._compared else " "
        head = line(
            (f"{signs} {entry.version[:7]}  ", "bold"),
            moment(entry.ts)[:16],
            (f"  {how}", QUIET),
            (f" by {entry.author}" if entry.author else "", QUIET),
            item=place,
            head=True,
            wraps=False,
        )
        told = entry.because or "; ".join(entry.changed or []) or "the first one known"
        return [head, line((told, QUIET), lead="     ", item=place, wraps=False)]

    @on(LineView.Moved, "#versions")
    def _show_version(self) -> None:
        detail = self.query_one("#version", LineView)
        entry = self._marked
        if entry is None:
            detail.border_title = ""
            detail.set_lines([])
            return
        detail.border_title = f"version {entry.version}"
        detail.set_lines(self._detail(entry))

    @property
    def _marked(self) -> Entry | None:
        cursor = self.query_one("#versions", LineView).cursor
        entries = self._entries or []
        return entries[cursor] if cursor is not None and cursor < len(entries) else None

    def _detail(self, entry: Entry) -> list[Line]:
        in_file = entry.version == self.console.table_in_view.version
        lines = [
            titled("at", moment(entry.ts)[:19], width=_WIDTH),
            titled("by", entry.author or ("not known", QUIET), width=_WIDTH),
            titled("because", entry.because or ("not said", QUIET), width=_WIDTH),
            titled(
                "traffic",
                f"{count(entry.requests)} requests while it was the newest",
                ("  in the file now" if in_file else "", "$outcome-ok"),
                width=_WIDTH,
            ),
        ]
        entries = self._entries or []
        place = entries.index(entry)
        other = self._compared or (
            entries[place + 1].version if place + 1 < len(entries) else entry.version
        )
        for number, sentence in enumerate(entry.changed or []):
            lines.append(titled("changes" if number == 0 else "", sentence, width=_WIDTH))
        if other != entry.version:
            lines += [BLANK, line((f"lines, against {other[:7]}:", QUIET))]
            old, new = self._texts.get(other, ""), self._texts.get(entry.version, "")
            for row in line_changes(old, new, other[:7], entry.version[:7]):
                style = "$outcome-ok" if row.startswith("+") else QUIET
                style = "$outcome-error" if row.startswith("-") else style
                lines.append(line((row.replace("\t", "    "), style), wraps=False))
        return lines

    # Keys

    def action_compare(self) -> None:
        """Compare others with the marked version, or no longer."""
        entry = self._marked
        if entry is not None:
            self._compared = None if self._compared == entry.version else entry.version
            self._show()

    def action_step_back(self) -> None:
        """Compare no more."""
        self._compared = None
        self._show()

    def action_copy(self) -> None:
        """Copy what stands on the right."""
        text = self.query_one("#version", LineView).plain_text
        self.console.copy(text + "\n", "What is shown")

    @work
    async def action_roll_back(self) -> None:
        """Ask for a reason, and put the marked version back."""
        from console.ui.save_dialog import SaveDialog

        entry, path = self._marked, self.console.table_path
        if entry is None or path is None or self.console.refuses_to_change():
            return
        try:
            draft = Draft(text_of(path))
        except (CannotSaveError, OSError) as error:
            self.console.tell(f"{path} cannot be read: {error}", "error")
            return
        text = self._texts.get(entry.version, "")
        if not text or not draft.edit("roll back", lambda _: text):
            self.console.tell(f"The file holds version {entry.version[:7]} already.")
            return
        result = await self.app.push_screen_wait(SaveDialog(path, draft, None, is_rollback=True))
        if result is None:
            return
        if result.kept is None:
            self.console.tell("The file was changed meanwhile: look at it and try again.", "error")
            return
        self.console.look_at_table_again()
        self.console.tell(f"Version {entry.version[:7]} is back in the file")
        if result.kept.log_trouble:
            words = f"The log has not got who and why: {result.kept.log_trouble}"
            self.console.tell(words, "warning")
        self._look()
