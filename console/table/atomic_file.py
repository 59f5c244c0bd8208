"""Writes a file so that no reader ever sees half of it and no two writers lose a change.

A writer holds the lock beside the file while it reads, edits and replaces it. The new text is put
into a file of its own, brought to disk, and renamed over the old one: whoever reads, and whatever
is killed, there is the old file or the new one.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK_WAIT_S = 5.0
"""How long another writer is waited for; a write takes milliseconds."""

_LOOK_EVERY_S = 0.01


class FileLockedError(Exception):
    """Another writer kept the lock at `path` for longer than anybody should."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is locked")
        self.path = path


def lock_beside(path: Path) -> Path:
    """Return the file that writers of `path` lock. It is empty and stays where it is."""
    return path.with_name(f".{path.name}.lock")


@contextmanager
def locked(path: Path, wait_s: float = LOCK_WAIT_S) -> Iterator[None]:
    """Hold the lock beside `path`. Raises FileLockedError where another holds it for longer."""
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
                    raise FileLockedError(lock) from None
            time.sleep(_LOOK_EVERY_S)
        yield
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str) -> None:
    """Put `text` in the place of what `path` holds; the caller holds its lock. Raises OSError."""
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
