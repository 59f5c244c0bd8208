"""The table the console looks at: read again whenever its file, or its overrides, change.

A table with errors never replaces a good one: the router stays that of the last good text, and the
problems are told beside it.
"""

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from textual.message import Message

from console.routing.router import Router
from console.table.file_stamp import Stamp, stamp_of
from console.table.load import Loaded, read_table
from console.table.model import Table
from console.table.overrides import LoadedOverrides, overrides_beside, read_overrides
from console.table.problems import Problem

LOOK_EVERY_S = 0.5
"""How often the files are looked at; only their size and times are asked for."""


@dataclass(frozen=True)
class TableInView:
    """What is known of the table in view. Immutable: a change is a new object."""

    path: Path | None = None
    """None: the console was started without a table."""
    loaded: Loaded | None = None
    """The file as last read, good or not; None until it could be read once."""
    overrides: LoadedOverrides | None = None
    router: Router | None = None
    """Of the last text without errors: what decides, until the file is mended."""
    unreadable: str | None = None
    """Why the file could not be read just now, in one sentence."""
    changed_at: float | None = None
    """When the text that is shown was first seen, in Unix seconds."""

    @property
    def table(self) -> Table | None:
        """The last table without errors."""
        return self.router.table if self.router is not None else None

    @property
    def name(self) -> str | None:
        """What to call the table: its name, else the name of its file."""
        if self.table is not None:
            return self.table.name
        return self.path.name if self.path is not None else None

    @property
    def version(self) -> str | None:
        """The version of the last table without errors."""
        return self.table.version if self.table is not None else None

    @property
    def problems(self) -> list[Problem]:
        """The problems of the file as it stands, then those of its overrides."""
        found = list(self.loaded.problems) if self.loaded is not None else []
        return found + (list(self.overrides.problems) if self.overrides is not None else [])

    @property
    def error_count(self) -> int:
        """How many of the problems keep something out of service."""
        return sum(problem.is_error for problem in self.problems)

    @property
    def is_behind_its_file(self) -> bool:
        """Whether the file holds a text with errors, so that an older one decides."""
        return self.loaded is not None and self.loaded.table is None

    def route_index(self, route: str | None) -> int | None:
        """Return the place of a route in the table, from 0; None if it is not in it."""
        if self.table is None or route not in self.table.routes:
            return None
        return list(self.table.routes).index(route)


@dataclass
class TableChanged(Message, bubble=False):
    """The table in view, its overrides or its problems are different now."""

    table_in_view: TableInView

    def can_replace(self, message: Message) -> bool:
        """Only the newest matters."""
        return isinstance(message, TableChanged)


class Audience(Protocol):
    """Whoever takes messages from another thread: the app."""

    def post_message(self, message: Message) -> bool:
        """Queue a message; safe from any thread."""
        ...


def look_again(before: TableInView, now: float) -> TableInView:
    """Return the table in view after reading its files; `before` itself when nothing differs."""
    if before.path is None:
        return before
    try:
        loaded = read_table(before.path)
        overrides = read_overrides(overrides_beside(before.path))
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        return replace(before, unreadable=f"The table cannot be read: {reason}.")
    if before.loaded is not None and loaded.text == before.loaded.text:
        loaded, changed_at = before.loaded, before.changed_at
    else:
        changed_at = now
    table = loaded.table if loaded.table is not None else before.table
    router = Router(table, overrides.overrides) if table is not None else None
    return TableInView(before.path, loaded, overrides, router, None, changed_at)


class TableWatch:
    """One daemon thread that looks at the files and tells the app when what they say changed."""

    def __init__(self, path: Path | None, audience: Audience) -> None:
        self._view = TableInView(path)
        self._audience = audience
        self._stopped = threading.Event()
        self._look_now = threading.Event()
        self._thread = threading.Thread(target=self._run, name="table-watch", daemon=True)

    def start(self) -> None:
        """Begin looking; the first `TableChanged` comes as soon as the file was read."""
        if self._view.path is not None:
            self._thread.start()

    def look_now(self) -> None:
        """Look at once instead of at the next turn, as after a save."""
        self._look_now.set()

    def stop(self) -> None:
        """Stop looking. Does not wait: a file system that hangs must not keep the console open."""
        self._stopped.set()
        self._look_now.set()

    def _run(self) -> None:
        assert self._view.path is not None
        files = (self._view.path, overrides_beside(self._view.path))
        seen: list[Stamp | None] | None = None
        while not self._stopped.is_set():
            stamps = [stamp_of(file) for file in files]
            if stamps != seen:
                seen = stamps
                self._tell(look_again(self._view, time.time()))
            self._look_now.wait(LOOK_EVERY_S)
            self._look_now.clear()

    def _tell(self, view: TableInView) -> None:
        if view is not self._view and not self._stopped.is_set():
            self._view = view
            self._audience.post_message(TableChanged(view))
