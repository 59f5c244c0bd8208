"""Tests: what the table's tests say now, by the draft too; why one fails, and what they cover."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.worker import get_current_worker

from console.table.file_stamp import stamp_of
from console.table.test_file import TableTest, tests_beside
from console.ui.console_screen import ConsoleScreen
from console.ui.draft_in_view import DraftInView, kept_draft
from console.ui.tests_run import Ran as RanTest
from console.ui.tests_run import TestsRun, run_tests_of
from console.ui.widgets.explanation_view import ExplanationView
from console.ui.widgets.item_list import ItemList
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import Line
from console.ui.widgets.test_lines import (
    Covered,
    coverage_lines,
    detail_lines,
    list_lines,
    summary,
)

LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class _Shown:
    """A test of the list; its line tells two of one name apart."""

    test: TableTest

    @property
    def key(self) -> str:
        return f"{self.test.line} {self.test.name}"


class TestList(ItemList[_Shown]):
    """The tests; one can be marked before they were run."""

    __test__ = False


class CoverageList(ItemList[Covered]):
    """The rules and task defaults with what the tests saw of them; each can be gone to."""


class TestsScreen(ConsoleScreen):
    """The tests on the left, those that fail first; the marked one on the right."""

    __test__ = False
    CSS_PATH = "tests.tcss"
    AUTO_FOCUS = "#tests"
    HELP_TITLE = "Tests"
    HELP = """\
The tests beside the table, run again whenever it, they or the draft change, by tables alone: \
overrides change no expectation. With a draft each test has two signs, by the draft and by the \
table in service. On the right stands what the marked one expects and why its request is decided \
as it is.

**c** goes to what the tests cover: the rules and task defaults that no test ends in, and the \
conditions that no test made true, or false. **enter** there goes to the rule.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run again", id="tests.run", tooltip="Run them now"),
        Binding("p", "preview", "Preview", id="tests.preview", tooltip="The request in Preview"),
        Binding("c", "coverage", "Coverage", id="tests.coverage", tooltip="What the tests cover"),
        Binding(
            "escape",
            "back",
            "Back",
            show=False,
            id="tests.back",
            tooltip="From the coverage to the tests",
        ),
        Binding("y", "copy", "Copy", id="tests.copy", tooltip="Copy the list as text"),
    ]

    @dataclass
    class Ran(Message, bubble=False):
        """The tests were run; `lines` tell what they cover, made where that holds up nobody."""

        run: TestsRun
        lines: list[Line]
        things: list[Covered]

        def can_replace(self, message: Message) -> bool:
            """Only the newest run matters."""
            return isinstance(message, TestsScreen.Ran)

    @dataclass
    class DraftFound(Message, bubble=False):
        """An earlier session left this draft, which Rules has not taken up yet."""

        draft: DraftInView | None

    def __init__(self) -> None:
        super().__init__()
        self.run_: TestsRun | None = None
        self._stamp: object = None

    def compose_body(self) -> ComposeResult:
        """The list, the coverage, and the marked test."""
        with Horizontal(id="tests-side-by-side"):
            with Vertical(id="tests-left"):
                yield TestList(id="tests")
                yield CoverageList(id="coverage")
            with Vertical(id="test-right"):
                yield LineView(id="test")
                yield ExplanationView(id="test-why")

    def on_mount(self) -> None:
        """Follow the table, the draft and the file of tests."""
        self.query_one("#coverage", LineView).border_title = "Coverage"
        self.query_one("#test-right").border_title = "The marked test"
        self.watch(self.console, "table_in_view", self.action_run)
        self.watch(self.console, "draft_in_view", self.action_run)
        self.set_interval(LOOK_EVERY_S, self._look)
        if not self.console.draft_is_known and self.console.table_path is not None:
            self._find_draft()

    @work(thread=True, group="kept-draft", exit_on_error=False)
    def _find_draft(self) -> None:
        path = self.console.table_path
        if path is not None:
            self.post_message(self.DraftFound(kept_draft(self.console.state_folder, path)))

    @on(DraftFound)
    def _take_draft(self, event: DraftFound) -> None:
        if not self.console.draft_is_known:
            self.console.draft_in_view = event.draft

    def on_screen_resume(self) -> None:
        """A test may have been written from another place."""
        self._look()

    def _look(self) -> None:
        path = self.console.table_path
        if path is None or not self.is_current:
            return
        stamp = stamp_of(tests_beside(path))
        if stamp != self._stamp:
            self._stamp = stamp
            self.action_run()

    def action_run(self) -> None:
        """Run the tests, or say why there are none."""
        draft = self.console.draft_in_view
        if self.console.table_path is None:
            self._say("No table was given: start with --table FILE.")
        elif self.console.table_in_view.table is None and (draft is None or draft.table is None):
            self._say("There is no table to test: the file is not read yet, or has errors.")
        else:
            self._run()

    def _say(self, trouble: str) -> None:
        self.workers.cancel_group(self, "tests")
        self._take(self.Ran(TestsRun(trouble=trouble), [], []))

    @work(thread=True, group="tests", exclusive=True, exit_on_error=False)
    def _run(self) -> None:
        table, path = self.console.table_in_view.table, self.console.table_path
        draft, worker = self.console.draft_in_view, get_current_worker()
        if path is None:
            return
        for run in run_tests_of(path, table, draft, self.run_, lambda: worker.is_cancelled):
            lines, things = coverage_lines(run)
            if worker.is_cancelled:
                return
            self.post_message(self.Ran(run, lines, things))

    @on(Ran)
    def _take(self, event: "TestsScreen.Ran") -> None:
        run = self.run_ = event.run
        view = self.query_one("#tests", TestList)
        view.border_title = run.file.name if run.file is not None else "Tests"
        view.border_subtitle = "" if run.trouble else summary(run)
        view.show(list_lines(run), [_Shown(ran.test) for ran in run.in_order])
        pane = self.query_one("#coverage", CoverageList)
        pane.border_title = "Coverage of the draft" if run.draft is not None else "Coverage"
        pane.border_subtitle = "enter goes there" if event.things else ""
        pane.show(event.lines, event.things)
        self._show_test()

    @property
    def _marked(self) -> RanTest | None:
        cursor = self.query_one("#tests", TestList).cursor
        tests = self.run_.in_order if self.run_ is not None else []
        return tests[cursor] if cursor is not None and cursor < len(tests) else None

    @on(LineView.Moved, "#tests")
    def _show_test(self) -> None:
        run, ran = self.run_, self._marked
        detail, why = self.query_one("#test", LineView), self.query_one(ExplanationView)
        if run is None or ran is None:
            detail.set_lines([])
            why.display = False
            return
        detail.set_lines(detail_lines(ran))
        explanation = run.explanation_of(ran)
        why.display = explanation is not None
        if explanation is not None:
            why.show(explanation, texts={}, reasons={}, keep=False)

    def look_at(self, test: TableTest) -> None:
        """Mark a test, now or once the tests were run."""
        self.query_one("#tests", TestList).mark(_Shown(test).key)

    def action_preview(self) -> None:
        """Open the marked test's request in Preview."""
        ran = self._marked
        if ran is None:
            self.console.tell("No test is marked.", "warning")
            return
        facts = self.facts_of(ran.test.request)
        if facts is not None:
            self.console.preview_request(facts)

    def action_copy(self) -> None:
        """Copy the list of tests, or of what they cover, as the keys are in it."""
        pane = self.query_one("#coverage", LineView)
        if pane.has_focus:
            self.console.copy(pane.plain_text + "\n", "Coverage")
        else:
            self.console.copy(self.query_one("#tests", LineView).plain_text + "\n", "Tests")

    # What they cover

    def action_coverage(self) -> None:
        """Go to what the tests cover; where there is little room, in the place of the test."""
        self.add_class("-coverage")
        self.query_one("#coverage").focus()

    def action_back(self) -> None:
        """Go back to the tests."""
        self.remove_class("-coverage")
        self.query_one("#tests").focus()

    @on(LineView.Opened, "#coverage")
    async def _go_to_covered(self) -> None:
        thing = self.query_one("#coverage", CoverageList).marked
        if thing is None:
            return
        await self.console.switch_mode("rules")
        if thing.kind == "rule":
            self.console.rule_to_show = thing.name
        else:
            self.console.task_to_show = thing.name
