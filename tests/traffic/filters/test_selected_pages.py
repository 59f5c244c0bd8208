"""The log gives what a filter asks for: all of it, in order, from either side, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.traffic import pages
from console.traffic.filters.compiling import selection_of
from console.traffic.filters.nodes import Node
from console.traffic.filters.reading import read_filter
from console.traffic.pages import Pages, seq_at
from console.traffic.reader import LogReader
from console.traffic.records import BodyRow, RequestRow
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, NOON, body, facts, request
from tests.traffic.filters.filter_strategies import filters, request_fields
from tests.traffic.filters.plain_filter import meets

Logged = list[tuple[RequestRow, BodyRow | None]]


def logged(path: Path, asked: list[dict[str, Any]]) -> Logged:
    """Write requests of such fields into a log, and return what is in it."""
    writer = LogWriter(path, interval_s=0.001)
    for number, fields in enumerate(asked, start=1):
        given_fields = dict(fields)
        answer, minute = given_fields.pop("answer", None), given_fields.pop("minute", 0)
        row = request(number, ts_start=NOON + 60 * minute, **given_fields)
        texts = body(number, prompt=row.prompt_preview) if row.prompt_preview else None
        status = row.status
        row.status = "in_flight"
        writer.begin(row, facts(number), DECISION, None, texts)
        row.status = status
        if status != "in_flight":
            writer.finish(row, answer=answer)
    assert writer.flush()
    writer.close()
    reader = LogReader(path)
    rows = reader.newest(1_000)
    found = [(row, reader.body(row.request_id)) for row in rows]
    reader.close()
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(request_fields, min_size=1, max_size=14),
    st.lists(filters, min_size=1, max_size=12),
    st.integers(1, 4),
)
def test_pages_hold_what_a_plain_reading_of_the_filter_finds(
    tmp_path_factory: pytest.TempPathFactory,
    asked: list[dict[str, Any]],
    wanted: list[Node],
    limit: int,
) -> None:
    path = tmp_path_factory.mktemp("log") / "traffic.sqlite"
    # Written within minutes of when they began, as gateways write them.
    rows = logged(path, sorted(asked, key=lambda fields: int(fields["minute"]) // 4))
    reader = LogReader(path)
    for node in wanted:
        expected = [row.seq for row, texts in rows if meets(node, row, texts)]
        selected = Pages(reader, selection_of(node))
        assert _all(selected, "before", limit) == expected
        assert _all(selected, "after", limit) == expected
        assert _numbers(selected.among([row.seq or 0 for row, _ in rows])) == expected
    reader.close()


def _all(selected: Pages, direction: pages.Direction, limit: int) -> list[int]:
    """Go through all pages in one direction, and return the numbers met, ascending."""
    met: list[int] = []
    at: int | None = None
    while page := _numbers(selected.page(direction, at, limit)):
        assert len(page) <= limit
        met = [*page, *met] if direction == "before" else [*met, *page]
        at = page[0] if direction == "before" else page[-1]
    return met


def _numbers(rows: list[RequestRow]) -> list[int]:
    return [row.seq or 0 for row in rows]


@pytest.fixture
def many(path: Path, monkeypatch: pytest.MonkeyPatch) -> Logged:
    monkeypatch.setattr(pages, "FIRST_SLICE", 2)
    monkeypatch.setattr(pages, "LAST_SLICE", 8)
    kinds = [{"minute": n, "route": "rare" if n == 3 else "small"} for n in range(40)]
    return logged(path, [{**kind, "status": "ok"} for kind in kinds])


def test_a_long_search_tells_how_far_it_has_come(many: Logged, path: Path) -> None:
    reader = LogReader(path)
    node = read_filter("route:r*", NOON)
    assert node is not None
    steps = list(Pages(reader, selection_of(node)).search("before", None, 5))
    assert [step.reached_seq for step in steps] == [39, 31, 23, 15, 7, 1]
    assert [len(step.rows) for step in steps] == [0, 0, 0, 0, 0, 1]
    assert [step.is_last for step in steps] == [False] * 5 + [True]
    reader.close()


def test_only_the_time_asked_for_is_looked_through(many: Logged, path: Path) -> None:
    reader = LogReader(path)
    node = read_filter("since:10m until:5m", NOON + 60 * 39)
    assert node is not None
    selected = Pages(reader, selection_of(node))
    assert _numbers(selected.page("after", None, 50)) == [30, 31, 32, 33, 34]
    looked = [step.reached_seq for step in selected.search("after", None, 50)]
    assert looked[0] >= 25
    assert looked[-1] <= 40
    reader.close()


@pytest.mark.parametrize("direction", ["before", "after"])
def test_requests_after_a_pause_are_found_however_they_were_written(
    path: Path, direction: pages.Direction
) -> None:
    # Nothing is older than what is asked for but a request long before: the oldest that lies in
    # the time asked for is not the first of them that was written.
    minutes = [-60, 4, 0, 2, 1, 60, 56, 58]
    logged(path, [{"minute": minute, "status": "ok"} for minute in minutes])
    reader = LogReader(path)
    for text, expected in (
        ("since:60m", [2, 3, 4, 5, 6, 7, 8]),
        ("since:60m until:30m", [2, 3, 4, 5]),
        ("since:30m", [6, 7, 8]),
        ("since:200m until:61m", [1]),
        ("since:59m", [2, 4, 5, 6, 7, 8]),
    ):
        node = read_filter(text, NOON + 60 * 60)
        assert node is not None
        assert _all(Pages(reader, selection_of(node)), direction, 1) == expected
    reader.close()


def test_the_first_request_at_a_moment_is_found(many: Logged, path: Path) -> None:
    reader = LogReader(path)
    assert seq_at(reader, NOON) == 1
    assert seq_at(reader, NOON + 61) == 3
    assert seq_at(reader, NOON + 60 * 40) is None
    reader.close()


@pytest.mark.parametrize(
    "text",
    [
        "route:small",
        "route:small,large latency>1s",
        "status:error,degraded",
        "error",
        "client:web",
        "error:timeout",
        "rule:refunds",
        "model:mini -ok",
        "task:coding",
        "override:drain",
        "id:0199-00000009",
    ],
)
def test_an_indexed_field_is_found_by_its_index(path: Path, text: str) -> None:
    logged(path, [{"minute": 0, "status": "ok"}])
    node = read_filter(text, NOON)
    assert node is not None
    selection = selection_of(node)
    assert selection.anchor is not None
    reader = LogReader(path)
    # A statement that names an index SQLite cannot use is refused by SQLite.
    assert Pages(reader, selection).page("before", None, 10) == []
    reader.close()
