"""Drain a model or a provider, or pin a route: for how long, why, and what it would move."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from console.table.overrides import overrides_beside
from console.table.overriding import CannotOverrideError, Desk, Wanted, carry_out, making, shown
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.ui.act_document import REQUESTS_DECIDED, ActDocument, effect_of
from console.ui.app import ConsoleApp
from console.ui.widgets.effect_lines import effect_lines
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.lines import QUIET, Line, line
from console.whatif.decide_again import Impact

FIELDS = (
    ("what", "what", "provider:NAME, model:NAME, or pin ROUTE TO"),
    ("length", "for", "30m"),
    ("because", "because", "what whoever reads it next has to know"),
)


class ActDialog(ModalScreen[None]):
    """Three lines, what they would do to the newest requests, and what keeps them from it."""

    HELP_TITLE = "Drain or pin"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="act.leave", tooltip="Change nothing"),
    ]

    @dataclass
    class EffectFound(Message, bubble=False):
        """What the override would move, as far as it was found."""

        wanted: Wanted
        impact: Impact | None

    @dataclass
    class Made(Message, bubble=False):
        """The override stands in the file; or `refusal` says why it does not."""

        told: str
        refusal: CannotOverrideError | None = None

    def __init__(self, what: str = "") -> None:
        super().__init__()
        self.document = ActDocument(what)
        self._wanted: Wanted | None = None
        self._impact: Impact | None = None
        self._refusal: CannotOverrideError | None = None

    @property
    def _owner(self) -> ConsoleApp:
        return cast(ConsoleApp, self.app)

    def compose(self) -> ComposeResult:
        """The fields with their names, then what they would do."""
        with Vertical(id="act-box") as box:
            box.border_title = Content("Drain or pin")
            box.border_subtitle = Content("enter does it · esc goes back")
            for name, title, placeholder in FIELDS:
                with Horizontal(classes="act-field"):
                    yield Label(f"{title:<8}", classes="act-name")
                    value = getattr(self.document, name)
                    yield LineInput(id=f"act-{name}", value=value, placeholder=placeholder)
            yield LaidOut(id="act-told")

    def on_mount(self) -> None:
        """Begin where something is still missing."""
        self.query_one("#act-because" if self.document.what else "#act-what").focus()
        self._edited()

    @on(Input.Changed)
    def _take_edit(self, event: Input.Changed) -> None:
        name = (event.input.id or "").removeprefix("act-")
        setattr(self.document, name, event.value)
        self._edited()

    def _edited(self) -> None:
        self._refusal = None
        problem = self.document.problem(self._owner.table_in_view.table)
        if problem is not None:
            self._wanted = self._impact = None
        else:
            wanted = self.document.wanted()
            asked = (wanted.drain, wanted.pin)
            if self._wanted is None or asked != (self._wanted.drain, self._wanted.pin):
                self._impact = None
                self._find_effect(wanted)
            self._wanted = wanted
        self._show(problem)

    def _find_effect(self, wanted: Wanted) -> None:
        view = self._owner.table_in_view
        table = view.table
        if table is None or self._owner.log_path is None:
            return
        live = view.overrides.overrides if view.overrides is not None else ()
        asked = (wanted.drain, wanted.pin)

        def is_cancelled() -> bool:
            now = self._wanted
            return not self.is_attached or (now is not None and (now.drain, now.pin) != asked)

        def read(reader: LogReader) -> None:
            for impact in effect_of(reader, table, live, wanted, is_cancelled):
                self.post_message(self.EffectFound(wanted, impact.copied()))

        def work() -> None:
            try:
                self._owner.log_queries.ask(read)
            except (LogProblem, ReadInterrupted):
                self.post_message(self.EffectFound(wanted, None))

        self.run_worker(work, group="effect", exit_on_error=False, thread=True)

    @on(EffectFound)
    def _take_effect(self, event: EffectFound) -> None:
        now = self._wanted
        if now is not None and (now.drain, now.pin) == (event.wanted.drain, event.wanted.pin):
            self._impact = event.impact
            self._show(None)

    def _show(self, problem: CannotOverrideError | None) -> None:
        told = problem or self._refusal
        lines: list[Line] = []
        if told is not None and (self.document.what or self._refusal):
            lines = [line((told.sentence, "$outcome-error"))]
            lines += [line((told.hint, QUIET))] if told.hint else []
        elif told is None:
            view = self._owner.table_in_view
            has_log = self._owner.log_path is not None and view.table is not None
            lines = effect_lines(self._impact, REQUESTS_DECIDED, has_log=has_log)
        self.query_one(LaidOut).lay_out(lambda width: [r for one in lines for r in one.rows(width)])

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        """Do it, unless something is still missing: then go there."""
        event.stop()
        problem = self.document.problem(self._owner.table_in_view.table)
        if problem is not None:
            self._show(problem)
            return
        if not self.document.because.strip():
            self.query_one("#act-because").focus()
            self._refusal = CannotOverrideError("An override says why it was made.")
            self._show(None)
            return
        self._make(self.document.wanted())

    def _make(self, wanted: Wanted) -> None:
        view = self._owner.table_in_view
        if view.path is None:
            self._refusal = CannotOverrideError("The console was started without a table.")
            self._show(None)
            return
        desk = Desk(view.table, overrides_beside(view.path), datetime.now(UTC))

        def work() -> None:
            try:
                result = carry_out(desk, making(desk, wanted, str))
            except CannotOverrideError as error:
                self.post_message(self.Made("", error))
            except OSError as error:
                sentence = f"{desk.file} cannot be written: {error.strerror or error}."
                self.post_message(self.Made("", CannotOverrideError(sentence)))
            else:
                made = result.overrides[-1]
                self.post_message(self.Made(f"{made.id} until {shown(made)}"))

        self.run_worker(work, group="make", exit_on_error=False, thread=True)

    @on(Made)
    def _take_made(self, event: Made) -> None:
        if event.refusal is not None:
            self._refusal = event.refusal
            self._show(None)
            return
        self._owner.tell(f"In force: {event.told}")
        self._owner.look_at_table_again()
        self.dismiss()
