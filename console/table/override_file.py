"""Writes an overrides file so that no reader ever sees half of it and no two writers lose a change.

A writer holds the lock beside the file while it reads, edits and replaces it. The new text is put
into a file of its own, brought to disk, and renamed over the old one: whoever reads, and whatever
is killed, there is the old file or the new one.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from console.table.override_edits import Edited

LOCK_WAIT_S = 5.0
"""How long another writer is waited for; a write takes milliseconds."""

_LOOK_EVERY_S = 0.01


class OverridesLockedError(Exception):
    """Another writer kept the lock at `path` for longer than anybody should."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is locked")
        self.path = path


def edit_overrides_file(
    path: Path, edit: Callable[[str], Edited], *, lock_wait_s: float = LOCK_WAIT_S
) -> Edited:
    """Replace the text of `path` by what `edit` makes of it, and return what it made.

    A file that is not there is an empty text and is made; an edit that changes nothing writes
    nothing. Mode and, where that is allowed, owner are kept; a link is followed. Raises what `edit`
    raises, OverridesLockedError, OSError, and UnicodeDecodeError for a file that is no UTF-8.
    """
    target = Path(os.path.realpath(path))
    with _locked(target, lock_wait_s):
        text = _read(target)
        made = edit(text)
        if made.text != text:
            _replace(target, made.text)
        return made


def lock_beside(path: Path) -> Path:
    """Return the file that writers of `path` lock. It is empty and stays where it is."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def _locked(path: Path, wait_s: float) -> Iterator[None]:
    lock = lock_beside(path)
    # Reading is all it takes, so that several users may share the lock that one of them made.
    descriptor = os.open(lock, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o666)
    try:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OverridesLockedError(lock) from None
            time.sleep(_LOOK_EVERY_S)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""


def _replace(path: Path, text: str) -> None:
    # Only the holder of the lock writes here; what a killed one left behind is written over.
    new = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        _take_after(path, file.fileno())
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    _sync_folder(path.parent)


def _take_after(path: Path, descriptor: int) -> None:
    try:
        old = path.stat()
    except FileNotFoundError:
        return
    with suppress(PermissionError):
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, old.st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
