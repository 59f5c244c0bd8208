"""Why a request went where it went: the record, today, and the saved edits between them."""

from dataclasses import dataclass
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from console.quantities import moment
from console.routing.decision import Decision
from console.traffic.problem import LogProblem, ReadInterrupted
from console.ui.app import ConsoleApp
from console.ui.foreign_text import foreign
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.lines import BLANK, QUIET, Line, line, titled
from console.whatif.blame import Blame, Decided, Turn, blame, outcome_of


class WhyDialog(ModalScreen[None]):
    """Reads what is to be told when it opens; nothing is written."""

    HELP_TITLE = "Why"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="why.leave", tooltip="Back to the request"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="why.down", tooltip="One line down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="why.up", tooltip="One line up"),
    ]

    @dataclass
    class Found(Message, bubble=False):
        """What the log says of why; None where it has no such request, or cannot be read."""

        blame: Blame | None
        problem: LogProblem | None = None

    def __init__(self, request_id: str) -> None:
        super().__init__()
        self._request_id = request_id

    def compose(self) -> ComposeResult:
        """A titled box that scrolls."""
        with VerticalScroll(id="why-box") as box:
            box.border_title = Content("Why ") + foreign(self._request_id, limit=60)
            box.border_subtitle = Content("esc closes")
            yield LaidOut(id="why-told")

    def on_mount(self) -> None:
        """Have it read in a thread."""
        self._say([line(("Deciding it again …", QUIET))])
        app = cast(ConsoleApp, self.app)
        router = app.table_in_view.router

        def work() -> None:
            try:
                found = app.log_queries.ask(lambda log: blame(log, self._request_id, router))
                self.post_message(self.Found(found))
            except LogProblem as problem:
                self.post_message(self.Found(None, problem))
            except ReadInterrupted:
                pass

        self.run_worker(work, group="why", exit_on_error=False, thread=True)

    @on(Found)
    def _take(self, event: Found) -> None:
        if event.problem is not None:
            self._say([line((event.problem.message, "$outcome-error"))])
        elif event.blame is None:
            self._say([line(("This request is no longer in the log.", QUIET))])
        else:
            self._say(blame_lines(event.blame))

    def _say(self, lines: list[Line]) -> None:
        def layout(width: int) -> list[Content]:
            return [row for one in lines for row in one.rows(width)]

        self.query_one(LaidOut).lay_out(layout)

    def action_scroll(self, rows: int) -> None:
        """Scroll where there is more than fits."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)


def blame_lines(found: Blame) -> list[Line]:
    """Return what is known of why, in the order it is asked for."""
    lines = [
        titled("then", *_decided(found.then, "the decision is not in the log"), width=6),
        BLANK,
    ]
    if found.today is None:
        words = "cannot be said: there is no table, or its facts are not in the log"
        lines.append(titled("today", (words, QUIET), width=6))
    elif found.then is not None and outcome_of(found.then.decision) == outcome_of(
        found.today.decision
    ):
        lines.append(titled("today", ("✓ the same", "$outcome-ok"), width=6))
    else:
        lines.append(titled("today", *_decided(found.today, ""), width=6))
    lines.append(BLANK)
    if not found.is_traced:
        words = "The text of its table version is not in the log, so no edit can be named."
        return [*lines, line((words, QUIET))]
    if not found.turns:
        words = "No version that came into service since changed where it goes."
        return [*lines, line((words, QUIET))]
    for turn in found.turns:
        lines += _turn_lines(turn)
    return lines


def _decided(decided: Decided | None, absent: str) -> list[Content]:
    if decided is None:
        return [foreign(absent, QUIET)]
    told = decided.explanation.sentence if decided.explanation is not None else ""
    return [foreign(told or _where(decided.decision))]


def _where(decision: Decision) -> str:
    rule = f" by rule {decision.rule}" if decision.rule else ""
    return f"{decision.route or 'undecidable'}{rule} ({decision.reason})"


def _turn_lines(turn: Turn) -> list[Line]:
    who = f" by {turn.author}" if turn.author else ""
    why = f": {turn.because}" if turn.because else ""
    head = f"{moment(turn.ts)} version {turn.version[:12]}{who}{why}"
    return [
        titled("edit", (head, "bold $outcome-degraded"), width=6),
        titled("", ("from then on ", QUIET), _where(turn.decision), width=6),
    ]
