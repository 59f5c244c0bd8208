"""Preview: where a prompt would go under the table in view, and why, while it is being typed."""

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerState, get_current_worker

from console.routing.facts import Facts
from console.routing.router import Router
from console.ui.console_screen import ConsoleScreen
from console.ui.foreign_text import foreign
from console.ui.places_in_text import places_in
from console.ui.preview_document import PreviewDocument, PreviewResult, decided
from console.ui.widgets.explanation_lines import spans_of
from console.ui.widgets.explanation_view import ExplanationView
from console.ui.widgets.preview_answer import PreviewAnswer, absence
from console.ui.widgets.request_form import RequestForm

DEBOUNCE_S = 0.12
"""How long the keys must rest before a request is decided."""


class PreviewScreen(ConsoleScreen):
    """A request on the left, its decision on the right. Deciding never holds up a key."""

    CSS_PATH = "preview.tcss"
    AUTO_FOCUS = "#prompt"
    HELP_TITLE = "Preview"
    HELP = """\
Compose a request and see where it would go. Each edit is decided anew by the code that serves \
traffic, so what stands here is what the gateway would do, its health apart.

**esc** leaves a field, so that letters are keys again; **i** goes back to the prompt. The words \
that the marked rule matched are lit in the prompt. Token counts are estimates, and so are costs.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "leave_field",
            "Keys",
            id="preview.leave",
            tooltip="Out of the field, so that letters are keys again",
        ),
        Binding(
            "i", "edit_prompt", "Prompt", id="preview.prompt", tooltip="Back to typing the prompt"
        ),
        Binding(
            "f",
            "edit_facts",
            "Facts",
            id="preview.facts",
            tooltip="To task, model, client, tags and flags; on a narrow screen, show or hide them",
        ),
        Binding(
            "z",
            "zoom",
            "Zoom",
            id="preview.zoom",
            tooltip="From the sentence to the rules to every condition, and round again",
        ),
        Binding(
            "a",
            "evaluate_all",
            "All rules",
            id="preview.all",
            tooltip="Also judge the rules after the winner, or stop at it again",
        ),
        Binding(
            "y",
            "copy",
            "Copy",
            show=False,
            id="preview.copy",
            tooltip="Copy the decision and its explanation as text",
        ),
        Binding(
            "A",
            "make_test",
            "Make a test",
            show=False,
            id="preview.test",
            tooltip="Make a test of the table from what is composed",
        ),
        Binding(
            "ctrl+n",
            "start_anew",
            "New",
            show=False,
            id="preview.new",
            tooltip="Empty every field",
        ),
    ]

    @dataclass
    class Decided(Message, bubble=False):
        """A request was decided; `number` tells whether a newer one is already on its way."""

        number: int
        result: PreviewResult

    def __init__(self) -> None:
        super().__init__()
        self.document = PreviewDocument()
        self.result: PreviewResult | None = None
        self._evaluates_all = False
        self._asked = 0
        self._rest: Timer | None = None
        self._looked_at: int | None = None

    def compose_body(self) -> ComposeResult:
        """The request, its verdict, and why."""
        with Horizontal(id="workbench"):
            yield RequestForm(id="request")
            yield PreviewAnswer(id="answer")

    def on_mount(self) -> None:
        """Follow the table, and whatever another screen asks to be previewed."""
        self.watch(self.console, "table_in_view", self._decide)
        self.watch(self.console, "request_to_preview", self._take_request)

    @property
    def form(self) -> RequestForm:
        """Where the request is composed."""
        return self.query_one("#request", RequestForm)

    @property
    def answer(self) -> PreviewAnswer:
        """What would become of it."""
        return self.query_one("#answer", PreviewAnswer)

    # What is decided, and when

    def _take_request(self, asked: tuple[Facts, str | None] | None) -> None:
        if asked is not None:
            self.load(PreviewDocument.of_facts(*asked))

    def load(self, document: PreviewDocument) -> None:
        """Compose this request instead."""
        self.document = document
        self.form.fill(document)
        self._name_origin()
        self._decide()

    @on(RequestForm.Edited)
    def _edit(self, event: RequestForm.Edited) -> None:
        """Take an edit, and decide once the keys rest."""
        self.document = msgspec.structs.replace(self.document, **event.changes)
        self.form.tell_problems(self.document)
        self._name_origin()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(DEBOUNCE_S, self._decide)

    def _decide(self) -> None:
        """Have the document decided as it stands; whatever is still being decided is void."""
        if self._rest is not None:
            self._rest.stop()
        self._asked += 1
        router = self.console.table_in_view.router
        if router is None:
            self.result = None
            self.answer.say(absence(self.console.table_in_view))
        else:
            self._decide_in_thread(self._asked, self.document, router, self._evaluates_all)

    @work(thread=True, exclusive=True, group="preview.decide", exit_on_error=False)
    def _decide_in_thread(
        self, number: int, document: PreviewDocument, router: Router, evaluate_all: bool
    ) -> None:
        result = decided(document, router, evaluate_all=evaluate_all)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Decided(number, result))

    @on(Decided)
    def _take_result(self, event: Decided) -> None:
        """Show a decision, unless a newer one was asked for meanwhile."""
        if event.number != self._asked:
            return
        self.result = event.result
        self.answer.show(event.result, self.console.table_in_view)
        if self._looked_at is not None:
            self.answer.why.look_at(self._looked_at)
            self._looked_at = None

    @on(Worker.StateChanged)
    def _tell_failure(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.group == "preview.decide":
            self.result = None
            self.answer.say(f"This request could not be decided: {event.worker.error}")

    # What is shown

    def _name_origin(self) -> None:
        """Say in the prompt's frame which request this was taken from, and what was left behind."""
        document = self.document
        said = Content("")
        if document.origin is not None:
            name = document.origin_id or "a test or a finding"
            touched = "" if document.keeps_conversation else ", edited"
            if touched and document.origin.turns > 1:
                touched += ": its earlier turns are left out"
            said = foreign(f"from {name}{touched}", limit=100)
        self.form.prompt.border_subtitle = said

    @on(ExplanationView.RuleMarked)
    def _light(self, event: ExplanationView.RuleMarked) -> None:
        """Light the words of the marked rule where they were typed."""
        if self.result is not None:
            spans = spans_of(event.verdict) if event.verdict is not None else ()
            facts = self.result.facts
            self.form.prompt.light(places_in("prompt", facts, spans), facts.prompt)
            self.form.system.light(places_in("system", facts, spans), facts.system)

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way out of a field only where one is in."""
        if action != "leave_field":
            return super().check_action(action, parameters)
        inside = self.focused.ancestors_with_self if self.focused is not None else ()
        return self.has_class("-facts") or self.form in inside

    def action_leave_field(self) -> None:
        """Give the letters back to the keys."""
        self.remove_class("-facts")
        self.answer.why.focus()

    def action_edit_prompt(self) -> None:
        """Type at the prompt."""
        self.form.prompt.focus()

    def action_edit_facts(self) -> None:
        """Type at the facts; where there is no room for them, show them in the verdict's place."""
        self.toggle_class("-facts")
        if self.has_class("-facts") or self.has_class("-wide"):
            self.query_one("#task").focus()
        else:
            self.answer.why.focus()

    def look_at(self, position: int) -> None:
        """Look at the rule at `position`, judging it even where it comes after the winner."""
        self._looked_at = position
        self._evaluates_all = True
        self._decide()

    def action_zoom(self) -> None:
        """Tell more, or after everything the sentence alone."""
        self.answer.why.action_zoom()

    def action_evaluate_all(self) -> None:
        """Judge the rules after the winner too, or no longer."""
        self._evaluates_all = not self._evaluates_all
        self._decide()

    def action_make_test(self) -> None:
        """Make a test of the table from what is composed."""
        self.console.make_test(self.document.facts())

    def action_copy(self) -> None:
        """Copy what is shown on the right."""
        if self.result is None:
            self.console.tell("Nothing was decided yet.", "warning")
            return
        self.console.copy(self.answer.text, "The decision")

    def action_start_anew(self) -> None:
        """Begin with an empty request."""
        self.load(PreviewDocument())
        self.form.prompt.focus()
