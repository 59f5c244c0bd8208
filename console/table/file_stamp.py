"""What tells that a file was written, without reading it."""

import os
from pathlib import Path

Stamp = tuple[int, int, int, int]


def stamp_of(file: Path | int) -> Stamp | None:
    """Return what changes when a file is written or replaced; None: it is not there.

    `file` is its path, or the descriptor of an open one. Times in nanoseconds of change and of
    status, the size, and which file it is: any one of them alone can stay the same over a write.
    """
    try:
        status = file.stat() if isinstance(file, Path) else os.fstat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
