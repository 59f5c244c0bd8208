"""One request in detail: the decision in a sentence, what was tried, why, the cost, the prompt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.traffic.records import BodyRow
from console.ui.foreign_text import foreign
from console.ui.request_lines import (
    attempt_rows,
    request_lines,
    section,
    sentence_lines,
    usage_lines,
)
from console.ui.widgets.explanation_lines import spans_of
from console.ui.widgets.explanation_view import ExplanationView
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.lines import Line
from console.ui.widgets.lit_text import lit_content
from console.whatif.request_story import RequestStory

PROMPT_SHOWN = 20_000
"""Code points of a captured text that are laid out; the log may keep 32 KiB and more of it."""


_OTHER = Binding.Group("Other", compact=True)


class DetailScroll(VerticalScroll, can_focus=True):
    """What scrolls when a request has more to tell than there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False, id="detail.down", tooltip="One line down"),
        Binding("k", "scroll_up", "Up", show=False, id="detail.up", tooltip="One line up"),
        Binding("g", "scroll_home", "Top", show=False, id="detail.top", tooltip="To the top"),
        Binding("G", "scroll_end", "End", show=False, id="detail.end", tooltip="To the end"),
        Binding(
            "ctrl+d",
            "page_down",
            "Page down",
            show=False,
            id="detail.page-down",
            tooltip="Down by what is in view",
        ),
        Binding(
            "ctrl+u",
            "page_up",
            "Page up",
            show=False,
            id="detail.page-up",
            tooltip="Up by what is in view",
        ),
    ]


class RequestDetail(Vertical):
    """The detail pane. It shows a story it is given and reads nothing itself."""

    HELP = """\
One request: the decision in one sentence, the attempts on a common time line, the rules with \
their verdicts, tokens and cost with their source, prompt and answer as captured. **tab** goes to \
the rules, where **z** zooms and **enter** opens one; **v** opens the texts to search and copy.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="detail.close", tooltip="Back to the list"),
        Binding(
            "right_square_bracket",
            "other(1)",
            "Newer",
            key_display="]",
            id="detail.newer",
            group=_OTHER,
            tooltip="The request below it",
        ),
        Binding(
            "left_square_bracket",
            "other(-1)",
            "Older",
            key_display="[",
            id="detail.older",
            group=_OTHER,
            tooltip="The request above it",
        ),
    ]

    @dataclass
    class OtherWanted(Message):
        """The reader asks for the request `rows` below, or above where that is negative."""

        rows: int

    @dataclass
    class Closed(Message):
        """The reader is done with the request."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._story: RequestStory | None = None

    def compose(self) -> ComposeResult:
        """Title, then the parts in the order they are asked for in a night."""
        yield Static(id="detail-title")
        with DetailScroll(id="detail-parts"):
            yield LaidOut(id="detail-sentence")
            yield LaidOut(id="detail-attempts")
            yield LaidOut(id="detail-why-title")
            yield ExplanationView(id="detail-why")
            yield LaidOut(id="detail-facts")
            yield LaidOut(id="detail-prompt-title")
            yield Static(id="detail-prompt")
            yield LaidOut(id="detail-answer-title")
            yield Static(id="detail-answer")

    def focus_parts(self) -> None:
        """Let keys scroll the request."""
        self.query_one(DetailScroll).focus()

    def show_nothing(self, sentence: str) -> None:
        """Show one sentence instead of a request."""
        self._story = None
        self._title(Content("request"))
        self._part("detail-sentence", lambda _: [foreign(sentence, "$quiet")])
        for part in ("attempts", "why-title", "facts", "prompt-title", "answer-title"):
            self._part(f"detail-{part}", lambda _: [])
        self.query_one(ExplanationView).display = False
        for text in ("prompt", "answer"):
            self.query_one(f"#detail-{text}", Static).update("")

    def show(
        self,
        story: RequestStory,
        route_index: Callable[[str | None], int | None],
        version_in_view: str | None,
    ) -> None:
        """Show a request."""
        other = self._story is None or self._story.row.request_id != story.row.request_id
        self._story = story
        row = story.row
        self._title(Content("request ") + foreign(row.request_id))
        self._part("detail-sentence", lambda width: _rows(sentence_lines(story), width))
        self._part(
            "detail-attempts",
            lambda width: [
                Content(""),
                section(f"Attempts ({len(story.attempts)})", width),
                *attempt_rows(row, story.attempts, width),
            ],
        )
        facts = request_lines(row, story.facts, route_index, version_in_view)
        self._part(
            "detail-facts",
            lambda width: [
                section("Tokens and cost", width),
                *_rows(usage_lines(row), width),
                Content(""),
                section("Request", width),
                *_rows(facts, width),
                Content(""),
            ],
        )
        self._show_why(story, other)
        self._show_prompt(story.body)
        self._show_answer(story.body)
        if other:
            self.query_one(DetailScroll).scroll_home(animate=False)

    def _show_why(self, story: RequestStory, other: bool) -> None:
        note = "" if story.is_full else f"as recorded. {story.why_not_full or ''}"
        self._part(
            "detail-why-title",
            lambda width: [
                Content(""),
                section("Why", width),
                *([foreign(note, "$quiet").truncate(width, ellipsis=True)] if note else []),
            ],
        )
        view = self.query_one(ExplanationView)
        view.display = True
        winner = {rule: why for rule, why in story.reasons.items() if rule == story.row.rule_id}
        view.show(story.explanation, texts=story.texts, reasons=winner, keep=not other)

    @on(ExplanationView.RuleMarked)
    def _light_prompt(self) -> None:
        """Light the words that the rule now marked found in the prompt."""
        if self._story is not None:
            self._show_prompt(self._story.body)

    def _show_prompt(self, body: BodyRow | None) -> None:
        """Show the prompt with the words lit that the marked rule found."""
        prompt = body.prompt if body is not None else None
        verdict = self.query_one(ExplanationView).verdict
        note = "" if body is None or not body.truncated else " (cut when captured)"
        self._part("detail-prompt-title", lambda width: [section(f"Prompt{note}", width)])
        shown = (
            Content.styled("not captured", "$quiet")
            if prompt is None
            else lit_content(prompt, spans_of(verdict) if verdict else (), limit=PROMPT_SHOWN)
        )
        self.query_one("#detail-prompt", Static).update(shown)

    def _show_answer(self, body: BodyRow | None) -> None:
        answer = body.answer if body is not None else None
        self._part("detail-answer-title", lambda width: [Content(""), section("Answer", width)])
        shown = (
            Content.styled("not captured: a table with `capture: full` keeps answers", "$quiet")
            if answer is None
            else lit_content(answer, (), limit=PROMPT_SHOWN)
        )
        self.query_one("#detail-answer", Static).update(shown)

    def _title(self, content: Content) -> None:
        self.query_one("#detail-title", Static).update(content)

    def _part(self, name: str, layout: Callable[[int], list[Content]]) -> None:
        self.query_one(f"#{name}", LaidOut).lay_out(layout)

    def action_other(self, rows: int) -> None:
        """Show the request before or after in the list."""
        self.post_message(self.OtherWanted(rows))

    def action_close(self) -> None:
        """Back to the list."""
        self.post_message(self.Closed())


def _rows(lines: list[Line], width: int) -> list[Content]:
    return [row for one in lines for row in one.rows(width)]
