"""Edits an overrides file: nothing that another writer does at the same time is lost."""

import os
from collections.abc import Callable
from pathlib import Path

from console.table.atomic_file import LOCK_WAIT_S, locked, replace_text
from console.table.override_edits import Edited


def edit_overrides_file(
    path: Path, edit: Callable[[str], Edited], *, lock_wait_s: float = LOCK_WAIT_S
) -> Edited:
    """Replace the text of `path` by what `edit` makes of it, and return what it made.

    A file that is not there is an empty text and is made; an edit that changes nothing writes
    nothing. Mode and, where that is allowed, owner are kept; a link is followed. Raises what `edit`
    raises, FileLockedError, OSError, and UnicodeDecodeError for a file that is no UTF-8.
    """
    target = Path(os.path.realpath(path))
    with locked(target, lock_wait_s):
        text = _read(target)
        made = edit(text)
        if made.text != text:
            replace_text(target, made.text)
        return made


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
