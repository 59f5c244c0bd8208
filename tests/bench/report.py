"""Prints what was measured: on which machine, with which versions, how often, against what goal."""

import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("google-re2", "msgspec", "PyYAML", "textual", "zen-engine")


@dataclass(frozen=True)
class Row:
    """One figure: what, what it should reach, what it was, over how many samples."""

    what: str
    reach: str
    measured: str
    sample: str


def medians_us(work: Callable[[], object], repeat: int) -> float:
    """Return the median time of one call in microseconds, over `repeat` calls after a warm-up."""
    return statistics.median(times_us(work, repeat))


def times_us(work: Callable[[], object], repeat: int, *, warm_up: bool = True) -> list[float]:
    """Return the time of each of `repeat` calls in microseconds."""
    for _ in range(max(1, repeat // 10) if warm_up else 0):
        work()
    times = []
    for _ in range(repeat):
        start = time.perf_counter_ns()
        work()
        times.append((time.perf_counter_ns() - start) / 1000)
    return times


def machine() -> str:
    """Return the machine and the versions in one line each."""
    cpu = "unknown CPU"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(": ")[2] if names else cpu
    load = os.getloadavg()[0]
    versions = [f"{name} {_version(name)}" for name in PACKAGES]
    return (
        f"{os.cpu_count()} × {cpu}, {platform.system()} {platform.release()}, load {load:.1f}\n"
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def print_rows(rows: Sequence[Row]) -> None:
    """Print the figures as a table in Markdown."""
    print(machine())
    print()
    print("| what | reach | measured | sample |")
    print("|---|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.reach} | {row.measured} | {row.sample} |")
