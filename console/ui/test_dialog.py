"""Makes a test of the table from a request: a name, what is expected, and the text it becomes."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from console.routing.router import Router
from console.table.test_file import tests_beside
from console.table.test_writing import CannotAddTestError, add_test
from console.ui.app import ConsoleApp
from console.ui.test_document import TestDocument
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.line_input import LineInput
from console.ui.widgets.lines import BLANK, QUIET, Line, line

FIELDS = (
    ("name", "what the test shows"),
    ("route", "the route that is expected; empty: any"),
    ("rule", "the rule that is expected; none: no rule; empty: any"),
)


class TestDialog(ModalScreen[None]):
    """Three lines, and under them what would be written where."""

    __test__ = False
    HELP_TITLE = "Make a test"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="test.leave", tooltip="Write nothing"),
    ]

    @dataclass
    class Written(Message, bubble=False):
        """The test stands in the file; or `refusal` says why it does not."""

        told: str
        refusal: str = ""

    def __init__(self, document: TestDocument, router: Router | None) -> None:
        super().__init__()
        self._router = router
        self.document = document
        self._refusal = ""

    @property
    def _owner(self) -> ConsoleApp:
        return cast(ConsoleApp, self.app)

    @property
    def _file(self) -> Path | None:
        path = self._owner.table_in_view.path
        return tests_beside(path) if path is not None else None

    def compose(self) -> ComposeResult:
        """The fields with their names, then the test."""
        with Vertical(id="test-box") as box:
            box.border_title = Content("Make a test")
            box.border_subtitle = Content("enter writes it · esc goes back")
            for name, placeholder in FIELDS:
                with Horizontal(classes="test-field"):
                    yield Label(f"{name:<8}", classes="test-title")
                    value = getattr(self.document, name)
                    yield LineInput(id=f"test-{name}", value=value, placeholder=placeholder)
            with VerticalScroll(id="test-scroll", can_focus=False):
                yield LaidOut(id="test-told")

    def on_mount(self) -> None:
        """Show what it would be."""
        self._show()

    @on(Input.Changed)
    def _take_edit(self, event: Input.Changed) -> None:
        name = (event.input.id or "").removeprefix("test-")
        setattr(self.document, name, event.value)
        self._refusal = ""
        self._show()

    def _show(self) -> None:
        router = self._router
        problem = self._problem()
        lines: list[Line] = []
        if problem:
            lines = [line((problem, "$outcome-error"))]
        elif router is not None:
            verdict = self.document.verdict(router)
            passes = verdict.startswith("It passes")
            lines = [
                line((verdict, "$outcome-ok" if passes else "$outcome-degraded")),
                line((f"Behind the tests in {self._file}:", QUIET)),
                BLANK,
                *(line(row) for row in self.document.text().splitlines()),
            ]
        self.query_one(LaidOut).lay_out(lambda width: [r for one in lines for r in one.rows(width)])

    def _problem(self) -> str:
        if self._file is None or self._router is None:
            return "There is no table in view to make a test of."
        return self._refusal or self.document.problem(self._router)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        path = self._file
        if path is None or self._problem():
            self._show()
            return
        text = self.document.text()

        def work() -> None:
            try:
                place = add_test(path, text)
            except CannotAddTestError as error:
                self.post_message(self.Written("", f"{error.sentence} {error.hint}".strip()))
            except OSError as error:
                words = f"{path} cannot be written: {error.strerror or error}."
                self.post_message(self.Written("", words))
            else:
                self.post_message(self.Written(f"Test written to {path}, line {place}"))

        self.run_worker(work, group="write-test", exit_on_error=False, thread=True)

    @on(Written)
    def _take_written(self, event: Written) -> None:
        if event.refusal:
            self._refusal = event.refusal
            self._show()
            return
        self._owner.tell(event.told)
        self.dismiss()
