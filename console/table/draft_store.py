"""Drafts in a folder: each change is on disk before the next key, and outlives a crash."""

import os
import re
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from pathlib import Path

from console.table.draft import Draft
from console.table.draft_history import History, Kept
from console.table.draft_journal import first_lines, history_in, step
from console.table.file_stamp import stamp_of

UNNAMED = "current"
"""The draft that any edit begins, until it is given a name."""

_SPARE = 256 * 1024
"""Bytes that may be added to a file beside as many as it began with, before it is written anew."""

_PLAIN = re.compile(r"[a-z0-9-]{1,64}")


class DraftStore:
    """The drafts of the table at one path, by name; without a folder none outlives the console."""

    def __init__(self, folder: Path | None, table_path: Path) -> None:
        key = sha256(os.fsencode(table_path.resolve())).hexdigest()[:12]
        self._folder = None if folder is None else folder / "drafts" / f"{table_path.stem}-{key}"

    def names(self) -> list[str]:
        """Return the names of the drafts there are."""
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def in_work(self) -> tuple[str, Draft] | None:
        """Return the draft to go on with, and its name; None where there is none.

        The one without a name is what was being worked on; the others were put away.
        """
        for name in sorted(self.names(), key=lambda each: each != UNNAMED):
            found = self.read(name)
            if found is not None and found.is_changed:
                return name, found
        return None

    def can_be_called(self, name: str) -> bool:
        """Return whether a draft can have that name."""
        return _PLAIN.fullmatch(name) is not None

    def read(self, name: str) -> Draft | None:
        """Return the draft of that name; None where there is none that can be read."""
        path = self._path(name)
        if path is None:
            return None
        try:
            found = history_in(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None
        return Draft(found.begun_from, list(found.states), found.at)

    def write(self, name: str, draft: Draft) -> None:
        """Keep a draft; one that changes nothing is forgotten. Raises OSError.

        What was written of it before is added to, as long as the file is still as this draft left
        it: of several consoles with one draft, the last to write has it as a whole.
        """
        path = self._path(name)
        if path is None:
            return
        kept, draft.kept = draft.kept, None
        if not draft.is_changed:
            path.unlink(missing_ok=True)
            return
        history = draft.history
        if kept is not None and kept.path == path:
            draft.kept = _add(kept, history)
        if draft.kept is None:
            draft.kept = _write_whole(path, history)

    def forget(self, name: str) -> None:
        """Delete a draft."""
        path = self._path(name)
        if path is not None:
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path | None:
        if self._folder is None or not _PLAIN.fullmatch(name):
            return None
        return self._folder / f"{name}.json"


def _add(kept: Kept, history: History) -> Kept | None:
    """Add what is new to the end of the file; None where all of it has to be written anew."""
    line = step(kept.history, history)
    size = kept.stamp[2]
    if size + len(line) > 2 * kept.whole + _SPARE:
        return None
    with suppress(OSError), kept.path.open("ab", buffering=0) as file:
        # Without waiting: whoever has it is writing another draft over this one.
        flock(file, LOCK_EX | LOCK_NB)
        if stamp_of(file.fileno()) != kept.stamp:
            return None
        try:
            is_added = file.write(line) == len(line)
            os.fsync(file.fileno())
        except OSError:
            is_added = False
        if not is_added:
            file.truncate(size)
            return None
        stamp = stamp_of(file.fileno())
        # Replaced in between, it is no longer the file of that name.
        if stamp is not None and stamp == stamp_of(kept.path):
            return Kept(kept.path, stamp, history, kept.whole)
    return None


def _write_whole(path: Path, history: History) -> Kept | None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    data = first_lines(history)
    try:
        with new.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            new.replace(path)
            # Of this file, whichever has the name by now; a new name is a change of its status.
            stamp = stamp_of(file.fileno())
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    return None if stamp is None else Kept(path, stamp, history, len(data))
