"""What a draft consists of, and what of it is on disk already."""

from dataclasses import dataclass
from pathlib import Path

from console.table.file_stamp import Stamp


@dataclass(frozen=True)
class State:
    """One text of a draft, and the edit that made it."""

    text: str
    words: str


@dataclass(frozen=True)
class History:
    """A draft at one moment: the text of the file it was begun from, its states, the one in view.

    The states are the oldest first, and `at` is the place of one of them.
    """

    begun_from: str
    states: tuple[State, ...] = ()
    at: int = 0


@dataclass(frozen=True)
class Kept:
    """What of a draft was last written, into which file, and what that file was then.

    `whole` is the size in bytes that the file had when all of it was written at once.
    """

    path: Path
    stamp: Stamp
    history: History
    whole: int
