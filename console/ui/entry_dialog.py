"""One entry of the table under edit: as a form and as its lines, with what is wrong below.

Both are views of one document; what is typed goes to it, and what it says then is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import TextArea
from textual.worker import get_current_worker

from console.routing.explanation import RuleVerdict
from console.routing.facts import Facts
from console.routing.rule_trial import try_rule
from console.table.editing.change import EditRefusedError
from console.table.editing.tree import Path
from console.table.form.document import EntryDocument
from console.table.form.field import Field
from console.table.load import Loaded, reparse
from console.table.problems import Problem
from console.traffic.known_values import known_values
from console.traffic.problem import LogProblem, ReadInterrupted
from console.ui.app import ConsoleApp
from console.ui.known_names import known_names
from console.ui.widgets.entry_field import EntryField
from console.ui.widgets.entry_form import EntryForm
from console.ui.widgets.entry_lines import entry_problem_lines, known_name_lines
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.prompt_area import PromptArea
from console.ui.widgets.trial_pane import TrialPane

REST_S = 0.06
"""How long the keys must rest before the whole table is read with what was typed."""

VIEWS = ("form", "yaml", "trial")


class EntryDialog(ModalScreen[str | None]):
    """Gives back the lines to put in the place of the entry's, None where nothing is to change."""

    HELP_TITLE = "A rule or another entry"
    HELP = """\
The fields on the left and the YAML beside them are one text: type in either. **F2** turns from \
one to the other, **F3** adds a condition where you stand, **F8** takes it away. Phrases and \
patterns stand one a line, names with commas between. **ctrl+s** puts it into the draft.
"""
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "turn", "Form, YAML", id="entry.turn", tooltip="To the other view of it"),
        Binding("f3", "add", "Add", id="entry.add", tooltip="Add a condition, or another part"),
        Binding("f8", "remove", "Take away", id="entry.remove", tooltip="Take away what is marked"),
        Binding(
            "ctrl+s", "keep", "Into the draft", id="entry.keep", tooltip="Put it into the draft"
        ),
        Binding(
            "escape", "leave", "Back", id="entry.leave", tooltip="Change nothing; asks where typed"
        ),
    ]

    @dataclass
    class Read(Message, bubble=False):
        """The table was read with these lines in it, and the sample put to the rule."""

        of: str
        loaded: Loaded | None
        refusal: str
        facts: Facts | None
        verdict: RuleVerdict | None

    @dataclass
    class Known(Message, bubble=False):
        """The log told which names it has."""

        names: Mapping[str, Sequence[str]]

    def __init__(self, document: EntryDocument, sample: Facts | None = None) -> None:
        super().__init__()
        self.document = document
        self._sample = sample
        self._of_log: Mapping[str, Sequence[str]] = {}
        self._problems: list[Problem] = []
        self._refusal = ""
        self._view = VIEWS[0]
        self._rest: Timer | None = None
        self._warned = False

    def compose(self) -> ComposeResult:
        """The form, beside it the lines and the sample, below them what is wrong."""
        with Vertical(id="entry-box") as box:
            box.border_title = Content(self.document.noun.capitalize())
            keys = "f2 form, yaml · f3 add · f8 take away · ctrl+s into the draft · esc back"
            box.border_subtitle = Content(keys)
            with Horizontal(id="entry-views"):
                yield EntryForm(self._names_for, id="entry-form")
                with Vertical(id="entry-beside"):
                    area = PromptArea(id="entry-yaml", placeholder="- id: …")
                    area.border_title = Content("YAML")
                    yield area
                    if self.document.is_rule:
                        trial = TrialPane(self._sample, id="entry-trial")
                        trial.border_title = Content("Tried on")
                        yield trial
            yield LaidOut(id="entry-told")

    @property
    def _form(self) -> EntryForm:
        return self.query_one(EntryForm)

    @property
    def _area(self) -> PromptArea:
        return self.query_one("#entry-yaml", PromptArea)

    @property
    def console(self) -> ConsoleApp:
        """The app, with the table in view and the log."""
        return cast(ConsoleApp, self.app)

    async def on_mount(self) -> None:
        """Show the entry; the keys stand in its first condition, or in its YAML without a form."""
        self._area.load_text(self.document.text.rstrip("\n"))
        await self._form.show(self.document.fields)
        self._turn_to(VIEWS[0] if self.document.fields else VIEWS[1])
        self._look()
        self._ask_log()

    # What is typed

    @on(EntryField.Typed)
    async def _typed_field(self, event: EntryField.Typed) -> None:
        try:
            self.document.type_field(event.field, event.text)
        except EditRefusedError as error:
            self.console.tell(f"{error.sentence} {error.hint}", "warning")
            return
        await self._changed()

    @on(EntryField.Entered)
    def _entered(self) -> None:
        self.document.leave_field()

    def on_descendant_focus(self) -> None:
        """Name what is known of the field the keys are in now, or of none."""
        self._tell()

    @on(TextArea.Changed, "#entry-yaml")
    async def _typed_lines(self) -> None:
        self.document.type_text(self._area.text + "\n")
        await self._changed()

    async def _changed(self, go_to: Path | None = None) -> None:
        """Show in both views what the document says now, and have it read once the keys rest."""
        self._warned = False
        text = self.document.text.rstrip("\n")
        if self._area.text.rstrip("\n") != text:
            with self.prevent(TextArea.Changed):
                self._area.load_text(text)
        self._form.set_class(bool(self.document.trouble), "-stale")
        self._form.disabled = bool(self.document.trouble)
        if not self.document.trouble:
            await self._form.show(self.document.fields, go_to)
        self._look_soon()

    # What is said of it

    @on(TrialPane.Changed)
    def _look_soon(self) -> None:
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_S, self._look)

    def _look(self) -> None:
        trials = self.query(TrialPane)
        self._read_in_thread(self.document.text, trials.first().facts if trials else None)

    @work(thread=True, group="entry", exclusive=True, exit_on_error=False)
    def _read_in_thread(self, text: str, facts: Facts | None) -> None:
        worker = get_current_worker()
        verdict = None
        try:
            loaded = reparse(self.document.with_text(text))
        except EditRefusedError as error:
            self.post_message(self.Read(text, None, f"{error.sentence} {error.hint}", facts, None))
            return
        place = self.document.path[-1]
        if facts is not None and loaded.table is not None and isinstance(place, int):
            rules = loaded.table.rules
            verdict = try_rule(loaded.table, rules[place], facts) if place < len(rules) else None
        if not worker.is_cancelled:
            self.post_message(self.Read(text, loaded, "", facts, verdict))

    @on(Read)
    def _take(self, event: Read) -> None:
        if event.of != self.document.text:
            return
        self._refusal = event.refusal
        found = event.loaded.problems if event.loaded is not None else []
        self._problems = [one for one in found if self.document.is_about(one) or one.is_error]
        by_field: dict[Path, list[Problem]] = {}
        for problem in self._problems:
            field = self.document.field_of(problem)
            if field is not None:
                by_field.setdefault(field.path, []).append(problem)
        self._form.tell(by_field)
        for trial in self.query(TrialPane):
            if event.facts is None:
                trial.say("Nothing to try it on yet.")
            elif event.verdict is None:
                trial.say("It is tried once the table can be read.")
            else:
                trial.show(event.facts, event.verdict)
        self._tell()

    def _tell(self) -> None:
        here = self._form.entered
        lines = [
            *entry_problem_lines(self.document, self._problems, self._refusal),
            *known_name_lines(here.known if here is not None else ()),
        ]
        self.query_one(LaidOut).lay_out(
            lambda width: [row for one in lines for row in one.rows(width)]
        )

    # Names to complete

    def _names_for(self, field: Field) -> list[str]:
        table = self.console.table_in_view.table
        return known_names(field, table, self._of_log)

    @work(thread=True, group="entry.names", exit_on_error=False)
    def _ask_log(self) -> None:
        if self.console.log_path is None:
            return
        try:
            names = self.console.log_queries.ask(known_values)
        except (LogProblem, ReadInterrupted):
            return
        self.post_message(self.Known(names))

    @on(Known)
    def _take_names(self, event: Known) -> None:
        self._of_log = event.names
        self._form.know()
        self._tell()

    # What the keys do

    def action_turn(self) -> None:
        """Turn to the next view, or with room for all put the keys into it."""
        views = VIEWS if self.document.is_rule else VIEWS[:2]
        self._turn_to(views[(views.index(self._view) + 1) % len(views)])

    def _turn_to(self, view: str) -> None:
        self._view = view
        for one in VIEWS:
            self.set_class(one == view, f"-{one}")
        if view == "form":
            fields = self.document.fields
            start = next((f for f in fields if f.kind == "heading"), fields[0] if fields else None)
            here = self._form.entered
            if start is not None and here is None:
                within = [f for f in fields if f.depth and f.kind not in ("heading", "foreign")]
                self._form.go_to((within or [start])[0].path)
        elif view == "yaml":
            self._area.focus()
        else:
            self.query_one("#trial-text").focus()

    @work
    async def action_add(self) -> None:
        """Choose what is to be added where the keys are, and go on typing there."""
        from console.ui.addition_dialog import AdditionDialog

        if self.document.trouble:
            self.console.tell("The YAML must be readable first.", "warning")
            return
        here = self._form.entered
        additions = self.document.additions(here.field if here is not None else None)
        if not additions:
            self.console.tell(f"There is nothing to add to this {self.document.noun}.")
            return
        chosen = await self.app.push_screen_wait(AdditionDialog(additions, "Add"))
        if chosen is None:
            return
        try:
            self.document.add(chosen)
        except EditRefusedError as error:
            self.console.tell(f"{error.sentence} {error.hint}", "warning")
            return
        self._turn_to("form")
        await self._changed(chosen.leads_to)

    async def action_remove(self) -> None:
        """Take away the condition or part that the keys are in."""
        here = self._form.entered
        if here is None:
            self.console.tell("Stand in a field of the form to take it away.")
            return
        try:
            self.document.remove(here.field)
        except EditRefusedError as error:
            self.console.tell(f"{error.sentence} {error.hint}", "warning")
            return
        await self._changed()

    def action_keep(self) -> None:
        """Give the lines back, unless they reach beyond the entry."""
        try:
            _ = self.document.whole
        except EditRefusedError as error:
            self.console.tell(f"{error.sentence} {error.hint}", "warning")
            return
        self.dismiss(self.document.text if self.document.is_changed else None)

    def action_leave(self) -> None:
        """Go back; what was typed is not thrown away by one key."""
        if self.document.is_changed and not self._warned:
            self._warned = True
            self.console.tell("esc again leaves what was typed.", "warning")
        else:
            self.dismiss(None)
