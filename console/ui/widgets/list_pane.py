"""The pane of the list: its title, the filter, the column titles, the list, or why there is none.

It keeps the window over the log filled: with what arrives, with pages where the cursor nears an
end, and with what a filter selects. What is shown of one request is the screen's matter.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from console.traffic.pages import Direction
from console.ui.app import ConsoleApp
from console.ui.log_feed import LogNews
from console.ui.page_reads import (
    NothingFound,
    PageFailed,
    PageRead,
    PageReads,
    Searching,
    Settled,
)
from console.ui.traffic_columns import heading
from console.ui.traffic_filter import TrafficFilter, filter_of
from console.ui.traffic_window import TrafficWindow, seq_of
from console.ui.widgets.list_state import nothing_listed, words_of_search
from console.ui.widgets.list_title import ListTitle, NewRows
from console.ui.widgets.log_trouble import LogTrouble
from console.ui.widgets.traffic_list import TrafficList

if TYPE_CHECKING:
    from console.ui.widgets.filter_bar import FilterBar


class Heading(Static):
    """The column titles, for the width there is."""

    def on_resize(self) -> None:
        """Other columns fit now."""
        choice = cast(ConsoleApp, self.app).column_choice.chosen
        self.update(heading(self.size.width, choice))


class ListPane(Vertical):
    """The traffic list with all that stands around it, and what keeps it filled."""

    @dataclass
    class Changed(Message):
        """Another request is under the cursor, or the list follows or is paused now."""

    def __init__(self, window: TrafficWindow, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._window = window
        self.filter = TrafficFilter()
        """What is selected, and how that was asked for."""
        self._search = ""
        self._reads = PageReads(self, self._owner.log_queries)

    def compose(self) -> ComposeResult:
        """Title, column titles, the list or the trouble in its place; the filter comes later."""
        yield ListTitle(id="list-title")
        yield Heading(id="list-heading")
        yield TrafficList(self._window, id="traffic-list")
        yield LogTrouble(id="log-trouble")

    @property
    def _owner(self) -> ConsoleApp:
        return cast(ConsoleApp, self.app)

    @property
    def list(self) -> TrafficList:
        """The list itself."""
        return self.query_one(TrafficList)

    @property
    def is_reading(self) -> bool:
        """Whether anything is being read from the log."""
        return self._reads.is_reading

    # What the app learns

    def take_news(self, news: LogNews) -> None:
        """Bring the list up to what the log brought."""
        window = self._window
        if news.restarted and self.filter.selection is not None:
            self._begin_anew()
        elif news.restarted:
            window.restart(news.new_rows)
            self.list.window_changed()
        elif self.filter.selection is not None:
            self._take_selected_news(news)
        else:
            if news.arrived:
                window.arrive(news.new_rows, news.arrived)
                if window.following:
                    self.list.window_changed()
            self.list.rows_changed(window.amend(news.changed_rows))
        self.list.tick(time.time())
        self.show_state()

    def _take_selected_news(self, news: LogNews) -> None:
        if news.arrived > len(news.new_rows) and self._window.following:
            self._reads.page("newest", self._window)
            return
        seqs = [seq_of(row) for row in (*news.new_rows, *news.changed_rows)]
        if seqs:
            self._reads.settle(seqs)

    @on(Settled)
    def _take_settled(self, event: Settled) -> None:
        if event.selection is self.filter.selection:
            self.list.change_window(lambda: self._window.settle(event.asked, event.rows))
            self._watch_in_flight()
            self.show_state()

    def show_state(self) -> None:
        """Bring the title, and what stands in place of the list, up to date."""
        news, window = self._owner.log_news, self._window
        empty, asked = not window.rows, self.filter.text
        trouble = news.problem.message if news.problem is not None and not empty else None
        has_log = self._owner.log_path is not None
        nothing = nothing_listed(has_log, news, asked, self._search)
        self.query_one(ListTitle).show(
            window,
            nothing.title,
            trouble,
            log_size=news.size,
            asked=asked,
            search=self._search,
        )
        self.set_class(empty, "-no-rows")
        if empty:
            self.query_one(LogTrouble).say(nothing.told)

    # Pages

    @on(TrafficList.Moved)
    def _moved(self) -> None:
        self.show_state()
        self.post_message(self.Changed())

    @on(TrafficList.PageWanted)
    def _more(self, event: TrafficList.PageWanted) -> None:
        if not self._reads.page_under_way:
            self._reads.page(event.direction, self._window)

    @on(TrafficList.OldestWanted)
    def _to_oldest(self) -> None:
        self._reads.page("oldest", self._window)

    @on(TrafficList.FollowWanted)
    @on(NewRows.FollowWanted)
    def follow(self) -> None:
        """Go on from the newest request."""
        self._window.resume()
        self.list.window_changed()
        self.show_state()
        self._reads.page("newest", self._window)

    @on(PageRead)
    def _take_page(self, event: PageRead) -> None:
        if event.is_last:
            self._reads.page_was_taken()
            self._search = "" if event.is_whole else "search stopped"
        moved_down = self._window.take(
            event.page, event.rows, event.arrived, around=event.around, is_whole=event.is_whole
        )
        if moved_down is not None:
            self.list.window_changed(moved_down, centred=event.page == "around")
            self._watch_in_flight()
            self._moved()
        self.show_state()

    @on(Searching)
    def _take_search(self, event: Searching) -> None:
        self._search = words_of_search(event.reached, self._owner.log_news.size)
        self.show_state()

    @on(NothingFound)
    @on(PageFailed)
    def _no_page(self, event: NothingFound | PageFailed) -> None:
        self._reads.page_was_taken()
        self._search = ""
        if isinstance(event, NothingFound):
            self._owner.tell(f"There is no {event.wanted}.")
        elif event.problem is not None:
            if event.page == "newest":
                self._window.pause()
            self._owner.tell(event.problem.message, "warning")
        self.show_state()

    def _watch_in_flight(self) -> None:
        in_flight = (row for row in self._window.rows if row.status == "in_flight")
        self._owner.watch_in_flight(map(seq_of, in_flight))

    # What is looked for

    async def _filter_bar(self) -> "FilterBar":
        """Return the bar; it is made, and what it stands on imported, when it is wanted first."""
        from console.ui.widgets.filter_bar import FilterBar

        if not self.query(FilterBar):
            app = self._owner
            bar = FilterBar(
                app.filter_history, app.saved_filters(), app.log_queries, id="filter-bar"
            )
            await self.mount(bar, before="#list-heading")
        return self.query_one(FilterBar)

    async def begin_filter(self) -> None:
        """Let a filter be typed."""
        (await self._filter_bar()).begin()

    async def on_filter_bar_asked(self, event: "FilterBar.Asked") -> None:
        """Show what was asked for."""
        await self.apply_filter(event.text)
        if event.told:
            self._owner.tell(event.told)
        self.list.focus()

    def on_filter_bar_left(self) -> None:
        """Go on as it was."""
        self.list.focus()

    async def apply_filter(self, text: str) -> None:
        """Show what a filter selects; an empty one selects everything. Raises FilterProblem."""
        self.filter = filter_of(text, time.time())
        (await self._filter_bar()).show_applied(self.filter.text)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._reads.select(self.filter.selection)
        self._window.clear(is_filtered=self.filter.selection is not None)
        self._search = ""
        self.list.window_changed()
        self._reads.page("newest", self._window)
        self._moved()

    async def step_back(self) -> None:
        """Stop a search, or else show everything again."""
        if self._search and self._reads.give_up():
            return
        if self.filter.selection is not None:
            await self.apply_filter("")

    def jump_to(self, where: float | int | Direction) -> None:
        """Show the requests around a moment (Unix seconds), a number, or the next that failed."""
        row = self._window.cursor_row
        self._window.pause()
        if isinstance(where, int):
            self._reads.page_around(where)
        elif isinstance(where, float):
            self._reads.page_at(where)
        elif row is not None:
            words = "later error" if where == "after" else "earlier error"
            self._reads.page_of_next(where, seq_of(row), self.filter.errors, words)
