"""Puts a new text of a table into its file: whole or not at all, and never over somebody else's."""

import os
from dataclasses import dataclass
from pathlib import Path

from console.table.atomic_file import FileLockedError, locked, replace_text
from console.table.load import Loaded, parse_table
from console.table.problems import Problem
from console.table.version import version_of


class CannotSaveError(Exception):
    """A text that was not saved: why, in one sentence, and what would help."""

    def __init__(self, sentence: str, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.problems = problems


class ChangedMeanwhileError(Exception):
    """Somebody else changed the file since; `text` is what it holds now."""

    def __init__(self, text: str) -> None:
        super().__init__("the file was changed meanwhile")
        self.text = text


@dataclass(frozen=True)
class Saved:
    """A version that is in the file now, and the one it took the place of."""

    version: str
    before: str


def save_table(path: Path, text: str, begun_from: str, read: Loaded | None = None) -> Saved:
    """Put `text` in the place of `begun_from` in the file at `path`; a link is followed.

    The file keeps its mode and, where that is allowed, its owner. Whoever reads, and whatever is
    killed, there is the old text or the new one. `read` is what was loaded of this very text, where
    that is at hand: it is not loaded again then. Raises CannotSaveError for a text with errors or a
    file that another holds, ChangedMeanwhileError where the file no longer holds `begun_from`, and
    OSError.
    """
    loaded = read if read is not None and read.text == text else parse_table(text)
    if loaded.table is None:
        first = loaded.errors[0]
        count = len(loaded.errors)
        more = f", and {count - 1} more" if count > 1 else ""
        raise CannotSaveError(
            f"Line {first.line}: {first.message}{more}",
            "A table with errors is not saved.",
            tuple(loaded.errors),
        )
    target = Path(os.path.realpath(path))
    try:
        with locked(target):
            now = text_of(target)
            if now != begun_from:
                raise ChangedMeanwhileError(now)
            replace_text(target, text)
    except FileLockedError:
        raise CannotSaveError(f"Another writer holds {path}.", "Try again in a moment.") from None
    return Saved(loaded.version, version_of(begun_from.encode()))


def text_of(path: Path) -> str:
    """Return what the file holds, every character of it. Raises OSError and CannotSaveError."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise CannotSaveError(f"{path} is no UTF-8 text.") from None
