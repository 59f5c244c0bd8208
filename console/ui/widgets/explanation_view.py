"""Why a request went where it went: the explanation of a decision, at three zoom levels.

Used wherever a decision is shown: give it an explanation with `show`, and it lets its reader walk
the rules, open one, and zoom. It decides nothing and asks for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from console.routing.explanation import Explanation, RuleVerdict
from console.ui.widgets.explanation_lines import ZOOM_WORDS, Story, Zoom, story_lines
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, line

NOTHING = "No explanation was recorded for this request."


class ExplanationView(LineView):
    """Tells an explanation rule by rule; says which rule its reader looks at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "z",
            "zoom",
            "Zoom",
            id="explanation.zoom",
            tooltip="From the sentence to the rules to every condition, and round again",
        ),
    ]

    @dataclass
    class RuleMarked(Message):
        """Its reader looks at another rule; `verdict` is None when there is none to look at."""

        view: "ExplanationView"
        verdict: RuleVerdict | None

        @property
        def control(self) -> "ExplanationView":
            """The view, for `@on(…, "#id")`."""
            return self.view

    def __init__(
        self,
        *,
        empty: str = NOTHING,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._empty = empty
        self._zoom = Zoom.RULES
        self._story: Story | None = None
        self._follows_winner = True
        self._is_telling = False
        self.border_title = "Why"

    def on_mount(self) -> None:
        """Say that there is nothing yet rather than show an empty pane."""
        if self._story is None:
            self.show(None)

    def look_at(self, position: int) -> None:
        """Mark the rule at `position` in the table and tell all its conditions, if it is told."""
        self._follows_winner = False
        if self._story is not None:
            self._story = replace(self._story, opened=self._story.opened | {position})
            self._tell()
            self.cursor = position

    @property
    def zoom(self) -> Zoom:
        """How much is told at present."""
        return self._zoom

    def show(
        self,
        explanation: Explanation | None,
        *,
        texts: Mapping[str, str] | None = None,
        reasons: Mapping[str, str] | None = None,
        empty: str | None = None,
        keep: bool = False,
    ) -> None:
        """Tell this explanation; None says that there is none, in the words of `empty`.

        `texts` maps facts (`prompt`, `system`, `conversation`) to their whole text, so that what
        was found can be quoted; `reasons` maps rule ids to the table's `because`. The zoom stays
        as its reader left it; with `keep`, for the same request decided again, so do the rule
        looked at and the rules opened.
        """
        if not keep:
            self._follows_winner = True
        opened = self._story.opened if self._story is not None and keep else frozenset()
        if explanation is None:
            self._story = None
            self.set_lines([line((empty or self._empty, QUIET))])
        else:
            self._story = Story(explanation, texts or {}, reasons or {}, self._zoom, opened)
            self._tell()
        self._title()
        self.post_message(self.RuleMarked(self, self.verdict))

    @property
    def verdict(self) -> RuleVerdict | None:
        """The rule looked at: the one that won, until its reader moves to another."""
        if self._story is None:
            return None
        wanted = self._winner_position() if self._follows_winner else self.cursor
        for rule in self._story.explanation.rules:
            if rule.position == wanted:
                return rule
        return None

    def _winner_position(self) -> int | None:
        if self._story is None:
            return None
        for rule in self._story.explanation.rules:
            if rule.verdict == "matched":
                return rule.position
        return None

    def _tell(self) -> None:
        if self._story is not None:
            self._story = replace(self._story, zoom=self._zoom)
            self._is_telling = True
            self.set_lines(story_lines(self._story))
            rules = self._story.explanation.rules
            if self._follows_winner and rules:
                winner = self._winner_position()
                self.cursor = winner if winner is not None else rules[0].position
            self._is_telling = False

    def _title(self) -> None:
        shown = "" if self._story is None else f"z: {ZOOM_WORDS[self._zoom]}"
        self.border_subtitle = Content(shown)

    def action_zoom(self) -> None:
        """Tell more; after every condition, the sentence alone again."""
        self._zoom = Zoom((self._zoom + 1) % len(Zoom))
        self._tell()
        self._title()

    def action_open(self) -> None:
        """Show every condition of the marked rule, or hide them again."""
        if self._story is None or self.cursor is None:
            return
        self._story = replace(self._story, opened=self._story.opened ^ {self.cursor})
        self._tell()
        super().action_open()

    def watch_cursor(self, before: int | None, now: int | None) -> None:
        """Tell which rule is looked at now."""
        super().watch_cursor(before, now)
        if before != now and not self._is_telling:
            self._follows_winner = now == self._winner_position()
            self.post_message(self.RuleMarked(self, self.verdict))
