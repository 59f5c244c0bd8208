"""One line in which traffic is filtered, and under it what could stand there or what is wrong."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.traffic.filters.completion import Completion, complete
from console.traffic.filters.problem import FilterProblem
from console.traffic.known_values import known_values
from console.traffic.problem import LogProblem, ReadInterrupted
from console.ui.filter_history import FilterHistory
from console.ui.foreign_text import foreign
from console.ui.log_queries import LogQueries
from console.ui.saved_filters import SavedFilters
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.state_text import StateText

_PROMPT = "/ "


class FilterInput(LineInput):
    """The line itself; keys that choose go to the bar around it."""

    HELP = """\
**route:small,large** · **-error** · **latency>2s** · **cost>=0.01** · **client:web-\\*** · \
**rule:none** · **since:1h** · **"words of a prompt"**; side by side all must hold, **or** and \
parentheses for the rest. **@name = …** keeps a filter, **@name** asks it again. *tab* completes, \
*up* and *down* bring earlier filters, *enter* applies, *esc* goes back.
"""


class FilterBar(Vertical):
    """Tells its screen what was asked, and owns nothing else but the line being typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab", "complete", "Complete", id="filter.complete", tooltip="Take what is offered"
        ),
        Binding("escape", "leave", "Back", id="filter.leave", tooltip="Back to the list as it was"),
        Binding(
            "up",
            "older",
            "Earlier filter",
            show=False,
            id="filter.older",
            tooltip="The filter before",
        ),
        Binding(
            "down",
            "newer",
            "Later filter",
            show=False,
            id="filter.newer",
            tooltip="The filter after",
        ),
    ]

    @dataclass
    class Asked(Message):
        """The line was entered, and can be read as a filter."""

        text: str
        told: str = ""

    @dataclass
    class Left(Message):
        """The reader went back without asking for anything."""

    @dataclass
    class ValuesKnown(Message, bubble=False):
        """The values that fields have in the log."""

        values: Mapping[str, Sequence[str]]

    def __init__(
        self,
        history: FilterHistory,
        saved: SavedFilters,
        queries: LogQueries,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._history = history
        self._saved = saved
        self._queries = queries
        self._place: int | None = None
        self._applied = ""
        self._values: Mapping[str, Sequence[str]] = {}
        self._offer = Completion(0, 0, ())
        self._taken = -1

    def compose(self) -> ComposeResult:
        """The line with its sign, and the line below it."""
        with Horizontal(id="filter-line"):
            yield Static(_PROMPT, id="filter-sign")
            yield FilterInput(id="filter-input", placeholder="route:small error latency>2s")
        yield StateText(id="filter-told")

    @property
    def _input(self) -> FilterInput:
        return self.query_one(FilterInput)

    def _learn(self) -> None:
        """Read from the log which values there are; without it none are offered."""
        with suppress(LogProblem, ReadInterrupted):
            self.post_message(self.ValuesKnown(self._queries.ask(known_values)))

    @on(ValuesKnown)
    def _know(self, event: ValuesKnown) -> None:
        self._values = event.values
        self._look()

    def begin(self) -> None:
        """Let a filter be typed, beginning with the one that is applied."""
        self.run_worker(self._learn, group="values", exit_on_error=False, thread=True)
        self.add_class("-open")
        self._place = None
        self._input.focus()
        self._look()

    def show_applied(self, text: str) -> None:
        """Show the filter that is applied now; without one the bar takes no room."""
        self._applied = text
        self.remove_class("-open")
        self.set_class(bool(text), "-applied")
        with self.prevent(Input.Changed):
            self._input.value = text

    @on(Input.Changed)
    def _look(self) -> None:
        """Tell what is wrong with the line, or what could stand where the cursor is."""
        text, cursor = self._input.value, self._input.cursor_position
        self._offer = self._saved.complete(text, cursor) or complete(
            text, cursor, lambda field: self._values.get(field, ())
        )
        self._taken = -1
        problem = self._saved.problem(text, time.time())
        self.set_class(problem is not None, "-problem")
        # While a word is being typed it is offered what it may become; a mistake is told at once
        # where nothing fits, and always once the line is entered.
        if problem is not None and not self._offer.candidates:
            self._tell(problem)
        else:
            self._show_offer()

    def _tell(self, problem: FilterProblem) -> None:
        hint = f" {problem.hint}" if problem.hint else ""
        sentence = foreign(f"{problem.message}{hint}", "$outcome-error", limit=400)
        room = max(0, self.size.width - len(_PROMPT) - problem.end - len(sentence) - 1)
        at = len(_PROMPT) + problem.start
        mark = Content.styled("^" * (problem.end - problem.start), "bold $outcome-error")
        told = Content(" " * at) + mark + " " + sentence
        # Where the sentence has no room to the right of its place, it is told from the left.
        self.query_one("#filter-told", StateText).say(told if room else sentence)

    def _show_offer(self) -> None:
        parts = []
        for number, candidate in enumerate(self._offer.candidates):
            style = "reverse" if number == self._taken else "$accent"
            parts.append(foreign(candidate.text, style, limit=40))
            if len(self._offer.candidates) <= 3 and candidate.told:
                parts.append(foreign(candidate.told, "$quiet", limit=60))
        self.query_one("#filter-told", StateText).say(Content("  ").join(parts))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            asked = self._saved.asked(event.value, time.time())
        except FilterProblem as problem:
            self._tell(problem)
            return
        except OSError as error:
            words = f"It cannot be kept: {error.strerror or error}."
            self.query_one("#filter-told", StateText).say(foreign(words, "$outcome-error"))
            return
        self._history.add(asked.text)
        self.post_message(self.Asked(asked.text, asked.told))

    def action_complete(self) -> None:
        """Take the first offer; again, the next one in its place."""
        offer = self._offer
        if not offer.candidates:
            return
        self._taken = (self._taken + 1) % len(offer.candidates)
        text, chosen = self._input.value, offer.candidates[self._taken].text
        with self.prevent(Input.Changed):
            self._input.value = text[: offer.start] + chosen + text[offer.end :]
        end = offer.start + len(chosen)
        self._input.cursor_position = end
        self._offer = Completion(offer.start, end, offer.candidates)
        if len(offer.candidates) == 1:
            self._look()
        else:
            self._show_offer()

    def action_older(self) -> None:
        """Bring the filter before."""
        self._recall(self._history.older(self._place))

    def action_newer(self) -> None:
        """Bring the filter after, or the empty line again."""
        self._recall(self._history.newer(self._place))

    def _recall(self, place: int | None) -> None:
        self._place = place
        text = self._applied if place is None else self._history.filters[place]
        self._input.value = text
        self._input.cursor_position = len(text)

    def action_leave(self) -> None:
        """Go back to the list; what was applied stays applied."""
        self.show_applied(self._applied)
        self.post_message(self.Left())
