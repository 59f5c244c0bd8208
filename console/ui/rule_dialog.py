"""One rule as its YAML: typed in place, its problems told below, put back into the draft."""

from dataclasses import dataclass
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import TextArea

from console.table.editing.change import EditRefusedError
from console.table.editing.rules import rule_line, with_rule_text
from console.table.load import parse_table
from console.ui.app import ConsoleApp
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.lines import QUIET, Line, line
from console.ui.widgets.prompt_area import PromptArea

REST_S = 0.12
"""How long the keys must rest before the text is read."""

PROBLEMS_SHOWN = 6


class RuleDialog(ModalScreen[str | None]):
    """Gives back the lines to put in the place of the rule's, None where nothing is to change."""

    HELP_TITLE = "A rule as YAML"
    AUTO_FOCUS = "PromptArea"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "keep", "Into the draft", id="rule.keep", tooltip="Put it into the draft"
        ),
        Binding(
            "escape", "leave", "Back", id="rule.leave", tooltip="Change nothing; asks where typed"
        ),
    ]

    @dataclass
    class Read(Message, bubble=False):
        """The text was read: what is wrong with it, in lines."""

        written: str
        told: list[Line]
        refusal: str = ""

    def __init__(self, table_text: str, index: int, written: str) -> None:
        super().__init__()
        self._table_text = table_text
        self._index = index
        self._first = written
        self._rest: Timer | None = None
        self._refusal = ""
        self._warned = False

    def compose(self) -> ComposeResult:
        """The lines of the rule, and below them what is wrong."""
        with Vertical(id="rule-box") as box:
            box.border_title = Content("Rule as YAML")
            box.border_subtitle = Content("ctrl+s into the draft · esc goes back")
            yield PromptArea(id="rule-area", placeholder="- id: …")
            yield LaidOut(id="rule-told")

    @property
    def _area(self) -> PromptArea:
        return self.query_one(PromptArea)

    def on_mount(self) -> None:
        """Show the rule."""
        self._area.load_text(self._first.rstrip("\n"))
        self._look()

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._warned = False
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_S, self._look)

    def _look(self) -> None:
        written = self._area.text

        def work() -> None:
            self.post_message(_read(self._table_text, self._index, written))

        self.run_worker(work, group="rule", exclusive=True, exit_on_error=False, thread=True)

    @on(Read)
    def _take(self, event: Read) -> None:
        if event.written == self._area.text:
            self._refusal = event.refusal
            lines = event.told
            self.query_one(LaidOut).lay_out(
                lambda width: [row for one in lines for row in one.rows(width)]
            )

    def action_keep(self) -> None:
        """Give the lines back, unless they reach beyond the rule."""
        written = self._area.text
        try:
            with_rule_text(self._table_text, self._index, written)
        except EditRefusedError as error:
            cast(ConsoleApp, self.app).tell(f"{error.sentence} {error.hint}", "warning")
            return
        self.dismiss(written if written.strip() != self._first.strip() else None)

    def action_leave(self) -> None:
        """Go back; what was typed is not thrown away by one key."""
        if self._area.text.strip() != self._first.strip() and not self._warned:
            self._warned = True
            cast(ConsoleApp, self.app).tell("esc again leaves what was typed.", "warning")
        else:
            self.dismiss(None)


def _read(table_text: str, index: int, written: str) -> RuleDialog.Read:
    try:
        text = with_rule_text(table_text, index, written)
    except EditRefusedError as error:
        told = [line((error.sentence, "$outcome-error")), line((error.hint, QUIET))]
        return RuleDialog.Read(written, told, error.sentence)
    loaded = parse_table(text)
    first = rule_line(table_text, index) - 1
    lines = [
        line(
            (f"line {problem.line - first}: ", "bold"),
            (problem.message, "$outcome-error" if problem.is_error else "$outcome-degraded"),
            (f"  {problem.hint or ''}", QUIET),
        )
        for problem in loaded.problems[:PROBLEMS_SHOWN]
    ]
    return RuleDialog.Read(written, lines or [line(("✓ It can be read.", "$outcome-ok"))])
