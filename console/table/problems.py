"""A problem of a document: what is wrong, where, and what would help."""

from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

Severity = Literal["error", "warning", "note"]


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with a file, at its place.

    `line` and `column` count from 1; `path` is written as in `rules[3].when.prompt.matches[0]`,
    empty for the document as a whole. `message` is one sentence and may quote foreign text, so
    whoever shows it passes it through `console.inert` first.
    """

    code: str
    severity: Severity
    line: int
    column: int
    path: str
    message: str
    hint: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether this alone keeps a table out of service."""
        return self.severity == "error"


P = TypeVar("P", bound=Problem)


def by_place(problems: Iterable[P]) -> list[P]:
    """Return the problems in the order of the file, errors first where they share a place."""
    rank = {"error": 0, "warning": 1, "note": 2}
    return sorted(problems, key=lambda p: (p.line, p.column, rank[p.severity], p.code))
