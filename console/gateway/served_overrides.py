"""The overrides that on-call wrote beside the table: as last read, and what is wrong with them."""

import time
from collections.abc import Sequence
from pathlib import Path

from console.table.model import Table
from console.table.override_references import check_overrides, fitting
from console.table.overrides import LoadedOverrides, Override, read_overrides
from console.table.problems import Problem


class OverridesAsRead:
    """The overrides in the file at `path`; a file that has errors leaves the last good ones.

    One that names what the table does not have is told and has no effect; the others do.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loaded = LoadedOverrides((), [])
        self._unread: str | None = None
        self.problem: str | None = None
        """What is wrong with the file as it stands, in one sentence; None when all is well."""

    @property
    def all(self) -> Sequence[Override]:
        """Every override of the file, those that ran out or have no effect included."""
        return self._loaded.overrides

    def read(self, *, keep_last_good: bool) -> None:
        """Read the file; with `keep_last_good` one with errors changes nothing."""
        try:
            loaded = read_overrides(self._path)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            self._unread = f"The overrides cannot be read: {reason}."
            return
        errors = [problem for problem in loaded.problems if problem.is_error]
        self._unread = f"The overrides have errors. {_first_of(errors)}" if errors else None
        if not (errors and keep_last_good):
            self._loaded = loaded

    def judge(self, table: Table) -> tuple[Override, ...]:
        """Return the overrides that can have an effect on `table`; note what is wrong with others.

        One that ran out is no longer worth a problem.
        """
        now = time.time()
        live = [override for override in self.all if override.is_live(now)]
        misfits = check_overrides(live, table, self._loaded.entries)
        inert = f"An override has no effect. {_first_of(misfits)}" if misfits else None
        self.problem = self._unread or inert
        return fitting(self.all, table)


def _first_of(errors: Sequence[Problem]) -> str:
    return f"Line {errors[0].line}: {errors[0].message}"
