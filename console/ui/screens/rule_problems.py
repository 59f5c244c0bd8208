"""What is wrong with the table in view or its draft, and what is known of the draft: two panes.

The table in view is linted in a thread of its own; what lint says of a draft comes with its report.
"""

from dataclasses import dataclass

from textual import on, work
from textual.content import Content
from textual.message import Message
from textual.widgets import TabbedContent
from textual.worker import Worker, WorkerState, get_current_worker

from console.table.lint.finding import Finding
from console.table.load import Loaded
from console.table.model import Rule
from console.table.test_file import TableTest
from console.ui.problems_in_view import File, ProblemsInView
from console.ui.screens.entry_editing import EntryEditingScreen
from console.ui.table_lint import PROVING, Linted, LintReport, lint_in_view
from console.ui.table_watch import TableInView
from console.ui.widgets.item_list import ItemList
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import BLANK, QUIET, Line, line, say
from console.ui.widgets.problem_lines import problem_lines
from console.ui.widgets.problem_list import ProblemList
from console.ui.widgets.report_lines import Mentioned, report_items

PROBLEMS_PANE, DRAFT_PANE = "problems-pane", "draft-pane"


class ReportList(ItemList[Mentioned]):
    """What is known of the draft; the tests, findings and requests it names can be gone to."""


class RuleProblemsScreen(EntryEditingScreen):
    """A place with a list of problems (`#problems`) and a report on the draft (`#draft`)."""

    @dataclass
    class LintFound(Message, bubble=False):
        """Lint of the table in view got further."""

        report: LintReport

        def can_replace(self, message: Message) -> bool:
            """Each report holds all that was found before it."""
            return isinstance(message, RuleProblemsScreen.LintFound)

    def __init__(self) -> None:
        super().__init__()
        self._lint: LintReport | None = None
        self._absence: list[Line] = []
        self.problems = ProblemsInView()
        """What the list of problems tells."""

    def on_screen_resume(self) -> None:
        """Tests may have been written in another place: some findings are about them."""
        if self.is_mounted:
            self.show_problems(self._absence)

    # The problems

    def show_problems(self, absence: list[Line]) -> None:
        """Tell what is wrong with what is in view; `absence` says why there is no table at all."""
        self._absence = absence
        self._keep_linting()
        view, loaded = self.console.table_in_view, self._loaded_in_view
        self.problems = self._gathered(loaded)
        lines, things = problem_lines(self.problems.in_order)
        if view.is_behind_its_file and view.table is not None:
            words = f"The file has errors: version {view.version} keeps deciding."
            lines = [line((words, "bold $outcome-degraded")), BLANK, *lines]
        if not lines:
            lines = self._nothing_told(loaded)
        remark = self._remark(loaded)
        if remark:
            lines += [line((remark, QUIET))]
        pane = self.query_one("#problems", ProblemList)
        pane.show(lines, things)
        pane.name_keys()
        name = self.problems.table.name or "Problems"
        draft = (f"  {self.draft_words}", "bold $outcome-degraded") if self.has_draft else ""
        summary = self.problems.summary
        pane.border_title = say((name, "bold"), draft, (f"  {summary}" if summary else "", QUIET))
        tab = self.query_one(TabbedContent).get_tab(PROBLEMS_PANE)
        tab.label = Content(self.problems.title)

    @property
    def _loaded_in_view(self) -> Loaded | None:
        if self.draft is not None and self.has_draft:
            return self.draft.loaded
        return self.console.table_in_view.loaded

    def _gathered(self, loaded: Loaded | None) -> ProblemsInView:
        view, overrides = self.console.table_in_view, self.console.table_in_view.overrides
        if view.path is None:
            return ProblemsInView()
        findings: list[Finding] = []
        silenced, doing = 0, ""
        if self.has_draft:
            report = self.report
            is_readable = loaded is not None and loaded.table is not None
            doing = PROVING if is_readable else ""
            if report is not None and report.findings is not None:
                findings, silenced, doing = report.findings, report.silenced, ""
        elif self._lint is not None:
            findings, silenced = self._lint.told, self._lint.silenced
            doing = self._lint.doing
        return ProblemsInView(
            File(view.path.name, loaded.text if loaded is not None else None),
            File(f"{view.path.stem}.overrides.yaml"),
            loaded.problems if loaded is not None else (),
            overrides.problems if overrides is not None else (),
            findings,
            silenced,
            doing,
        )

    def _nothing_told(self, loaded: Loaded | None) -> list[Line]:
        if loaded is None or self.console.table_in_view.unreadable is not None:
            return list(self._absence)
        if self.problems.doing:
            return [line((self.problems.doing, QUIET))]
        return [line(("✓ The table and its overrides have no problems.", "$outcome-ok"))]

    def _remark(self, loaded: Loaded | None) -> str:
        """Say what was not looked at."""
        if loaded is not None and loaded.table is None:
            return "Lint has its say once the errors are mended."
        if self.has_draft and self.console.log_path is not None:
            return "What traffic says of it is looked for once it is saved."
        trouble = self._lint.log_trouble if self._lint is not None else ""
        return f"What traffic says of it is not known. {trouble}" if trouble else ""

    # Lint of the table in view

    def _keep_linting(self) -> None:
        """Lint the table in view once for all that findings depend on; not under a draft."""
        of = Linted.of(self.console.table_in_view)
        if of is None or self.has_draft:
            if self._lint is not None and (of is None or self._lint.doing):
                self._lint = None
            self.workers.cancel_group(self, "lint")
        elif self._lint is None or not of.is_same(self._lint.of):
            self._lint = LintReport(of)
            self._lint_in_thread(of, self.console.table_in_view)

    @work(thread=True, group="lint", exclusive=True, exit_on_error=False)
    def _lint_in_thread(self, of: Linted, view: TableInView) -> None:
        worker = get_current_worker()
        queries = self.console.log_queries if self.console.log_path is not None else None

        def tell(report: LintReport) -> None:
            if not worker.is_cancelled:
                self.post_message(self.LintFound(report))

        lint_in_view(of, view, queries, tell, lambda: worker.is_cancelled)

    @on(LintFound)
    def _take_lint(self, event: LintFound) -> None:
        if self._lint is not None and event.report.of is self._lint.of:
            self._lint = event.report
            self.show_problems(self._absence)

    @on(Worker.StateChanged)
    def _tell_failure(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.group == "lint" and self._lint:
            trouble = f"Lint could not go on: {event.worker.error}"
            self._lint = LintReport(self._lint.of, self._lint.findings, "", trouble)
            self.show_problems(self._absence)

    # What is asked of a problem

    def rule_of_problem(self) -> Rule | None:
        """Return the rule that the marked problem is about: what is edited from the list."""
        told = self.query_one("#problems", ProblemList).marked
        table = self.shown_table
        if table is None or told is None:
            return None
        return next((rule for rule in table.rules if rule.id == told.rule), None)

    @on(LineView.Opened, "#problems")
    def _go_to_its_rule(self) -> None:
        rule = self.rule_of_problem()
        if rule is None:
            self.console.tell("This problem is about no rule that is shown.")
        else:
            self.console.rule_to_show = rule.id

    @on(ProblemList.PreviewWanted)
    async def _preview_witness(self, event: ProblemList.PreviewWanted) -> None:
        from console.ui.screens.preview import PreviewScreen

        facts = self.facts_of(event.witness.request)
        if facts is None:
            return
        self.console.preview_request(facts)
        await self.console.switch_mode("preview")
        table, screen = self.console.table_in_view.table, self.console.screen
        ids = [rule.id for rule in table.rules] if table is not None else []
        if isinstance(screen, PreviewScreen) and event.told.rule in ids:
            screen.look_at(ids.index(event.told.rule) + 1)
        if self.has_draft:
            self.console.tell("Preview decides by the table in service, not by the draft.")

    @on(ProblemList.TestWanted)
    def _test_witness(self, event: ProblemList.TestWanted) -> None:
        facts = self.facts_of(event.witness.request)
        if facts is not None:
            self.console.make_test(facts)

    @on(ProblemList.PageWanted)
    def _show_page(self, event: ProblemList.PageWanted) -> None:
        from console.ui.page_dialog import PageDialog

        self.app.push_screen(PageDialog(event.code))

    @on(ProblemList.NothingShown)
    def _tell_nothing(self, event: ProblemList.NothingShown) -> None:
        self.console.tell(event.sentence)

    # The draft

    def show_report(self) -> None:
        """Show what is known of the draft, also among the problems."""
        self.query_one("#draft", ReportList).show(*report_items(self.report))
        tab = self.query_one(TabbedContent).get_tab(DRAFT_PANE)
        if self.report is not None or not self.has_draft:
            # Until the report of an edit is there, the count before it stays.
            count = len(self.report.changes) if self.report is not None and self.has_draft else 0
            tab.label = Content(f"Draft {count}" if count else "Draft")
        # An impact under way reports often: what stands among the problems is the same then.
        if self._gathered(self._loaded_in_view) != self.problems:
            self.show_problems(self._absence)

    @on(LineView.Opened, "#draft")
    async def _go_to_mentioned(self) -> None:
        thing = self.query_one("#draft", ReportList).marked
        if thing is None:
            return
        if isinstance(thing.what, Finding):
            self._go_to_finding(thing.what)
        elif isinstance(thing.what, TableTest):
            await self._go_to_test(thing.what)
        else:
            from console.ui.request_opening import open_request

            await open_request(self.console, thing.what)

    def _go_to_finding(self, found: Finding) -> None:
        keys = (one.key for one in self.problems.in_order if one.problem == found)
        if key := next(keys, None):
            self.query_one("#problems", ProblemList).mark(key)
            self.query_one(TabbedContent).active = PROBLEMS_PANE

    async def _go_to_test(self, test: TableTest) -> None:
        from console.ui.screens.tests import TestsScreen

        await self.console.switch_mode("tests")
        if isinstance(self.console.screen, TestsScreen):
            self.console.screen.look_at(test)
