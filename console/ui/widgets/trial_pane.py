"""A sample request on which the rule under edit is tried: its words lit, and what came of it."""

from dataclasses import dataclass

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import TextArea

from console.routing.explanation import Explanation, RuleVerdict
from console.routing.facts import Facts
from console.ui.places_in_text import places_in
from console.ui.preview_document import PreviewDocument
from console.ui.widgets.explanation_lines import Story, Zoom, spans_of, story_lines
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, line
from console.ui.widgets.prompt_area import PromptArea


class TrialPane(Vertical):
    """Where the sample is typed, over each condition with what it saw."""

    @dataclass
    class Changed(Message):
        """Another sample is to be tried."""

    def __init__(self, sample: Facts | None, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._document = PreviewDocument() if sample is None else PreviewDocument.of_facts(sample)

    def compose(self) -> ComposeResult:
        """The sample, and what the rule makes of it."""
        yield PromptArea(id="trial-text", placeholder="Type or paste a prompt to try the rule on.")
        yield LineView(id="trial-told")

    def on_mount(self) -> None:
        """Begin with the request that was brought along."""
        with self.prevent(TextArea.Changed):
            self._area.load_text(self._document.prompt)

    @property
    def _area(self) -> PromptArea:
        return self.query_one(PromptArea)

    @property
    def facts(self) -> Facts | None:
        """The request to try on; None while nothing was given."""
        return None if self._document.is_empty else self._document.facts()

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._document = msgspec.structs.replace(self._document, prompt=self._area.text)
        self.post_message(self.Changed())

    def show(self, facts: Facts, verdict: RuleVerdict) -> None:
        """Tell what became of it, and light what was found."""
        texts = {name: facts.value(name) for name in ("prompt", "system", "conversation")}
        story = Story(Explanation("", (verdict,)), texts, {}, Zoom.CONDITIONS, frozenset({1}))
        self.query_one(LineView).set_lines(story_lines(story)[2:])
        self._area.light(places_in("prompt", facts, spans_of(verdict)), facts.prompt)

    def say(self, words: str) -> None:
        """Say why nothing was tried."""
        self._area.light((), self._area.text)
        self.query_one(LineView).set_lines([line((words, QUIET))])
