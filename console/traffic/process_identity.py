"""Tells a process from every other there was or will be, and whether it still runs.

A process id alone does not: it is given out again, and every container counts from 1. On Linux the
boot, the id's name space, the id and the moment it was started together do. Elsewhere nothing is
told, and a gateway is known to be gone by its heartbeat alone.
"""

import os
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str | None:
    """Return the identity of this process; None where the system does not say."""
    surroundings, started = _surroundings(), _started(os.getpid())
    if surroundings is None or started is None:
        return None
    return f"{surroundings}/{os.getpid()}/{started}"


def is_running(identity: str | None) -> bool | None:
    """Tell whether a process runs on this system; None where that cannot be known from here."""
    surroundings, _, rest = (identity or "").partition("/pid/")
    pid, _, started = rest.partition("/")
    if not pid.isdecimal() or f"{surroundings}/pid" != _surroundings():
        return None
    return _started(int(pid)) == started


def _surroundings() -> str | None:
    """Return what process ids here are counted in: this boot, and this name space of ids."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = (_PROC / "self/ns/pid").readlink().name
    except OSError:
        return None
    return f"{boot}/{space}/pid"


def _started(pid: int) -> str | None:
    """Return when a process was started, in the kernel's ticks since boot; None if it has ended.

    The 3rd and 22nd field of `stat` (proc_pid_stat(5)); the 2nd may hold spaces and brackets.
    """
    try:
        state, *fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return None
    return None if state in ("Z", "X") else fields[18]
