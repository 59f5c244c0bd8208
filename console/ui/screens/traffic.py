"""Traffic: live requests, and for any of them why it went where it went."""

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from console.ui.console_screen import ConsoleScreen
from console.ui.log_feed import LogNews
from console.ui.request_story import RequestStory
from console.ui.traffic_columns import Surroundings
from console.ui.traffic_reads import PageRead, ReadFailed, StoryRead, TrafficReads
from console.ui.traffic_window import TrafficWindow, seq_of
from console.ui.widgets.list_pane import ListPane
from console.ui.widgets.list_title import NewRows
from console.ui.widgets.request_detail import RequestDetail
from console.ui.widgets.traffic_list import TrafficList


class TrafficScreen(ConsoleScreen):
    """The list on the left, a request in detail beside it, or in its place where it is narrow."""

    CSS_PATH = "traffic.tcss"
    AUTO_FOCUS = "TrafficList"
    HELP_TITLE = "Traffic"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p", "preview", "Preview", id="traffic.preview", tooltip="Open the request in Preview"
        ),
        Binding(
            "y", "copy_id", "Copy id", id="traffic.copy", tooltip="Copy the request's id (OSC 52)"
        ),
        Binding("escape", "close_detail", "Close", show=False, id="traffic.close"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.window = TrafficWindow()
        """What the list shows; a plain object that also takes news while another place is open."""
        self._reads = TrafficReads(self, self.console.log_queries)
        self._story: RequestStory | None = None
        self._detail_of: str | None = None
        self._preview_when_read = False
        self._was_following = True

    def compose_body(self) -> ComposeResult:
        """The list; the detail comes beside it when it is opened first."""
        with Horizontal(id="traffic"):
            yield ListPane(self.window, id="list-pane")

    def on_mount(self) -> None:
        """Watch what the app learns of the table and the log."""
        self.watch(self.app, "table_in_view", self._table_changed, init=False)
        self.watch(self.app, "log_news", self._take_news, init=False)
        self._show_state()

    @property
    def _list(self) -> TrafficList:
        return self.query_one(TrafficList)

    @property
    def _detail(self) -> RequestDetail | None:
        """The detail pane; it is made when it is opened first."""
        return next(iter(self.query(RequestDetail)), None)

    @property
    def is_reading(self) -> bool:
        """Whether a page or a request is being read from the log."""
        return self._reads.is_reading

    # What the app learns

    def _table_changed(self) -> None:
        self._list.surround(Surroundings(time.time(), self.console.table_in_view.route_index))
        self._show_story()

    def _take_news(self, news: LogNews) -> None:
        traffic = self._list
        if news.restarted:
            self.window.restart(news.new_rows)
            self.action_close_detail()
            traffic.window_changed()
        elif news.arrived:
            self.window.arrive(news.new_rows, news.arrived)
            if self.window.following:
                traffic.window_changed()
        traffic.rows_changed(self.window.amend(news.changed_rows))
        traffic.tick(time.time())
        story = self._story
        if story is not None and story.row.status == "in_flight":
            self._reads.story(story.row.request_id)
        self._show_state()

    def _show_state(self) -> None:
        has_log = self.console.log_path is not None
        self.query_one(ListPane).show_state(has_log, self.console.log_news)
        if self._was_following != self.window.following:
            self._was_following = self.window.following
            self.refresh_bindings()

    # The list

    @on(TrafficList.Moved)
    def _moved(self) -> None:
        self._show_state()
        row = self.window.cursor_row
        beside = self.has_class("-detail") and self.has_class("-wide")
        if beside and row is not None and not self.window.following:
            self._read_detail_of(row.request_id)

    @on(TrafficList.PageWanted)
    def _more(self, event: TrafficList.PageWanted) -> None:
        if not self._reads.page_under_way:
            self._reads.page(event.direction, self.window)

    @on(TrafficList.OldestWanted)
    def _to_oldest(self) -> None:
        self._reads.page("oldest", self.window)

    @on(TrafficList.FollowWanted)
    @on(NewRows.FollowWanted)
    def _follow(self) -> None:
        self.window.resume()
        self._list.window_changed()
        self._show_state()
        self._reads.page("newest", self.window)

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

    @on(PageRead)
    def _take_page(self, event: PageRead) -> None:
        self._reads.page_was_taken()
        moved_down = self.window.take(event.page, event.rows, event.arrived)
        if moved_down is not None:
            self._list.window_changed(moved_down)
            in_flight = (row for row in self.window.rows if row.status == "in_flight")
            self.console.watch_in_flight(map(seq_of, in_flight))
            self._moved()

    @on(StoryRead)
    def _take_story(self, event: StoryRead) -> None:
        if self._preview_when_read:
            self._preview_when_read = False
            self._preview(event.story)
        if event.request_id != self._detail_of:
            return
        self._story = event.story
        self._show_story()
        if event.story is None and (detail := self._detail) is not None:
            detail.show_nothing("This request is no longer in the log.")

    @on(ReadFailed)
    def _read_failed(self, event: ReadFailed) -> None:
        detail = self._detail
        if event.wanted == "story":
            self._preview_when_read = False
        else:
            self._reads.page_was_taken()
        if event.problem is None:
            return
        if event.wanted == "newest":
            self.window.pause()
            self._show_state()
        if event.wanted == "story" and detail is not None and self._story is None:
            detail.show_nothing(event.problem.message)
        else:
            self.console.tell(event.problem.message, "warning")

    # The detail

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
        self._list.action_move(event.rows)
        if (row := self.window.cursor_row) is not None:
            self._read_detail_of(row.request_id)

    @on(RequestDetail.Closed)
    def action_close_detail(self) -> None:
        """Close the detail pane; the list stays where it was."""
        self._detail_of = self._story = None
        if self.has_class("-detail"):
            self.remove_class("-detail")
            self._list.focus()

    def action_copy_id(self) -> None:
        """Copy the id of the request in detail or under the cursor."""
        request_id = self._request_meant()
        if request_id is None:
            self.console.tell("There is no request to copy the id of.", "warning")
        else:
            self.console.copy(request_id, "request id")

    def action_preview(self) -> None:
        """Open the request in Preview; its facts are read first where they are not at hand."""
        story, wanted = self._story, self._request_meant()
        if wanted is None:
            self.console.tell("There is no request to preview.", "warning")
        elif story is not None and story.row.request_id == wanted:
            self._preview(story)
        else:
            self.window.pause()
            self._show_state()
            self._preview_when_read = True
            self._reads.story(wanted)

    def _request_meant(self) -> str | None:
        """Return the id of the request in detail, else of the one under the cursor."""
        row = self.window.cursor_row
        return self._detail_of or (row.request_id if row is not None else None)

    def _preview(self, story: RequestStory | None) -> None:
        if story is None or story.facts is None:
            self.console.tell("The facts of this request are not in the log.", "warning")
        else:
            self.console.preview_request(story.facts, story.row.request_id)
