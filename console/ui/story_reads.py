"""Requests in detail, read from the log by a thread worker for the screen that shows them.

Of requests wanted while one is being read, only the last is read.
"""

import threading
from dataclasses import dataclass

from textual.message import Message
from textual.screen import Screen

from console.traffic.problem import LogProblem, ReadInterrupted
from console.ui.log_queries import LogQueries
from console.whatif.request_story import RequestStory, VersionRouters, read_story


@dataclass
class StoryRead(Message, bubble=False):
    """A request in detail; None where the log does not have it any more."""

    request_id: str
    story: RequestStory | None


@dataclass
class StoryFailed(Message, bubble=False):
    """The log could not be read; `problem` is None where the console is just being left."""

    problem: LogProblem | None


class StoryReads:
    """Reads for one screen, and tells it what was found."""

    def __init__(self, screen: Screen[None], queries: LogQueries) -> None:
        self._screen = screen
        self._queries = queries
        self._routers = VersionRouters()
        self._lock = threading.Lock()
        self._wanted: str | None = None

    @property
    def is_reading(self) -> bool:
        """Whether a request is being read."""
        return self._wanted is not None

    def story(self, request_id: str) -> None:
        """Ask for a request in detail."""
        with self._lock:
            idle, self._wanted = self._wanted is None, request_id
        if idle:
            self._screen.run_worker(self._read_all, group="story", exit_on_error=False, thread=True)

    def _read_all(self) -> None:
        """Read until what was read is what is still wanted."""
        while (wanted := self._wanted) is not None:
            found = self._found(wanted)
            with self._lock:
                if self._wanted == wanted:
                    self._wanted = None
                    self._screen.post_message(found)

    def _found(self, request_id: str) -> Message:
        try:
            story = self._queries.ask(lambda reader: read_story(reader, request_id, self._routers))
        except LogProblem as problem:
            return StoryFailed(problem)
        except ReadInterrupted:
            return StoryFailed(None)
        return StoryRead(request_id, story)
