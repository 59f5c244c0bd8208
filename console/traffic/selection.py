"""Which requests are wanted, as SQLite is asked for them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Condition:
    """A condition on a row `r` of `requests`: our own SQL, with what is bound in it.

    It is never NULL: what is unknown does not meet it.
    """

    sql: str
    parameters: tuple[Any, ...] = ()


@dataclass(frozen=True)
class NameAnchor:
    """An index that finds the rows in which a column has one of these values, by number.

    `column` may be an expression that the index is of.
    `also` is what the statement has to repeat for SQLite to take an index over a part of the rows.
    """

    index: str
    column: str
    values: tuple[str, ...]
    also: str = ""


@dataclass(frozen=True)
class WordsAnchor:
    """The index of words, which finds the rows that `match` (an FTS5 query) is met by.

    `others` is what else they have to meet.
    """

    match: str
    others: Condition


@dataclass(frozen=True)
class TailAnchor:
    """The index of the rows in which a number is large; `test` is met by those in it alone.

    It helps only where few rows meet the test: whoever reads counts first.
    """

    index: str
    test: Condition


@dataclass(frozen=True)
class Selection:
    """Requests that meet a condition, how an index finds them, and the time they lie in.

    Without an anchor they are found by looking at every request of that time. Moments are Unix
    seconds; they only bound where is looked, the condition holds them, too.
    """

    condition: Condition
    anchor: NameAnchor | WordsAnchor | TailAnchor | None = None
    since: float | None = None
    until: float | None = None


EVERYTHING = Selection(Condition("1"))
"""All requests of a log."""
