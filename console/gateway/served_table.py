"""The table that answers requests now: watched on disk, swapped whole when a new version is good.

A version with errors never gets into service; the last good one stays, and the problem is told in
`/healthz` and in the gateway's row of the log. The overrides beside it are watched likewise.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.gateway.endpoints import (
    Endpoint,
    endpoints_of,
    models_without_key,
    this_environment,
)
from console.gateway.served_overrides import OverridesAsRead
from console.gateway.settings import ServeProblem
from console.routing.decision import SkipReason, Target
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.file_stamp import Stamp, stamp_of
from console.table.load import read_table
from console.table.model import Table
from console.table.overrides import Override
from console.table.problems import Problem

POLL_S = 0.2
"""A change is taken up after two looks that agree, so within half a second."""

PROBLEMS_TOLD = 3
"""How many problems of a table are told when the gateway will not start with it."""

Signature = tuple[Stamp | None, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """One version in service, never changed: a request holds on to the one it began with."""

    table: Table
    router: Router
    text: str
    since_ts: float
    endpoints: Mapping[str, Endpoint]
    missing_keys: Mapping[str, SkipReason]

    def targets_of(
        self,
        route: str,
        facts: Facts,
        at: float,
        skips: Mapping[str, SkipReason] | None = None,
    ) -> tuple[Target, ...]:
        """Judge the targets of a route that a request escalates to, as its decision would have.

        `skips` are the models left out now, those without a key where it is not given.
        """
        skipped = self.missing_keys if skips is None else skips
        return self.router.targets_of(route, facts, at, skipped)

    @property
    def title(self) -> str:
        """The table's name and version in one word."""
        return f"{self.table.name}@{self.table.version}"


class TableInService:
    """Holds the version in service and watches the table's and its overrides' files.

    `current` is replaced as a whole, so a reader on any thread sees one version or the next. The
    constructor raises `ServeProblem` where there is no good table to begin with. `on_version` is
    told each version put into service, `on_look` all overrides of the file after every look at it;
    both first on the thread that starts this, then on the one that watches.
    """

    def __init__(
        self,
        table_path: Path,
        overrides_path: Path,
        on_version: Callable[[Served], None],
        on_look: Callable[[Sequence[Override]], None] = lambda _: None,
    ) -> None:
        self._table_path = table_path
        self._overrides_path = overrides_path
        self._on_version = on_version
        self._on_look = on_look
        self._loaded = self._changing = self._signature()
        self._overrides = OverridesAsRead(overrides_path)
        self.table_problem: str | None = None
        self._overrides.read(keep_last_good=False)
        self.current = self._first()
        self._stopping = False
        self._asked = False
        self._woken = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="table-watch", daemon=True)

    @property
    def last_problem(self) -> str | None:
        """What is wrong with the files as they stand, in one sentence; None when all is well."""
        return self.table_problem or self.overrides_problem

    @property
    def overrides_problem(self) -> str | None:
        """What is wrong with the overrides as they stand; None when all is well."""
        return self._overrides.problem

    @property
    def overrides(self) -> Sequence[Override]:
        """The overrides in service, those that have run out included."""
        return self.current.router.overrides

    def start(self) -> None:
        """Put the first version into service and begin to watch."""
        self._on_version(self.current)
        self._on_look(self._overrides.all)
        self._watcher.start()

    def stop(self) -> None:
        """Stop watching. Does not wait for a file system that hangs."""
        self._stopping = True
        self._woken.set()

    def reload(self) -> None:
        """Have the files read at once, changed or not, by the thread that watches them."""
        self._asked = True
        self._woken.set()

    def look(self) -> None:
        """Look at the files once; read them when two looks agree, as they may be half written."""
        seen = self._signature()
        if self._asked:
            self._asked = False
            self._loaded = self._changing = seen
            self._reload()
        elif seen == self._loaded or seen != self._changing:
            self._changing = seen
        else:
            self._loaded = seen
            self._reload()
        self._overrides.judge(self.current.table)
        self._on_look(self._overrides.all)

    def _watch(self) -> None:
        while True:
            self._woken.wait(POLL_S)
            self._woken.clear()
            if self._stopping:
                return
            try:
                self.look()
            except Exception as problem:  # the watch must outlive whatever a file holds
                self.table_problem = f"The table could not be read again: {type(problem).__name__}."

    def _first(self) -> Served:
        try:
            loaded = read_table(self._table_path)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            raise ServeProblem(
                f"The table {self._table_path} cannot be read: {reason}.",
                "Give a table's file with --table.",
            ) from None
        if loaded.table is None:
            raise ServeProblem(*_told(self._table_path, loaded.errors))
        return self._served(loaded.table, loaded.text, time.time())

    def _reload(self) -> None:
        before = self.current
        self._overrides.read(keep_last_good=True)
        table, text = self._read_table(before)
        if table.version != before.table.version:
            self.current = self._served(table, text, time.time())
            self._on_version(self.current)
        elif self._overrides.judge(table) != before.router.overrides:
            self.current = self._served(table, text, before.since_ts)

    def _read_table(self, before: Served) -> tuple[Table, str]:
        try:
            loaded = read_table(self._table_path)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            self.table_problem = f"The table cannot be read: {reason}."
            return before.table, before.text
        if loaded.table is None:
            self.table_problem = (
                f"The table has errors; the last good one serves. {_first_of(loaded.errors)}"
            )
            return before.table, before.text
        self.table_problem = None
        return loaded.table, loaded.text

    def _served(self, table: Table, text: str, since_ts: float) -> Served:
        environment = this_environment()
        return Served(
            table=table,
            router=Router(table, self._overrides.judge(table)),
            text=text,
            since_ts=since_ts,
            endpoints=endpoints_of(table, environment),
            missing_keys=models_without_key(table, environment),
        )

    def _signature(self) -> Signature:
        return tuple(stamp_of(path) for path in (self._table_path, self._overrides_path))


def _first_of(errors: Sequence[Problem]) -> str:
    return f"Line {errors[0].line}: {errors[0].message}"


def _told(path: Path, errors: Sequence[Problem]) -> tuple[str, str]:
    """Return the sentence and the hint for a table that cannot be served."""
    told = "; ".join(f"line {e.line}: {e.message.rstrip('.')}" for e in errors[:PROBLEMS_TOLD])
    more = len(errors) - PROBLEMS_TOLD
    rest = f"; and {more} more" if more > 0 else ""
    return (
        f"The table {path} has errors and is not served: {told}{rest}.",
        f"`route-console check {path}` lists every problem.",
    )
