"""What reading a log costs: filtered pages at any depth, the figures of Routes, deciding it again.

`python -m tests.bench log --log FILE` looks at a log of yours (only reads it); without one a log of
100,000 made-up requests is written into a temporary folder first.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from console.routing.router import Router
from console.table.load import parse_table
from console.traffic.filters.compiling import selection_of
from console.traffic.filters.reading import read_filter
from console.traffic.metrics.windows import read_window
from console.traffic.pages import Pages
from console.traffic.reader import LogReader
from console.whatif.decide_again import impact_of
from tests.bench.make_log import make_log
from tests.bench.report import Row

REQUESTS = 100_000
PAGE = 50
DEPTHS = 20
INDEXED = ("route:large", "route:small,large latency>1s", "error", "model:acorn-mini,acorn-pro")


def measure(path: Path | None = None) -> list[Row]:
    """Measure the log at `path`, or one of `REQUESTS` requests made for it."""
    if path is not None:
        return _measured(path)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "traffic.sqlite"
        make_log(made, REQUESTS)
        return _measured(made)


def _measured(path: Path) -> list[Row]:
    reader = LogReader(path)
    try:
        size = (reader.last_seq() or 0) - (reader.first_seq() or 0) + 1
        return [
            *(_pages(reader, text, size) for text in INDEXED),
            _search(reader, "latency>60s", "a number that few requests meet, by its index", size),
            _search(reader, "output>1000000", "a number without an index: all are looked at", size),
            _search(reader, '"refund"', "a word, by the index of words", size),
            _search(reader, '"zebra crossing"', "words that no text has", size),
            _search(reader, "contains:ebra", "characters that no text has: all are read", size),
            *(_window(reader, minutes, size) for minutes in (60, 30 * 24 * 60)),
            _again(reader, size),
            _bytes(reader, size),
        ]
    finally:
        reader.close()


def _pages(reader: LogReader, text: str, size: int) -> Row:
    node = read_filter(text, time.time())
    assert node is not None
    first, last = reader.first_seq() or 1, reader.last_seq() or 1
    depths = [first + (last - first) * step // DEPTHS for step in range(1, DEPTHS + 1)]
    times = [
        _ms(lambda at=depth: Pages(reader, selection_of(node)).page("before", at, PAGE))  # type: ignore[misc]
        for depth in depths
    ]
    measured = f"median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms"
    sample = f"{DEPTHS} depths of {size:,} requests"
    return Row(f"a page of {PAGE}, `{text}`", "≤ 5 ms at any depth", measured, sample)


def _search(reader: LogReader, text: str, what: str, size: int) -> Row:
    node = read_filter(text, time.time())
    assert node is not None
    begun = time.perf_counter()
    slices = [time.perf_counter()]
    for _ in Pages(reader, selection_of(node)).search("before", None, PAGE):
        slices.append(time.perf_counter())
    longest = max(b - a for a, b in pairwise(slices))
    measured = f"{slices[-1] - begun:.2f} s; longest until it can be stopped {longest:.2f} s"
    return Row(f"`{text}`: {what}", "≤ 0.5 s at 10⁷", measured, f"{size:,} requests")


def _window(reader: LogReader, minutes: int, size: int) -> Row:
    newest = reader.newest(1)
    now = newest[0].ts_start if newest else time.time()
    times = [_ms(lambda: read_window(reader, "route", minutes, now)) for _ in range(5)]
    what = f"figures by route over {minutes // 60:,} hours against as many before"
    return Row(what, "≤ 200 ms", f"{statistics.median(times):.0f} ms", f"{size:,} requests")


def _again(reader: LogReader, size: int) -> Row:
    newest = reader.newest(1)
    version = reader.table_version(newest[0].table_version) if newest else None
    table = None if version is None else parse_table(version.text).table
    if table is None:
        return Row("deciding 20,000 requests again", "stated", "no table in the log", "")
    router = Router(table)
    begun = time.perf_counter()
    first: float | None = None
    looked_at = 0
    for impact in impact_of(reader, router, router, last=20_000):
        first = first or time.perf_counter() - begun
        looked_at = impact.looked_at
    took = time.perf_counter() - begun
    measured = f"{took:.2f} s, first figures after {first or 0:.2f} s"
    return Row(
        f"deciding the newest {looked_at:,} requests twice", "stated", measured, f"of {size:,}"
    )


def _bytes(reader: LogReader, size: int) -> Row:
    names = "name = 'requests' OR name LIKE 'requests\\_%' ESCAPE '\\'"
    # Not every SQLite has `dbstat`; a reader would tell of that as of a broken log.
    has_it = reader.connection.number(
        "SELECT count(*) FROM pragma_compile_options WHERE compile_options = 'ENABLE_DBSTAT_VTAB'"
    )
    if not has_it:
        return Row("a request row with its indexes", "≤ 400 bytes", "this SQLite cannot say", "")
    found = reader.connection.number(f"SELECT sum(pgsize) FROM dbstat WHERE {names}") or 0
    texts = (
        reader.connection.number(
            "SELECT sum(length(CAST(prompt_preview AS BLOB))) FROM requests WHERE seq % 100 = 0"
        )
        or 0
    ) * 100
    apart, all_of_it = (found - texts) / max(size, 1), found / max(size, 1)
    measured = f"{apart:.0f} bytes; {all_of_it:.0f} with the beginnings of prompts that lists show"
    return Row("a request row with its indexes, texts apart", "≤ 400 bytes", measured, f"{size:,}")


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
