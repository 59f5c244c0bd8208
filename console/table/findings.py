"""Gathers the problems of one document, each at its place."""

from collections.abc import Iterable

import msgspec

from console.table.problems import Problem, Severity, by_place
from console.table.secret_shapes import redacted
from console.table.yaml_source import Source

MOST_TOLD = 1000
"""Problems told of one file; a file that is wrong throughout is not worth reading to its end."""


class Findings:
    """The problems found so far. One error a path: what follows from it is not told again."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._problems: list[Problem] = []
        self._errors: set[str] = {problem.path for problem in source.problems}
        for problem in source.problems:
            self.add(problem)

    def error(
        self, code: str, path: str, message: str, hint: str | None = None, *, at_key: bool = False
    ) -> None:
        """Add an error unless its path has one already."""
        if path not in self._errors:
            self._errors.add(path)
            self._add(code, "error", path, message, hint, at_key)

    def warning(self, code: str, path: str, message: str, hint: str | None = None) -> None:
        """Add a warning."""
        self._add(code, "warning", path, message, hint, False)

    def _add(
        self, code: str, severity: Severity, path: str, message: str, hint: str | None, at_key: bool
    ) -> None:
        line, column = self.source.place(path, at_key=at_key)
        self.add(Problem(code, severity, line, column, path, message, hint))

    def add(self, problem: Problem) -> None:
        """Add a problem that knows its own place, without any key that its words repeat."""
        if self.full:
            return
        self._problems.append(
            msgspec.structs.replace(
                problem,
                path=redacted(problem.path),
                message=redacted(problem.message),
                hint=None if problem.hint is None else redacted(problem.hint),
            )
        )
        if self.full:
            message = f"More than {MOST_TOLD:,} problems; the rest is not told."
            self._problems.append(Problem("too-many", "error", 1, 1, "", message))

    @property
    def full(self) -> bool:
        """Whether so much was told that looking further is no use."""
        return len(self._problems) >= MOST_TOLD

    @property
    def count(self) -> int:
        """How many problems were found so far."""
        return len(self._problems)

    def has_error(self, path: str) -> bool:
        """Tell whether an error was found at exactly this path."""
        return path in self._errors

    @property
    def failed(self) -> bool:
        """Whether any problem so far is an error."""
        return any(problem.is_error for problem in self._problems)

    def sorted(self) -> list[Problem]:
        """Return the problems in the order of the file."""
        return by_place(self._problems)


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a hint naming the known word nearest to `word`, or None where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean `{near[0]}`?" if near else None
