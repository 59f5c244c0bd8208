"""What Traffic asks the log for: pages of the list, and one request in detail.

Each is read by a thread worker in a group of its own and comes back to the screen as a message, or
as `ReadFailed`. A page that was overtaken by another is dropped; of requests wanted while one is
being read, only the last is read.
"""

import threading
from dataclasses import dataclass
from typing import Literal

from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.ui.log_feed import WINDOW
from console.ui.log_queries import LogQueries
from console.ui.request_story import RequestStory, VersionRouters, read_story
from console.ui.traffic_window import PAGE, Page, TrafficWindow


@dataclass
class PageRead(Message, bubble=False):
    """A page of the log; `arrived` is what the window said when it was asked for."""

    page: Page
    rows: list[RequestRow]
    arrived: int


@dataclass
class StoryRead(Message, bubble=False):
    """A request in detail; None where the log does not have it any more."""

    request_id: str
    story: RequestStory | None


@dataclass
class ReadFailed(Message, bubble=False):
    """The log could not be read; `problem` is None where the console is just being left."""

    wanted: Page | Literal["story"]
    problem: LogProblem | None


class TrafficReads:
    """Reads for one screen, and tells it what was found."""

    def __init__(self, screen: Screen[None], queries: LogQueries) -> None:
        self._screen = screen
        self._queries = queries
        self._routers = VersionRouters()
        self._page: Page | None = None
        self._lock = threading.Lock()
        self._story_wanted: str | None = None

    @property
    def page_under_way(self) -> bool:
        """Whether a page is being read, or its message not taken yet."""
        return self._page is not None

    @property
    def is_reading(self) -> bool:
        """Whether anything is being read."""
        return self.page_under_way or self._story_wanted is not None

    def page(self, page: Page, window: TrafficWindow) -> None:
        """Ask for a page beside what the window holds, or from an end of the log."""
        self._page = page
        edge, arrived = window.edge(page), window.arrived

        def read() -> None:
            worker = get_current_worker()
            found = self._found_page(page, edge, arrived)
            if not worker.is_cancelled:
                self._screen.post_message(found)

        self._screen.run_worker(
            read, group="page", exclusive=True, exit_on_error=False, thread=True
        )

    def page_was_taken(self) -> None:
        """Let the next page be asked for."""
        self._page = None

    def story(self, request_id: str) -> None:
        """Ask for a request in detail."""
        with self._lock:
            idle, self._story_wanted = self._story_wanted is None, request_id
        if idle:
            self._screen.run_worker(
                self._read_stories, group="story", exit_on_error=False, thread=True
            )

    def _found_page(self, page: Page, edge: int, arrived: int) -> Message:
        def question(reader: LogReader) -> list[RequestRow]:
            if page == "before":
                return reader.before(edge, PAGE)
            if page == "newest":
                return reader.newest(WINDOW)
            return reader.after(edge, PAGE if page == "after" else WINDOW)

        try:
            return PageRead(page, self._queries.ask(question), arrived)
        except LogProblem as problem:
            return ReadFailed(page, problem)
        except ReadInterrupted:
            return ReadFailed(page, None)

    def _read_stories(self) -> None:
        """Read until what was read is what is still wanted."""
        while (wanted := self._story_wanted) is not None:
            found = self._found_story(wanted)
            with self._lock:
                if self._story_wanted == wanted:
                    self._story_wanted = None
                    self._screen.post_message(found)

    def _found_story(self, request_id: str) -> Message:
        try:
            story = self._queries.ask(lambda reader: read_story(reader, request_id, self._routers))
        except LogProblem as problem:
            return ReadFailed("story", problem)
        except ReadInterrupted:
            return ReadFailed("story", None)
        return StoryRead(request_id, story)
