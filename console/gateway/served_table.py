"""The table that answers requests now: watched on disk, swapped whole when a new version is good.

A version with errors never gets into service; the last good one stays, and the problem is told in
`/healthz` and in the gateway's row of the log.
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
from console.gateway.settings import ServeProblem
from console.routing.decision import SkipReason, Target
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import read_table
from console.table.model import Table
from console.table.overrides import Override, read_overrides
from console.table.problems import Problem

POLL_S = 0.2
"""A change is taken up after two looks that agree, so within half a second."""

PROBLEMS_TOLD = 3
"""How many problems of a table are told when the gateway will not start with it."""

Signature = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """One version in service, never changed: a request holds on to the one it began with."""

    table: Table
    router: Router
    text: str
    since_ts: float
    endpoints: Mapping[str, Endpoint]
    missing_keys: Mapping[str, SkipReason]

    def targets_of(self, route: str, facts: Facts, at: float) -> tuple[Target, ...]:
        """Judge the targets of a route that a request escalates to, as its decision would have."""
        return self.router.targets_of(route, facts, at, self.missing_keys)

    @property
    def title(self) -> str:
        """The table's name and version in one word."""
        return f"{self.table.name}@{self.table.version}"


class TableInService:
    """Holds the version in service and watches the table's and its overrides' files.

    `current` is replaced as a whole, so a reader on any thread sees one version or the next. The
    constructor raises `ServeProblem` where there is no good table to begin with.
    """

    def __init__(
        self,
        table_path: Path,
        overrides_path: Path,
        on_version: Callable[[Served], None],
    ) -> None:
        self._table_path = table_path
        self._overrides_path = overrides_path
        self._on_version = on_version
        self._loaded = self._changing = self._signature()
        self._overrides: Sequence[Override] = ()
        self.table_problem: str | None = None
        self.overrides_problem: str | None = None
        self._read_overrides(keep_last_good=False)
        self.current = self._first()
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="table-watch", daemon=True)

    @property
    def last_problem(self) -> str | None:
        """What is wrong with the files as they stand, in one sentence; None when all is well."""
        return self.table_problem or self.overrides_problem

    @property
    def overrides(self) -> Sequence[Override]:
        """The overrides in service, those that have run out included."""
        return self._overrides

    def start(self) -> None:
        """Put the first version into service and begin to watch."""
        self._on_version(self.current)
        self._watcher.start()

    def stop(self) -> None:
        """Stop watching. Does not wait for a file system that hangs."""
        self._stop.set()

    def look(self) -> None:
        """Look at the files once; read them when two looks agree, as they may be half written."""
        seen = self._signature()
        if seen == self._loaded or seen != self._changing:
            self._changing = seen
        else:
            self._loaded = seen
            self._reload()

    def _watch(self) -> None:
        while not self._stop.wait(POLL_S):
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
        return self._served(loaded.table, loaded.text)

    def _reload(self) -> None:
        before = self.current
        new_overrides = self._read_overrides(keep_last_good=True)
        table, text = self._read_table(before)
        if table.version == before.table.version and not new_overrides:
            return
        self.current = self._served(table, text)
        if table.version != before.table.version:
            self._on_version(self.current)

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

    def _read_overrides(self, *, keep_last_good: bool) -> bool:
        """Read the overrides and tell whether they differ from those in service."""
        try:
            loaded = read_overrides(self._overrides_path)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            self.overrides_problem = f"The overrides cannot be read: {reason}."
            return False
        errors = [problem for problem in loaded.problems if problem.is_error]
        self.overrides_problem = (
            f"The overrides have errors. {_first_of(errors)}" if errors else None
        )
        if (errors and keep_last_good) or loaded.overrides == self._overrides:
            return False
        self._overrides = loaded.overrides
        return True

    def _served(self, table: Table, text: str) -> Served:
        environment = this_environment()
        return Served(
            table=table,
            router=Router(table, self._overrides),
            text=text,
            since_ts=time.time(),
            endpoints=endpoints_of(table, environment),
            missing_keys=models_without_key(table, environment),
        )

    def _signature(self) -> Signature:
        return tuple(_stamp(path) for path in (self._table_path, self._overrides_path))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


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
