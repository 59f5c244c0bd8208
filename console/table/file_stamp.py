"""What tells that a file was written, without reading it."""

from pathlib import Path

Stamp = tuple[int, int, int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes when the file at `path` is written or replaced; None: it is not there.

    Times in nanoseconds of change and of status, the size, and which file it is: any one of them
    alone can stay the same over a write.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
