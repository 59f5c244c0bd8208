"""Traffic: live requests, and for any of them why it went where it went."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from console.traffic.records import RequestRow
from console.ui.log_feed import LogNews
from console.ui.screens.list_screen import ListScreen
from console.ui.story_reads import StoryFailed, StoryRead
from console.ui.traffic_window import TrafficWindow
from console.ui.widgets.list_pane import ListPane
from console.ui.widgets.request_detail import RequestDetail
from console.ui.widgets.traffic_list import TrafficList


class TrafficScreen(ListScreen):
    """The list on the left, a request in detail beside it, or in its place where it is narrow."""

    CSS_PATH = "traffic.tcss"
    AUTO_FOCUS = "TrafficList"
    HELP_TITLE = "Traffic"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "m",
            "mark",
            "Mark",
            show=False,
            id="traffic.mark",
            tooltip="Mark the request for the incident bundle",
        ),
        Binding(
            "b",
            "bundle",
            "Bundle",
            show=False,
            id="traffic.bundle",
            tooltip="Write the marked requests and what stood around them into files",
        ),
        Binding(
            "escape",
            "step_back",
            "Back",
            show=False,
            id="traffic.back",
            tooltip="Close the detail, stop a search, or show everything again",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.window = TrafficWindow()
        """What the list shows; a plain object that also takes news while another place is open."""
        self._detail_of: str | None = None
        self._was_following = True

    def compose_body(self) -> ComposeResult:
        """The list; the detail comes beside it when it is opened first."""
        with Horizontal(id="traffic"):
            yield ListPane(self.window, id="list-pane")

    def on_mount(self) -> None:
        """Watch what the app learns of the table and the log."""
        self.watch(self.app, "table_in_view", self._table_changed, init=False)
        self.watch(self.app, "log_news", self._take_news, init=False)
        self.watch(self.app, "filter_to_show", self._show_filter)
        self.surround()
        self.pane.show_state()

    async def _show_filter(self, text: str | None) -> None:
        """Show what another place asked to see."""
        if text is not None:
            self.close_detail()
            await self.pane.apply_filter(text)

    @property
    def _detail(self) -> RequestDetail | None:
        """The detail pane; it is made when it is opened first."""
        return next(iter(self.query(RequestDetail)), None)

    @property
    def is_reading(self) -> bool:
        """Whether a page or a request is being read from the log."""
        return self._reads.is_reading or self.pane.is_reading

    # What the app learns

    def _table_changed(self) -> None:
        self.surround()
        self._show_story()

    def _take_news(self, news: LogNews) -> None:
        if news.restarted:
            self.close_detail()
            self._was_following = True
            self.refresh_bindings()
        self.pane.take_news(news)
        story = self._story
        if story is not None and story.row.status == "in_flight":
            self._reads.story(story.row.request_id)

    @on(ListPane.Changed)
    def _list_changed(self) -> None:
        if self._was_following != self.window.following:
            self._was_following = self.window.following
            self.refresh_bindings()
        row = self.window.cursor_row
        beside = self.has_class("-detail") and self.has_class("-wide")
        if beside and row is not None and not self.window.following:
            self._read_detail_of(row.request_id)

    async def action_step_back(self) -> None:
        """Close the detail; else stop a search; else show everything again."""
        if self.has_class("-detail"):
            self.close_detail()
        else:
            await self.pane.step_back()

    # One request

    @on(TrafficList.Opened)
    async def _open(self, event: TrafficList.Opened) -> None:
        detail = self._detail
        if detail is None:
            detail = RequestDetail(id="detail")
            await self.query_one("#traffic").mount(detail)
        self.add_class("-detail")
        self._read_detail_of(event.request_id)
        if not self.has_class("-wide"):
            detail.focus_parts()

    # What was read

    @on(StoryRead)
    def _take_story(self, event: StoryRead) -> None:
        if event.request_id != self._detail_of:
            return
        self._story = event.story
        self._show_story()
        if event.story is None and (detail := self._detail) is not None:
            detail.show_nothing("This request is no longer in the log.")

    @on(StoryFailed)
    def _story_failed(self, event: StoryFailed) -> None:
        if event.problem is None:
            return
        detail = self._detail
        if detail is not None and self._story is None:
            detail.show_nothing(event.problem.message)
        else:
            self.console.tell(event.problem.message, "warning")

    def _show_story(self) -> None:
        detail = self._detail
        if detail is not None and self._story is not None:
            view = self.console.table_in_view
            detail.show(self._story, view.route_index, view.version)

    def _read_detail_of(self, request_id: str) -> None:
        self._detail_of = request_id
        self._reads.story(request_id)

    @on(RequestDetail.OtherWanted)
    def _open_other(self, event: RequestDetail.OtherWanted) -> None:
        self.pane.list.action_move(event.rows)
        if (row := self.window.cursor_row) is not None:
            self._read_detail_of(row.request_id)

    @on(RequestDetail.Closed)
    def close_detail(self) -> None:
        """Close the detail pane; the list stays where it was."""
        self._detail_of = self._story = None
        if self.has_class("-detail"):
            self.remove_class("-detail")
            self.pane.list.focus()

    def row_meant(self) -> RequestRow | None:
        """Return the request in detail, else the one under the cursor."""
        story = self._story
        is_in_detail = story is not None and story.row.request_id == self._detail_of
        return story.row if story is not None and is_in_detail else self.window.cursor_row

    def hold_still(self) -> None:
        """Pause the list, so that the cursor stays where it is."""
        self.window.pause()
        self.pane.show_state()

    def action_mark(self) -> None:
        """Mark the request for the incident bundle, or no longer."""
        row = self.row_meant()
        if row is not None:
            self.hold_still()
            self.window.toggle_mark(row.request_id)
            self.pane.list.window_changed()
            self.pane.show_state()

    def action_bundle(self) -> None:
        """Write the marked requests, with what stood around them, into files."""
        row = self.row_meant()
        ids = list(self.window.marked) or ([row.request_id] if row is not None else [])
        if not ids:
            self.console.tell("There is no request to write a bundle of.", "warning")
        else:
            from console.ui.outward import write_bundle

            write_bundle(self.console, ids)
