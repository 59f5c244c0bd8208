"""One field of a form: where its value stands in the entry, and how it is typed."""

from dataclasses import dataclass
from typing import Any, Literal

from console.table.editing.tree import Path

Kind = Literal[
    "text", "name", "names", "phrases", "patterns", "number", "flag", "heading", "foreign"
]
"""How a value is typed: as text of several lines, one name, names with commas between, one phrase
or pattern a line, a number, true or false. A heading has no value. What is `foreign` has a shape
that no field can hold, and is changed in the YAML only."""

ON_ONE_LINE = ("name", "names", "number", "flag")
"""The kinds that are typed on one line."""


class Missing:
    """Says that an entry has no such key."""

    def __repr__(self) -> str:
        """Return its name."""
        return "MISSING"


MISSING = Missing()


@dataclass(frozen=True)
class Field:
    """One field; `path` leads from the entry to its value, `depth` is how far in it stands.

    `within` is the mapping or list to which something is added from here, `owner` what is taken
    away from here (empty where nothing can be). `completes` says whose names may be typed: a
    section of the table, or a fact. Where `is_optional`, an empty field is no key at all; `empty`
    says what that means. A list that `takes_one` may be one text instead.
    """

    path: Path
    label: str
    kind: Kind
    value: Any = MISSING
    depth: int = 0
    within: Path = ()
    owner: Path = ()
    completes: str = ""
    is_optional: bool = False
    takes_one: bool = False
    empty: str = ""

    @property
    def is_like(self) -> tuple[object, ...]:
        """What must be the same for a field on the screen to stand for this one."""
        return (self.path, self.label, self.kind, self.depth)


def value_at(data: Any, path: Path) -> Any:
    """Return what stands at a path of plain data; None where nothing does."""
    for key in path:
        if isinstance(key, str):
            data = data.get(key) if isinstance(data, dict) else None
        else:
            is_there = isinstance(data, list) and key < len(data)
            data = data[key] if is_there else None
    return data
