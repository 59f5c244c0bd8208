"""Saves a table with who did it and why: into its file, and into the log where there is one."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from console.table.git_state import CannotCommitError, commit
from console.table.load import Loaded
from console.table.saving import CannotSaveError, Saved, save_table
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.redaction import Redactor, secrets_in
from console.traffic.saves import TableSave, record_save

LONGEST_REASON = 500


@dataclass(frozen=True)
class Wish:
    """A text to save in the place of the one it was begun from, by whom, and why."""

    text: str
    begun_from: str
    author: str
    because: str
    is_rollback: bool = False
    commits: bool = False
    """Whether the file is committed to git, with the reason as the message."""
    read: Loaded | None = None
    """What was loaded of the text, where that is at hand."""


@dataclass(frozen=True)
class Kept:
    """What was saved; a trouble says why the log or git has not got it, empty where it has."""

    saved: Saved
    log_trouble: str = ""
    committed: str = ""
    git_trouble: str = ""


def keep(path: Path, wish: Wish, log_path: Path | None) -> Kept:
    """Save a table and put the save into the log.

    The file comes first: a log that cannot be written keeps nobody from mending a table. Raises
    CannotSaveError, ChangedMeanwhileError and OSError, and then nothing was changed.
    """
    because = " ".join(wish.because.split())
    if not because:
        raise CannotSaveError("A save says why it was made.")
    if len(because) > LONGEST_REASON:
        raise CannotSaveError(f"A reason has at most {LONGEST_REASON} characters.")
    saved = save_table(path, wish.text, wish.begun_from, wish.read)
    log_trouble = _record(saved, wish, because, log_path)
    if not wish.commits:
        return Kept(saved, log_trouble)
    try:
        return Kept(saved, log_trouble, commit(path, because))
    except CannotCommitError as error:
        return Kept(saved, log_trouble, git_trouble=error.sentence)


def _record(saved: Saved, wish: Wish, because: str, log_path: Path | None) -> str:
    if log_path is None:
        return "no log was given"
    save = TableSave(
        time.time(), saved.version, saved.before, wish.author, because, wish.is_rollback
    )
    try:
        record_save(log_path, save, wish.text, Redactor(secrets_in(os.environ)))
    except LogProblem as problem:
        return problem.message
    except ReadInterrupted:
        return "it was interrupted"
    return ""
