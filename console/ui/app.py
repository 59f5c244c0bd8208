"""The console as a whole: its places, its keys, its theme, and what every screen may reach.

The app owns two daemon threads, one looking at the table's files and one at the log. Both only post
messages; what they bring becomes the two attributes that screens watch: `table_in_view` and
`log_news`.
"""

import gc
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.screen import Screen

from console.inert import inert
from console.routing.facts import Facts
from console.routing.router import Router
from console.ui import theme
from console.ui.column_choice import ColumnChoice
from console.ui.filter_history import FilterHistory
from console.ui.log_feed import LogFeed, LogMoved, LogNews
from console.ui.log_queries import LogQueries
from console.ui.places import PLACES, table_commands
from console.ui.table_watch import TableChanged, TableInView, TableWatch

if TYPE_CHECKING:
    from console.ui.draft_in_view import DraftInView
    from console.ui.saved_filters import SavedFilters
    from console.ui.settings import Settings


_SCREENS = Binding.Group("Screens", compact=True)


class ConsoleApp(App[int]):
    """The operations console on one table and one log; either may be missing or broken."""

    TITLE = "route-console"
    CSS_PATH = "app.tcss"
    MODES: ClassVar = PLACES
    DEFAULT_MODE = "traffic"
    COMMANDS = App.COMMANDS | {table_commands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - typed so above

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "1",
            "switch_mode('traffic')",
            "Traffic",
            group=_SCREENS,
            id="go.traffic",
            tooltip="Live requests, and why each went where it went",
        ),
        Binding(
            "2",
            "switch_mode('routes')",
            "Routes",
            group=_SCREENS,
            id="go.routes",
            tooltip="How each route fares, against the time before",
        ),
        Binding(
            "3",
            "switch_mode('rules')",
            "Rules",
            group=_SCREENS,
            id="go.rules",
            tooltip="The table in order, with its problems",
        ),
        Binding(
            "4",
            "switch_mode('preview')",
            "Preview",
            group=_SCREENS,
            id="go.preview",
            tooltip="Where a prompt would go, and why",
        ),
        Binding(
            "5",
            "switch_mode('tests')",
            "Tests",
            group=_SCREENS,
            id="go.tests",
            tooltip="The table's tests, and what they cover",
        ),
        Binding(
            "6",
            "switch_mode('history')",
            "History",
            group=_SCREENS,
            id="go.history",
            tooltip="The versions of the table, and the way back",
        ),
        Binding(
            "question_mark,f1", "help", "Help", id="app.help", tooltip="The keys of where you are"
        ),
        Binding(
            "colon,ctrl+p",
            "command_palette",
            "Commands",
            show=False,
            id="app.commands",
            tooltip="Find a command by name",
        ),
        Binding(
            "ctrl+o",
            "jump",
            "Jump",
            show=False,
            id="app.jump",
            tooltip="A letter on every pane and field: typing one goes there",
        ),
        Binding(
            "T",
            "next_theme",
            "Theme",
            show=False,
            id="app.theme",
            tooltip="Dark, light, or the terminal's own colours",
        ),
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave the console"),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            id="app.suspend",
            tooltip="Back to the shell; fg brings the console back",
        ),
    ]

    table_in_view: var[TableInView] = var(TableInView)
    """The table, its router and its problems; a new object whenever something about it changed."""

    log_news: var[LogNews] = var(LogNews)
    """What the log last brought: rows, rates, gateways, or why it cannot be read."""

    request_to_preview: var[tuple[Facts, str | None] | None] = var(None)
    """The facts last asked to be previewed, and the id of the request they came from."""

    filter_to_show: var[str | None] = var(None, always_update=True)
    """The filter that Traffic was last asked to show from elsewhere."""

    draft_in_view: var["DraftInView | None"] = var(None)
    """What Rules has under edit; None where there is no draft."""

    rule_to_draft: var[Facts | None] = var(None, always_update=True)
    """Facts of a request that Rules is to draft a rule for, once."""

    rule_to_show: var[str | None] = var(None, always_update=True)
    """The rule that Rules was last asked to show from elsewhere."""

    task_to_show: var[str | None] = var(None, always_update=True)
    """The task whose default Rules was last asked to show from elsewhere."""

    def __init__(
        self,
        table_path: Path | None,
        log_path: Path | None,
        *,
        notice: str | None = None,
        state_folder: Path | None = None,
        config_file: Path | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__()
        self.is_read_only = read_only
        """Whether whoever sits here may look and not touch."""
        self._config_file = config_file
        self._settings: Settings | None = None
        self.state_folder = state_folder
        """Where the console keeps what outlives it; None: nowhere."""
        history = state_folder / "filters.json" if state_folder is not None else None
        self.filter_history = FilterHistory(history)
        self.column_choice = ColumnChoice(
            state_folder / "columns.json" if state_folder is not None else None
        )
        self.draft_is_known = False
        """Whether `draft_in_view` tells of a draft kept by an earlier session, too."""
        self.table_path = table_path
        self.log_path = log_path
        self.log_queries = LogQueries(log_path)
        self._notice = notice
        self._table_watch = TableWatch(table_path, self)
        self._log_feed = LogFeed(log_path, self)
        self.set_reactive(ConsoleApp.table_in_view, TableInView(table_path))
        self.animation_level = "none"
        for own in theme.THEMES:
            self.register_theme(own)
        chosen = self._settle()
        wanted = os.environ.get("TEXTUAL_THEME", chosen)
        self.theme = wanted if wanted in self.available_themes else theme.DARK

    def _settle(self) -> str:
        """Take the reader's own keys, and return the theme; mistakes are told once there is time.

        The file is rarely there, and then nothing is imported for it.
        """
        if self._config_file is None or not self._config_file.exists():
            return theme.DARK
        from console.ui.settings import read_settings

        settings = read_settings(self._config_file)
        self.set_keymap(settings.keymap)
        self._settings = settings
        return settings.theme or theme.DARK

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every theme, also one of Textual's own, the named colours of the console."""
        return theme.variables_on(self.current_theme)

    def on_load(self) -> None:
        """Have the log read while the first frame is made."""
        self._log_feed.start()

    def on_mount(self) -> None:
        """Have the table read once there is a frame: rows do not wait for a large table."""
        self.call_after_refresh(self._begun)
        if self._notice:
            self.tell(self._notice, "warning")

    def _begun(self) -> None:
        self._table_watch.start()
        if self._settings is not None:
            self.run_worker(self._check_settings, group="settings", thread=True)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()

    def _check_settings(self) -> None:
        """Tell what is wrong with the reader's own settings, from a thread of its own."""
        from console.ui.known_keys import key_problems

        assert self._settings is not None
        for problem in (*self._settings.problems, *key_problems(self._settings)):
            self.call_from_thread(self.tell, f"{problem.sentence} {problem.hint}", "warning")

    def on_unmount(self) -> None:
        """Let go of the threads without waiting for any of them."""
        self._table_watch.stop()
        self._log_feed.stop()
        self.log_queries.close()

    @on(TableChanged)
    def _take_table(self, event: TableChanged) -> None:
        self.table_in_view = event.table_in_view

    @on(LogMoved)
    def _take_news(self) -> None:
        self.log_news = self._log_feed.take()

    def watch_in_flight(self, seqs: Iterable[int]) -> None:
        """Have `log_news` tell, too, when these requests end."""
        self._log_feed.watch_also(seqs)

    def look_at_table_again(self) -> None:
        """Read the table now instead of at the next turn, as after a save."""
        self._table_watch.look_now()

    def preview_request(self, facts: Facts, request_id: str | None = None) -> None:
        """Open facts in Preview; `request_id` names the request they were taken from."""
        self.request_to_preview = (facts, request_id)
        self.switch_mode("preview")

    def show_traffic(self, filter_text: str) -> None:
        """Open Traffic on the requests of a filter."""
        self.filter_to_show = filter_text
        self.switch_mode("traffic")

    def show_rule(self, rule_id: str) -> None:
        """Open Rules on one rule."""
        self.rule_to_show = rule_id
        self.switch_mode("rules")

    def refuses_to_change(self) -> bool:
        """Return whether this console may only look, and say so where it may."""
        if self.is_read_only:
            self.tell("This console is read-only: nothing can be changed from here.", "warning")
        return self.is_read_only

    def act(self, what: str = "") -> None:
        """Ask for an override; `what` is what it may do, such as `provider:acorn`."""
        if self.refuses_to_change():
            return
        from console.ui.act_dialog import ActDialog

        self.push_screen(ActDialog(what))

    def saved_filters(self) -> "SavedFilters":
        """Return the filters that were kept under a name, as they are in the file now."""
        from console.ui.saved_filters import SavedFilters

        folder = self.state_folder
        return SavedFilters(folder / "saved-filters.json" if folder is not None else None)

    def make_test(self, facts: Facts, rollout_bucket: int | None = None) -> None:
        """Ask for a test of the table that is of these facts."""
        if self.refuses_to_change():
            return
        from console.ui.test_dialog import TestDialog
        from console.ui.test_document import TestDocument

        router = self.table_in_view.router
        if router is not None and router.overrides:
            # Tests are of the table alone: an emergency does not change what they expect.
            router = Router(router.table)
        document = TestDocument.of_request(facts, router, rollout_bucket)
        self.push_screen(TestDialog(document, router))

    def tell(self, sentence: str, severity: SeverityLevel = "information") -> None:
        """Show a short message; the sentence may quote foreign text."""
        self.notify(inert(sentence, limit=400), severity=severity, markup=False)

    def copy(self, text: str, what: str) -> None:
        """Copy `text` out, and say where it really went."""
        from console.ui.outward import copy

        copy(self, text, what)

    def action_next_theme(self) -> None:
        """Step to the next theme of the cycle."""
        cycle = theme.THEME_CYCLE
        place = cycle.index(self.theme) if self.theme in cycle else -1
        self.theme = cycle[(place + 1) % len(cycle)]
        self.tell(f"theme: {self.theme}")

    def action_help(self) -> None:
        """Show the keys of the screen in front, unless they are shown already."""
        from console.ui.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    @work
    async def action_jump(self) -> None:
        """Put a letter on every pane and field in view, and go where one says."""
        from console.ui.jump import JumpScreen, places_on

        below = self.screen
        chosen = await self.push_screen_wait(JumpScreen(places_on(below)))
        if chosen is not None:
            below.set_focus(chosen)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer the commands of the console by name."""
        from console.ui.commands import commands_of

        yield from commands_of(self, screen)
