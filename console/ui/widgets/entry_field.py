"""One field of a form on the screen: its label, where it is typed, and below it what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static, TextArea

from console.table.form.field import ON_ONE_LINE, Field
from console.table.form.values import shown, typed_value
from console.table.problems import Problem
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.lines import QUIET, say
from console.ui.widgets.prompt_area import PromptArea

MOST_ROWS = 8
"""Rows of a field of several lines; beyond, it scrolls."""


class Completion(Suggester):
    """Completes the last name typed, out of those that are known."""

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """Return the value with its last name completed; None where none begins so."""
        before, comma, last = value.rpartition(",")
        begun = last.lstrip()
        if not begun:
            return None
        blank = last[: len(last) - len(begun)]
        found = (name for name in self._known if name.startswith(begun) and name != begun)
        name = next(found, None)
        return None if name is None else f"{before}{comma}{blank}{name}"


class Heading(Static, can_focus=True):
    """What a group is called: it can be stood on, to add to it or to take it away."""


class EntryField(Vertical):
    """Shows one field; tells what was typed, and keeps nothing itself."""

    @dataclass
    class Typed(Message):
        """Something was typed into the field."""

        field: Field
        text: str

    @dataclass
    class Entered(Message):
        """The keys are in this field now."""

        field: Field

    def __init__(self, field: Field, known: Sequence[str]) -> None:
        super().__init__(classes="entry-field")
        self.field = field
        self._known = known

    def compose(self) -> ComposeResult:
        """The label beside its editor, over a line that is there where something is wrong."""
        label = say("  " * self.field.depth, (self.field.label, "bold" if self._is_head else ""))
        with Horizontal(classes="entry-row"):
            if self._is_head:
                yield Heading(label, classes="entry-heading")
            else:
                named = Static(label, classes="entry-label")
                # One that is far in and long stands out of the column instead of into the value.
                named.styles.min_width = label.cell_length + 1
                yield named
                yield self._editor()
        yield Static(classes="entry-told")

    @property
    def _is_head(self) -> bool:
        return self.field.kind == "heading"

    def _editor(self) -> Input | PromptArea | Heading:
        field = self.field
        if field.kind == "foreign":
            return Heading(say(("written in a way only the YAML can show", QUIET)))
        if field.kind in ON_ONE_LINE:
            return LineInput(
                value=shown(field),
                placeholder=field.empty,
                suggester=Completion(self._known) if self._known else None,
            )
        area = PromptArea(placeholder=_placeholder(field))
        area.load_text(shown(field))
        return area

    def on_mount(self) -> None:
        """Begin as high as the text is."""
        self.query_one(".entry-told").display = False
        self._fit()

    def focus_editor(self) -> None:
        """Put the keys into this field at once: the next key may be on its way already."""
        for editor in self.query("Input, PromptArea, Heading"):
            self.screen.set_focus(editor)

    @property
    def known(self) -> Sequence[str]:
        """The names that may be typed here."""
        return self._known

    def know(self, names: Sequence[str]) -> None:
        """Complete out of these names from now on."""
        self._known = names
        for editor in self.query(LineInput):
            editor.suggester = Completion(names) if names else None

    def show(self, field: Field) -> None:
        """Show another value of the field; while keys are typed here, they alone change it."""
        self.field = field
        if self.has_focus_within:
            return
        text = shown(field)
        with self.prevent(Input.Changed, TextArea.Changed):
            for line in self.query(LineInput):
                if line.value != text and typed_value(field, line.value) != field.value:
                    line.value = text
            for area in self.query(PromptArea):
                if area.text != text and typed_value(field, area.text) != field.value:
                    area.load_text(text)
        self._fit()

    def tell(self, problems: Sequence[Problem]) -> None:
        """Say below the field what is wrong with it."""
        told = self.query_one(".entry-told", Static)
        told.display = bool(problems)
        lines = [
            say(
                "  " * self.field.depth,
                (
                    f"{'✗' if one.is_error else '!'} {one.message}",
                    "$outcome-error" if one.is_error else "$outcome-degraded",
                ),
                (f"  {one.hint or ''}", QUIET),
            )
            for one in problems
        ]
        told.update(Content("\n").join(lines))

    def _fit(self) -> None:
        for area in self.query(PromptArea):
            rows = sum(
                1 + len(line) // max(area.size.width - 1, 20) for line in area.text.split("\n")
            )
            area.styles.height = min(max(rows, 1), MOST_ROWS)

    @on(Input.Changed)
    def _tell_line(self, event: Input.Changed) -> None:
        event.stop()
        self._tell_typed(event.value)

    @on(TextArea.Changed)
    def _tell_text(self, event: TextArea.Changed) -> None:
        event.stop()
        self._fit()
        self._tell_typed(event.text_area.text)

    def _tell_typed(self, text: str) -> None:
        self.post_message(self.Typed(self.field, text))

    def on_resize(self) -> None:
        """Fit the height to the text: only now it is known how wide the field is."""
        self._fit()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:  # noqa: ARG002
        """Tell that the keys are here."""
        self.post_message(self.Entered(self.field))


def _placeholder(field: Field) -> str:
    words = {"phrases": "one phrase a line", "patterns": "one RE2 pattern a line"}
    return words.get(field.kind, field.empty)
