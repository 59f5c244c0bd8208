"""Tests: what the table's tests say now, why one fails, and which rules none of them meets."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message

from console.table.file_stamp import stamp_of
from console.table.test_file import TableTest, tests_beside
from console.ui.console_screen import ConsoleScreen
from console.ui.tests_run import TestsRun, run_tests_of
from console.ui.widgets.explanation_view import ExplanationView
from console.ui.widgets.item_list import ItemList
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, Line, line, titled

LOOK_EVERY_S = 0.5
_SIGNS = {
    "PASS": ("✓", "$outcome-ok"),
    "FAIL": ("✗", "bold $outcome-error"),
    "ERROR": ("!", "bold $outcome-degraded"),
}
_WIDTH = 9


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


class TestsScreen(ConsoleScreen):
    """The tests on the left, those that fail first; the marked one on the right."""

    __test__ = False
    CSS_PATH = "tests.tcss"
    AUTO_FOCUS = "#tests"
    HELP_TITLE = "Tests"
    HELP = """\
The tests beside the table, run again whenever it or they change, by the table alone: overrides \
change no expectation. On the right stands what the marked one expects and why its request is \
decided as it is; below, which rules and task defaults no test ends in.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run", "Run again", id="tests.run", tooltip="Run them now"),
        Binding("p", "preview", "Preview", id="tests.preview", tooltip="The request in Preview"),
        Binding("y", "copy", "Copy", id="tests.copy", tooltip="Copy the list as text"),
    ]

    @dataclass
    class Ran(Message, bubble=False):
        """The tests were run."""

        run: TestsRun

        def can_replace(self, message: Message) -> bool:
            """Only the newest run matters."""
            return isinstance(message, TestsScreen.Ran)

    def __init__(self) -> None:
        super().__init__()
        self.run_: TestsRun | None = None
        self._stamp: object = None

    def compose_body(self) -> ComposeResult:
        """The list, the coverage, and the marked test."""
        with Horizontal(id="tests-side-by-side"):
            with Vertical(id="tests-left"):
                yield TestList(id="tests")
                yield LineView(id="coverage")
            with Vertical(id="test-right"):
                yield LineView(id="test")
                yield ExplanationView(id="test-why")

    def on_mount(self) -> None:
        """Follow the table and the file of tests."""
        self.query_one("#coverage", LineView).border_title = "Coverage"
        self.query_one("#test-right").border_title = "The marked test"
        self.watch(self.console, "table_in_view", self.action_run)
        self.set_interval(LOOK_EVERY_S, self._look)

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
        table, path = self.console.table_in_view.table, self.console.table_path
        if path is None:
            self._take(self.Ran(TestsRun(trouble="No table was given: start with --table FILE.")))
        elif table is None:
            words = "There is no table to test: the file is not read yet, or has errors."
            self._take(self.Ran(TestsRun(trouble=words)))
        else:
            self._run()

    @work(thread=True, group="tests", exclusive=True, exit_on_error=False)
    def _run(self) -> None:
        table, path = self.console.table_in_view.table, self.console.table_path
        if table is not None and path is not None:
            self.post_message(self.Ran(run_tests_of(table, path)))

    @on(Ran)
    def _take(self, event: "TestsScreen.Ran") -> None:
        self.run_ = event.run
        run = event.run
        view = self.query_one("#tests", TestList)
        view.border_title = run.file.name if run.file is not None else "Tests"
        view.border_subtitle = "" if run.trouble else _summary(run)
        lines: list[Line] = [line((run.trouble, QUIET))] if run.trouble else []
        for problem in run.problems:
            lines.append(line((f"line {problem.line}: {problem.message}", "bold $outcome-error")))
        for place, result in enumerate(run.in_order):
            sign, style = _SIGNS[result.outcome]
            name = (result.test.name, "bold" if result.outcome != "PASS" else "")
            lines.append(
                line(name, lead=line((f"{sign} ", style)).body, item=place, head=True, wraps=False)
            )
        view.show(lines, [_Shown(result.test) for result in run.in_order])
        self._show_coverage(run)
        self._show_test()

    def _show_coverage(self, run: TestsRun) -> None:
        view = self.query_one("#coverage", LineView)
        if run.coverage is None:
            view.set_lines([])
            return
        missing = run.coverage.missing
        words = "✓ every enabled rule and task default has a test that ends in it"
        view.set_lines(
            [line((words, "$outcome-ok"))]
            if not missing
            else [line(("no test ends in:", QUIET)), *(line(name, lead="  ") for name in missing)]
        )

    @on(LineView.Moved, "#tests")
    def _show_test(self) -> None:
        run, cursor = self.run_, self.query_one("#tests", LineView).cursor
        detail, why = self.query_one("#test", LineView), self.query_one(ExplanationView)
        results = run.in_order if run is not None else []
        if run is None or cursor is None or cursor >= len(results):
            detail.set_lines([])
            why.display = False
            return
        result = results[cursor]
        sign, style = _SIGNS[result.outcome]
        expected = ", ".join(
            f"{key} {'none' if value is None else value}"
            for key, value in result.test.expect.items()
        )
        lines = [
            line((f"{sign} ", style), (result.test.name, "bold")),
            titled("line", str(result.test.line), width=_WIDTH),
            titled("expects", expected, width=_WIDTH),
        ]
        if result.message:
            lines.append(titled("instead", (result.message, style), width=_WIDTH))
        if result.turn:
            lines.append(titled("turned", result.turn, width=_WIDTH))
        detail.set_lines(lines)
        explanation = run.explanation_of(result)
        why.display = explanation is not None
        if explanation is not None:
            why.show(explanation, texts={}, reasons={}, keep=False)

    def look_at(self, test: TableTest) -> None:
        """Mark a test, now or once the tests were run."""
        self.query_one("#tests", TestList).mark(_Shown(test).key)

    def action_preview(self) -> None:
        """Open the marked test's request in Preview."""
        cursor = self.query_one("#tests", LineView).cursor
        results = self.run_.in_order if self.run_ is not None else []
        if cursor is None or cursor >= len(results):
            self.console.tell("No test is marked.", "warning")
            return
        facts = self.facts_of(results[cursor].test.request)
        if facts is not None:
            self.console.preview_request(facts)

    def action_copy(self) -> None:
        """Copy the list of tests."""
        self.console.copy(self.query_one("#tests", LineView).plain_text + "\n", "Tests")


def _summary(run: TestsRun) -> str:
    count = len(run.results)
    words = f"{run.failed} of {count} do not pass" if run.failed else f"all {count} pass"
    if run.coverage is not None:
        total = len(run.coverage.covered) + len(run.coverage.missing)
        words += f" · coverage {100 * len(run.coverage.covered) // max(total, 1)} %"
    return words
