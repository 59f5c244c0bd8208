"""Rules: the table in order as it decides, with its reasons, its live hits and its problems."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import TabbedContent, TabPane
from textual.worker import get_current_worker

from console.table.model import Rule
from console.traffic.problem import LogProblem
from console.ui.rule_hits import WINDOW_S, RuleHits
from console.ui.screens.rule_problems import (
    DRAFT_PANE,
    PROBLEMS_PANE,
    ReportList,
    RuleProblemsScreen,
)
from console.ui.table_watch import TableInView
from console.ui.widgets.entry_list import Entry, EntryList, entry_items
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, Line, line, say
from console.ui.widgets.problem_list import ProblemList
from console.ui.widgets.rule_detail import detail_lines
from console.ui.widgets.rule_rows import Columns, Item, heading, items_of, summary, table_rows

HITS_EVERY_S = 1.0
FILE_CHANGED = " · file changed: saving merges by rule"
"""Said of a draft whose file is another one by now: a second editor, a deploy."""
PANES = ("rules-pane", "routes-pane", PROBLEMS_PANE, DRAFT_PANE)


class RulesScreen(RuleProblemsScreen):
    """The table as it decides, also while its file is broken; or the draft that is to follow it."""

    CSS_PATH = "rules.tcss"
    AUTO_FOCUS = ""  # the pane in front takes the focus, be it the rules or the problems
    HELP_TITLE = "Rules"
    HELP = """\
The table in the order in which it is judged: the first rule that holds wins. After the rules \
stand the tasks' defaults and the default route. Hits are completed requests of the last hour.

**e** edits the marked rule, **J** and **K** move it, **n** puts one before it: all in a draft, of \
which **u** takes back and **S** saves. Routes, tasks, models and providers are edited \
alike, where they are listed. **[** and **]** turn to the routes, the problems of the \
file, and what the draft changes and would move. While the file has errors, the last good version \
keeps deciding.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "show_detail",
            "Detail",
            id="rules.detail",
            tooltip="All that the table says of the marked row",
        ),
        Binding(
            "p",
            "preview",
            "Preview",
            id="rules.preview",
            tooltip="Put a prompt to the table, looking at the marked rule",
        ),
        Binding(
            "left_square_bracket",
            "turn_pane(-1)",
            "Pane before",
            key_display="[",
            show=False,
            id="rules.pane-before",
            tooltip="Rules, routes, problems, draft: the one before",
        ),
        Binding(
            "right_square_bracket",
            "turn_pane(1)",
            "Next pane",
            key_display="]",
            id="rules.next-pane",
            tooltip="Rules, routes, problems, draft: the next one",
        ),
        Binding(
            "y",
            "copy",
            "Copy",
            show=False,
            id="rules.copy",
            tooltip="Copy what stands in the detail as text",
        ),
        Binding(
            "escape",
            "back",
            "Back",
            show=False,
            id="rules.back",
            tooltip="From the detail to the list",
        ),
    ]

    @dataclass
    class HitsCounted(Message, bubble=False):
        """The log told how often each rule took a request of late."""

        hits: RuleHits

        def can_replace(self, message: Message) -> bool:
            """Only the newest count matters."""
            return isinstance(message, RulesScreen.HitsCounted)

    def __init__(self) -> None:
        super().__init__()
        self._hits = RuleHits()
        self._items: list[Item] = []
        self._is_counting = False

    def compose_body(self) -> ComposeResult:
        """Three views of one table."""
        with TabbedContent(initial=PANES[2] if self._is_broken() else PANES[0]):
            with TabPane("Rules", id=PANES[0]), Horizontal(id="rules-side-by-side"):
                with Vertical(id="rules-list"):
                    yield LineView(id="rules-heading")
                    yield LineView(id="rules")
                yield LineView(id="rule-detail")
            with TabPane("Routes", id=PANES[1]):
                yield EntryList(id="routes")
            with TabPane("Problems", id=PANES[2]):
                yield ProblemList(id="problems")
            with TabPane("Draft", id=PANES[3]):
                yield ReportList(id="draft")

    def on_mount(self) -> None:
        """Follow the table; count hits while this is the screen in front."""
        self._view("rules-heading").can_focus = False
        self._view("rule-detail").border_title = "Detail"
        self.watch(self.console, "table_in_view", self._take_table)
        self.watch(self.console, "rule_to_show", self._show_rule)
        self.watch(self.console, "task_to_show", self._show_task)
        self.show_report()
        self.restore_draft()
        self.watch(self.console, "rule_to_draft", self.draft_rule)
        self.set_interval(HITS_EVERY_S, self._count_hits)
        self._count_hits()

    def _is_broken(self) -> bool:
        """Whether the file was read and holds no table that could be shown."""
        table_in_view = self.console.table_in_view
        return table_in_view.table is None and table_in_view.loaded is not None

    def _view(self, name: str) -> LineView:
        return self.query_one(f"#{name}", LineView)

    # The table

    def _take_table(self, table_in_view: TableInView) -> None:
        """Show the table as it is now, and turn to its problems when it has just become broken."""
        self._show_rules(table_in_view)
        self._show_routes(table_in_view)
        self.show_problems(_absence(table_in_view))
        if self._is_broken():
            self.query_one(TabbedContent).active = PANES[2]

    def show_draft(self, marked: str | None) -> None:
        """Show what the draft says now, with that rule under the cursor."""
        self._take_table(self.console.table_in_view)
        for place, item in enumerate(self._items):
            if isinstance(item, Rule) and item.id == marked:
                self._view("rules").cursor = place

    def marked_rule(self) -> Rule | None:
        """Return the rule under the cursor."""
        item = self._marked_item
        if self.query_one(TabbedContent).active == PROBLEMS_PANE:
            item = self.rule_of_problem()
        return item if isinstance(item, Rule) else None

    def _show_rules(self, table_in_view: TableInView) -> None:
        table = self.shown_table
        rules, head = self._view("rules"), self._view("rules-heading")
        frame = self.query_one("#rules-list")
        if table is None:
            self._items = []
            head.set_lines([])
            rules.set_lines(_absence(table_in_view))
            frame.border_title = frame.border_subtitle = ""
            self._view("rule-detail").set_lines([line(("Nothing to show.", QUIET))])
            return
        self._items = items_of(table)
        head.set_lines([heading(Columns.of(table))])
        rules.set_lines(table_rows(table, self._hits))
        version = f"  version {table.version}"
        frame.border_title = (
            say(
                (table.name, "bold"),
                (f"  {self.draft_words}", "bold $outcome-degraded"),
                (FILE_CHANGED if self.is_behind_file else "", "$outcome-degraded"),
            )
            if self.has_draft
            else say((table.name, "bold"), (version, QUIET))
        )
        frame.border_subtitle = summary(table, self._hits)
        self._show_detail()

    def _show_routes(self, table_in_view: TableInView) -> None:
        table = self.shown_table
        lines, entries = (_absence(table_in_view), []) if table is None else entry_items(table)
        self.query_one("#routes", EntryList).show(lines, entries)
        tab = self.query_one(TabbedContent).get_tab(PANES[1])
        tab.label = Content("Routes" if table is None else f"Routes {len(table.routes)}")
        tab = self.query_one(TabbedContent).get_tab(PANES[0])
        tab.label = Content("Rules" if table is None else f"Rules {len(table.rules)}")

    def marked_entry(self) -> Entry | None:
        """Return what is marked among the routes, where they are in front."""
        if self.query_one(TabbedContent).active != PANES[1]:
            return None
        return self.query_one("#routes", EntryList).marked

    def _show_rule(self, rule_id: str | None) -> None:
        """Mark the rule that another place asked to see."""
        self._show_item(lambda item: isinstance(item, Rule) and item.id == rule_id)

    def _show_task(self, task: str | None) -> None:
        """Mark the default of the task that another place asked to see."""
        self._show_item(lambda item: task is not None and item == task)

    def _show_item(self, is_meant: Callable[[Item], bool]) -> None:
        for place, item in enumerate(self._items):
            if is_meant(item):
                self.query_one(TabbedContent).active = PANES[0]
                self._view("rules").cursor = place

    # The marked row

    @property
    def _marked_item(self) -> Item:
        cursor = self._view("rules").cursor
        return self._items[cursor] if cursor is not None and cursor < len(self._items) else None

    @on(LineView.Moved, "#rules")
    def _show_detail(self) -> None:
        """Tell everything of the marked row."""
        table_in_view, table = self.console.table_in_view, self.shown_table
        if table is None or not self._items:
            return
        loaded = None if table_in_view.is_behind_its_file else table_in_view.loaded
        if self.draft is not None and self.has_draft:
            loaded = self.draft.loaded if self.draft.loaded.table is not None else None
        item = self._marked_item
        if isinstance(item, Rule) and item not in table.rules:
            return
        what = "draft" if self.has_draft else "file"
        self._view("rule-detail").set_lines(detail_lines(item, table, loaded, self._hits, what))

    @on(LineView.Opened, "#rules")
    def action_show_detail(self) -> None:
        """Go to the detail; where there is no room for it, in the place of the list."""
        if self._items:
            self.add_class("-detail")
            self._view("rule-detail").focus()

    def action_back(self) -> None:
        """Go back to the list."""
        self.remove_class("-detail")
        self._view("rules").focus()

    def action_copy(self) -> None:
        """Copy the detail, or what else is in front."""
        active = self.query_one(TabbedContent).active
        name = {PANES[0]: "rule-detail"}.get(active, active.removesuffix("-pane"))
        self.console.copy(self._view(name).plain_text + "\n", "What is shown")

    def action_turn_pane(self, by: int) -> None:
        """Turn to another of the three panes."""
        tabs = self.query_one(TabbedContent)
        place = PANES.index(tabs.active) if tabs.active in PANES else 0
        tabs.active = PANES[(place + by) % len(PANES)]

    @on(TabbedContent.TabActivated)
    def _focus_pane(self, event: TabbedContent.TabActivated) -> None:
        """Let the keys move in what is now in front; a pane that is passed by takes no focus.

        Focus in a pane brings it to the front: given late, it would turn back what was turned on.
        """
        if event.pane.id != self.query_one(TabbedContent).active:
            return
        self._view((event.pane.id or PANES[0]).removesuffix("-pane")).focus()

    async def action_preview(self) -> None:
        """Open Preview on the marked rule."""
        from console.ui.screens.preview import PreviewScreen

        item = self._marked_item
        table = self.console.table_in_view.table
        await self.console.switch_mode("preview")
        screen = self.console.screen
        if (
            isinstance(screen, PreviewScreen)
            and isinstance(item, Rule)
            and table
            and item in table.rules
        ):
            screen.look_at(table.rules.index(item) + 1)

    # Live hits

    def _count_hits(self) -> None:
        if self.is_current and not self._is_counting and self.console.log_path is not None:
            self._is_counting = True
            self._count_hits_in_thread()

    @work(thread=True, group="rules.hits", exit_on_error=False)
    def _count_hits_in_thread(self) -> None:
        since = time.time() - WINDOW_S
        try:
            hits = RuleHits(self.console.log_queries.ask(lambda log: log.rule_hits(since)), True)
        except LogProblem:
            hits = RuleHits()
        finally:
            self._is_counting = False
        if not get_current_worker().is_cancelled:
            self.post_message(self.HitsCounted(hits))

    @on(HitsCounted)
    def _take_hits(self, event: HitsCounted) -> None:
        table = self.shown_table
        if event.hits == self._hits or table is None:
            return
        self._hits = event.hits
        self._view("rules").set_lines(table_rows(table, self._hits), follow=False)
        self.query_one("#rules-list").border_subtitle = summary(table, self._hits)
        self._show_detail()


def _absence(table_in_view: TableInView) -> list[Line]:
    """Say why there is no table, and what to do."""
    if table_in_view.path is None:
        words = "No table was given. Start with --table policies/NAME.yaml to see one."
    elif table_in_view.unreadable is not None:
        words = table_in_view.unreadable
    elif table_in_view.loaded is None:
        words = "Reading the table …"
    else:
        words = "The file has errors, so there is no table to show. Press ] for its problems."
    return [line((words, "$outcome-degraded"))]
