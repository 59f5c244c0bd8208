"""The fields in which a request is composed; tells of each edit, and keeps nothing itself."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import ItemGrid, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Checkbox, Input, Static, TextArea

from console.ui.preview_document import FLAG_FIELDS, FORMATS, TEXT_FIELDS, PreviewDocument
from console.ui.widgets.fact_field import FactField
from console.ui.widgets.flag_box import FlagBox
from console.ui.widgets.lines import say
from console.ui.widgets.prompt_area import PromptArea

FIELDS = (
    ("task", "Task", "none declared"),
    ("model", "Model asked for", "any"),
    ("client", "Client", "unknown"),
    ("tags", "Tags", "key=value,key2=value"),
    ("max_output_tokens", "Most output tokens", "no limit"),
    ("at", "At", "now"),
)
"""Name, title and what an empty field means."""

FORMAT_BOXES = FORMATS[1:]
"""The formats that have a box; none ticked is plain text."""


class RequestForm(Vertical):
    """Prompt, system text, facts and flags of one request."""

    DEFAULT_CLASSES: ClassVar[str] = "request-form"

    @dataclass
    class Edited(Message):
        """A field holds something else: `changes` maps names of the document's fields to values."""

        form: "RequestForm"
        changes: dict[str, str | bool]

        @property
        def control(self) -> "RequestForm":
            """The form, for `@on(…, "#id")`."""
            return self.form

    def compose(self) -> ComposeResult:
        """The two texts, then the one-line facts, then what is on or off."""
        prompt = PromptArea(id="prompt", placeholder="Type or paste a prompt to see where it goes.")
        prompt.border_title = "Prompt"
        yield prompt
        with Vertical(id="facts"):
            system = PromptArea(id="system", placeholder="No system text")
            system.border_title = "System"
            yield system
            with ItemGrid(id="fact-fields", min_column_width=24):
                for name, title, placeholder in FIELDS:
                    yield FactField(name, title, placeholder)
            with ItemGrid(id="flags", min_column_width=18):
                for name in (*FLAG_FIELDS, *FORMAT_BOXES):
                    yield FlagBox(name)
            yield Static(id="field-problems")

    @property
    def prompt(self) -> PromptArea:
        """The field of the prompt."""
        return self.query_one("#prompt", PromptArea)

    @property
    def system(self) -> PromptArea:
        """The field of the system text."""
        return self.query_one("#system", PromptArea)

    def fill(self, document: PreviewDocument) -> None:
        """Put a whole document into the fields without telling of it."""
        with self.prevent(TextArea.Changed, Input.Changed, Checkbox.Changed):
            self.prompt.load_text(document.prompt)
            self.system.load_text(document.system)
            for field in self.query(FactField):
                field.value = str(getattr(document, field.name or ""))
            for box in self.query(Checkbox):
                if box.name in FORMAT_BOXES:
                    box.value = document.response_format == box.name
                else:
                    box.value = bool(getattr(document, box.name or ""))
        self.tell_problems(document)

    def tell_problems(self, document: PreviewDocument) -> None:
        """Mark each field that cannot be read, and say below them all what is wrong with it."""
        problems = document.problems()
        wrong = {problem.field for problem in problems}
        titles = {name: title for name, title, _ in FIELDS}
        for field in self.query(FactField):
            field.mark(field.name in wrong)
        told = [
            say((f"{titles[problem.field]}: ", "bold"), (problem.message, "$outcome-error"))
            for problem in problems
        ]
        below = self.query_one("#field-problems", Static)
        below.display = bool(told)
        below.update(Content("\n").join(told))

    @on(TextArea.Changed)
    def _text_edited(self, event: TextArea.Changed) -> None:
        event.stop()
        if event.text_area.id in TEXT_FIELDS:
            self.post_message(self.Edited(self, {event.text_area.id: event.text_area.text}))

    @on(Input.Changed)
    def _line_edited(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.name:
            self.post_message(self.Edited(self, {event.input.name: event.value}))

    @on(Checkbox.Changed)
    def _box_ticked(self, event: Checkbox.Changed) -> None:
        event.stop()
        name = event.checkbox.name or ""
        if name not in FORMAT_BOXES:
            self.post_message(self.Edited(self, {name: event.value}))
            return
        if event.value:
            with self.prevent(Checkbox.Changed):
                for box in self.query(Checkbox):
                    if box.name in FORMAT_BOXES and box is not event.checkbox:
                        box.value = False
        self.post_message(
            self.Edited(self, {"response_format": name if event.value else FORMATS[0]})
        )
