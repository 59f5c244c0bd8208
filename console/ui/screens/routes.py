"""Routes: how each route, model or rule fares over a window against the window before."""

import time
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import TabbedContent, TabPane
from textual.worker import get_current_worker

from console.traffic.metrics.assumptions import Judged, judge
from console.traffic.metrics.marks import read_marks
from console.traffic.metrics.sums import read_series
from console.traffic.metrics.windows import Window, read_window
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.traffic.rollups import SECONDS_A_MINUTE
from console.ui.console_screen import ConsoleScreen
from console.ui.figure_columns import FigureRow, columns_for, name_cell
from console.ui.routes_document import Course, RoutesDocument, act_on, step_of
from console.ui.theme import route_style
from console.ui.widgets.assumptions_view import AssumptionsView
from console.ui.widgets.baseline_view import BaselineView
from console.ui.widgets.chart_lines import chart_lines
from console.ui.widgets.health_lines import health_lines
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, line, say
from console.ui.widgets.score_lines import score_lines

LOOK_EVERY_S = 1.0
PANES = ("figures-pane", "health-pane", "assumptions-pane", "baseline-pane")


_WHAT_OF = Binding.Group("By, span", compact=True)


class RoutesScreen(ConsoleScreen):
    """Figures by route or another field with the course of the marked one; and health."""

    CSS_PATH = "routes.tcss"
    AUTO_FOCUS = "#figures"
    HELP_TITLE = "Routes"
    HELP = """\
Requests that have ended, over a window that ends now, against the window before. **▲ ▼** tell a \
difference that the samples carry (at 95 %), **≈** one that they leave to chance. Latencies are \
those of answered requests; **+?** says that more was spent than is known.

Below, the course of the marked row: a step a cell, **·** where there was no request; **◆** a \
version that came into service, **▲** an override.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "b",
            "turn(1)",
            "By",
            id="routes.by",
            group=_WHAT_OF,
            tooltip="By route, task, model, provider, rule, client, tag",
        ),
        Binding(
            "B",
            "turn(-1)",
            "By, back",
            show=False,
            id="routes.by-back",
            tooltip="What is counted by: the one before",
        ),
        Binding(
            "w",
            "lengthen(1)",
            "Window",
            id="routes.longer",
            group=_WHAT_OF,
            tooltip="A longer window, to 30 days",
        ),
        Binding(
            "W",
            "lengthen(-1)",
            "Shorter",
            show=False,
            id="routes.shorter",
            tooltip="A shorter window, to 5 minutes",
        ),
        Binding(
            "s", "sort", "Sort", show=False, id="routes.sort", tooltip="By the next column shown"
        ),
        Binding(
            "f",
            "show_requests",
            "Requests",
            id="routes.requests",
            tooltip="The marked row's requests of this window in Traffic",
        ),
        Binding(
            "d",
            "act",
            "Drain",
            id="routes.act",
            tooltip="Take a model or provider out for a while, or pin a route",
        ),
        Binding(
            "x",
            "lift",
            "Lift",
            show=False,
            id="routes.lift",
            tooltip="End the marked override (in Health) before its time; asks twice",
        ),
        Binding(
            "right_square_bracket",
            "turn_pane",
            "Next pane",
            key_display="]",
            id="routes.next-pane",
            tooltip="Figures, health, assumptions, baseline: the next one",
        ),
    ]

    @dataclass
    class FiguresRead(Message, bubble=False):
        """A window was read, and the course of one of its rows."""

        asked: tuple[str, int]
        window: Window
        course: Course | None
        judged: list[Judged]

    @dataclass
    class FiguresFailed(Message, bubble=False):
        """The log could not be read."""

        problem: LogProblem

    def __init__(self) -> None:
        super().__init__()
        self.document = RoutesDocument()
        self._is_reading = False
        self._read_at = 0.0
        self._trouble: str | None = None
        self._marked: str | None = None
        self._has_mark = False
        self._to_lift: str | None = None

    def compose_body(self) -> ComposeResult:
        """The figures with the course below them, and health."""
        with TabbedContent(initial=PANES[0]):
            with TabPane("Figures", id=PANES[0]), Vertical(id="figures-and-course"):
                with Vertical(id="figures-frame"):
                    yield LineView(id="figures-heading")
                    yield LineView(id="figures")
                yield LineView(id="course")
            with TabPane("Health", id=PANES[1]):
                yield LineView(id="health")
            with TabPane("Assumptions", id=PANES[2]):
                yield AssumptionsView(id="assumptions")
            with TabPane("Baseline", id=PANES[3]):
                yield BaselineView(id="baseline")

    def on_mount(self) -> None:
        """Read once a second while this is the screen in front."""
        self._view("figures-heading").can_focus = False
        self.watch(self.console, "table_in_view", self._show_health, init=False)
        self.watch(self.console, "log_news", self._show_health, init=False)
        self.set_interval(LOOK_EVERY_S, self._look)
        self._show()
        self._show_health()
        self._look()

    def on_screen_resume(self) -> None:
        """What is shown is of a while ago."""
        self._look()

    def _view(self, name: str) -> LineView:
        return self.query_one(f"#{name}", LineView)

    # Reading

    def _look(self) -> None:
        """Read again when it is due: a long window changes slowly and costs more."""
        due = self._read_at + max(LOOK_EVERY_S, self.document.minutes / 600)
        if self.is_current and self.console.log_path is not None and time.monotonic() >= due:
            self._read()

    def _read(self) -> None:
        if self._is_reading or self.console.log_path is None:
            return
        self._is_reading = True
        self._read_at = time.monotonic()
        asked, marked = self.document.asked, self._marked if self._has_mark else None
        has_mark = self._has_mark

        def work() -> None:
            found: Message | None = None
            try:
                found = self.console.log_queries.ask(
                    lambda reader: self._read_figures(reader, asked, marked, has_mark=has_mark)
                )
            except LogProblem as problem:
                found = self.FiguresFailed(problem)
            except ReadInterrupted:
                pass
            finally:
                self._is_reading = False
            if found is not None and not get_current_worker().is_cancelled:
                self.post_message(found)

        self.run_worker(work, group="figures", exit_on_error=False, thread=True)

    def _read_figures(
        self, reader: LogReader, asked: tuple[str, int], marked: str | None, *, has_mark: bool
    ) -> Message:
        dimension, minutes = asked
        window = read_window(reader, dimension, minutes)
        values = [part.now.value for part in window.parts]
        course = None
        if values:
            value = marked if has_mark and marked in values else values[0]
            step = step_of(minutes)
            first = window.first // 60 * 60 if step >= 60 else window.first
            series = read_series(reader, dimension, value, first, window.last, step)
            since, until = first * SECONDS_A_MINUTE, window.last * SECONDS_A_MINUTE
            course = Course(value, step, series, read_marks(reader, since, until))
        table = self.console.table_in_view.table
        judged = judge(reader, table, time.time()) if table is not None else []
        return self.FiguresRead(asked, window, course, judged)

    @on(FiguresRead)
    def _take_figures(self, event: FiguresRead) -> None:
        self._trouble = None
        for one in self.query_one(AssumptionsView).show(event.judged, time.time()):
            words = f"Assumption broken on {one.route}: {one.assumption.says}"
            self.console.tell(words, "warning")
        if self.document.take(event.asked, event.window):
            self.document.course = event.course
            self._show()
        else:
            self._read()

    @on(FiguresFailed)
    def _take_failure(self, event: FiguresFailed) -> None:
        self._trouble = event.problem.message
        self._show()

    # Showing

    def _show(self) -> None:
        document, frame = self.document, self.query_one("#figures-frame")
        frame.border_title = say(
            ("by ", QUIET),
            (document.dimension, "bold"),
            (f" · last {document.window_words} against the {document.window_words} before", QUIET),
        )
        whole = document.window.whole.now if document.window is not None else None
        frame.border_subtitle = "" if whole is None else say(f"{whole.requests:,} requests")
        heading = FigureRow(Content(document.dimension), sorted_by=document.sorted_by)
        self._view("figures-heading").set_lines([heading])
        figures = self._view("figures")
        if self._trouble is not None:
            figures.set_lines([line((self._trouble, "bold $outcome-error"))])
        elif not document.parts:
            figures.set_lines([line((self._why_nothing(), QUIET))])
        else:
            figures.set_lines(self._rows(), follow=False)
        self._show_course()

    def _rows(self) -> list[FigureRow]:
        document, view = self.document, self.console.table_in_view
        rows = []
        for number, part in enumerate(document.parts):
            value = part.now.value
            is_route = document.dimension == "route"
            style = route_style(view.route_index(value)) if is_route else ""
            rows.append(FigureRow(name_cell(value, document.dimension, style), part, number))
        if document.window is not None:
            rows.append(FigureRow(Content.styled("all", "bold"), document.window.whole))
        return rows

    def _why_nothing(self) -> str:
        if self.console.log_path is None:
            return "No traffic log was given: start the console with --log FILE."
        if self.document.window is None:
            return "Reading the log …"
        return f"No request has ended in the last {self.document.window_words}; w takes longer."

    def _show_course(self) -> None:
        course, view = self.document.course, self._view("course")
        if course is None:
            view.border_title = ""
            view.set_lines([])
            return
        view.border_title = name_cell(course.value, self.document.dimension, "bold")
        step = (
            f"{course.step_minutes} min"
            if course.step_minutes < 60
            else (f"{course.step_minutes // 60} h")
        )
        view.border_subtitle = say((f"a cell is {step}", QUIET))
        view.set_lines([*score_lines(self.document.scores_of_course), *chart_lines(course)])

    def _show_health(self) -> None:
        news, table = self.console.log_news, self.console.table_in_view
        overrides = table.overrides.overrides if table.overrides is not None else ()
        lines = health_lines(overrides, news.gateways, table.version, time.time())
        self._view("health").set_lines(lines, follow=False)

    # Keys

    @on(LineView.Moved, "#figures")
    def _mark(self, event: LineView.Moved) -> None:
        if event.item < len(self.document.parts):
            marked = self.document.parts[event.item].now.value
            if not self._has_mark or marked != self._marked:
                self._has_mark, self._marked = True, marked
                self._read()

    @on(LineView.Opened, "#figures")
    def action_show_requests(self) -> None:
        """Show the marked row's requests of this window in Traffic."""
        cursor = self._view("figures").cursor
        if cursor is None or cursor >= len(self.document.parts):
            self.console.tell("There is no row to show the requests of.", "warning")
        else:
            self.console.show_traffic(self.document.filter_of(self.document.parts[cursor]))

    def action_act(self) -> None:
        """Ask for an override, of the marked row where it names something to drain or pin."""
        document, cursor = self.document, self._view("figures").cursor
        parts = document.parts
        value = parts[cursor].now.value if cursor is not None and cursor < len(parts) else None
        self.console.act(act_on(document.dimension, value))

    def action_lift(self) -> None:
        """End the marked override; the first time only say which that is."""
        if self.console.refuses_to_change():
            return
        overrides = self.console.table_in_view.overrides
        cursor = self._view("health").cursor
        if overrides is None or cursor is None or cursor >= len(overrides.overrides):
            self.console.tell("No override is marked: ] shows those in force.", "warning")
            return
        marked = overrides.overrides[cursor].id
        if self._to_lift != marked:
            self._to_lift = marked
            self.console.tell(f"x again lifts {marked}.", "warning")
            return
        self._to_lift = None
        from console.ui.outward import lift

        lift(self.console, marked)

    def action_turn(self, by: int) -> None:
        """Turn to figures by another field."""
        self.document.turn(by)
        self._has_mark = False
        self._show()
        self._read()

    def action_lengthen(self, by: int) -> None:
        """Take a longer window, or a shorter one."""
        self.document.lengthen(by)
        self._show()
        self._read()

    def action_sort(self) -> None:
        """Sort by the next column."""
        width = self._view("figures").size.width - 4
        self.document.sort_by_next([column.title for column in columns_for(width)[1]])
        self._show()

    def action_turn_pane(self) -> None:
        """Turn to the next of the four panes."""
        tabs = self.query_one(TabbedContent)
        place = PANES.index(tabs.active) if tabs.active in PANES else 0
        tabs.active = PANES[(place + 1) % len(PANES)]

    @on(TabbedContent.TabActivated)
    def _focus_pane(self, event: TabbedContent.TabActivated) -> None:
        """Let the keys move in what is now in front."""
        self._view((event.pane.id or PANES[0]).removesuffix("-pane")).focus()
