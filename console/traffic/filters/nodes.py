"""What a filter says, as a tree. Equal trees mean the same; places in the text are not kept."""

from dataclasses import dataclass
from typing import Literal

Comparison = Literal[">", ">=", "<", "<=", "="]


@dataclass(frozen=True)
class Glob:
    """A name in which each `*` is any run of characters; letters count as they are."""

    pattern: str


@dataclass(frozen=True)
class Names:
    """A field is one of several names; None stands for there being none."""

    field: str
    values: tuple[str | Glob | None, ...]


@dataclass(frozen=True)
class Number:
    """A field compared with a number in the field's own unit (ms, dollars, a count)."""

    field: str
    comparison: Comparison
    value: float


@dataclass(frozen=True)
class Since:
    """Requests that began then or later; `text` is how the moment was written."""

    text: str
    moment: float


@dataclass(frozen=True)
class Until:
    """Requests that began before then; `text` is how the moment was written."""

    text: str
    moment: float


@dataclass(frozen=True)
class Flag:
    """Something that a request is or is not, by one word."""

    word: str


@dataclass(frozen=True)
class Words:
    """Words that stand next to each other in a text of the request, letters of any case.

    A `*` at the end stands for the rest of a word.
    """

    text: str


@dataclass(frozen=True)
class Contains:
    """Characters that a text of the request contains, ASCII letters of any case."""

    text: str


@dataclass(frozen=True)
class Not:
    """What does not meet the part."""

    part: "Node"


@dataclass(frozen=True)
class And:
    """What meets all of the parts; two or more of them."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """What meets any of the parts; two or more of them."""

    parts: tuple["Node", ...]


Node = Names | Number | Since | Until | Flag | Words | Contains | Not | And | Or
