"""Windows, series and marks agree with a plain recomputation from the rows."""

from pathlib import Path
from statistics import fmean, variance
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.traffic.bulk import RecordedRequest, append
from console.traffic.histogram import Histogram
from console.traffic.metrics.marks import read_marks
from console.traffic.metrics.scores import FEWEST_SCORES, read_scores
from console.traffic.metrics.sums import read_series, read_sums
from console.traffic.metrics.windows import Window, quantile_interval, read_window
from console.traffic.reader import LogReader
from console.traffic.records import OutcomeRow, OverrideRow, RequestRow, TableVersionRow
from console.traffic.rollups import DIMENSIONS, minute_of
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, NOON, ended, facts, request

START = minute_of(NOON)

some_requests = st.lists(
    st.fixed_dictionaries(
        {
            "ts_start": st.integers(0, 5 * 60).map(lambda minute: NOON + 60 * minute + 7),
            "status": st.sampled_from(["ok", "degraded", "error", "client_cancelled"]),
            "route": st.sampled_from([None, "small", "large"]),
            "client": st.sampled_from([None, "ide"]),
            "cost_usd": st.none() | st.floats(0, 10),
            "duration_ms": st.none() | st.floats(1, 1e5),
        }
    ),
    max_size=30,
)


def log_of(path: Path, asked: list[dict[str, Any]]) -> list[RequestRow]:
    rows = [ended(number, **fields) for number, fields in enumerate(asked, start=1)]
    append(path, [RecordedRequest(row) for row in rows])
    return rows


@settings(max_examples=40)
@given(some_requests, st.integers(-5, 310), st.integers(0, 310), st.sampled_from(DIMENSIONS))
def test_sums_of_any_stretch_are_those_of_its_rows(
    tmp_path_factory: pytest.TempPathFactory,
    asked: list[dict[str, Any]],
    first: int,
    length: int,
    dimension: str,
) -> None:
    path = tmp_path_factory.mktemp("log") / "traffic.sqlite"
    rows = log_of(path, asked)
    first += START
    last = first + length
    column = {"model": "response_model", "provider": "provider_name", "rule": "rule_id"}
    name = column.get(dimension, dimension)
    reader = LogReader(path)
    sums = read_sums(reader, dimension, first, last)
    within = [row for row in rows if first <= minute_of(row.ts_start) < last]
    assert sum(one.requests for one in sums.values()) == len(within)
    for value, one in sums.items():
        of_value = [row for row in within if getattr(row, name, None) == value]
        assert one.requests == len(of_value)
        assert one.errors == sum(row.status == "error" for row in of_value)
        assert one.cost_unknown == sum(row.cost_usd is None for row in of_value)
        assert one.cost_usd == pytest.approx(sum(row.cost_usd or 0 for row in of_value))
        answered = [r for r in of_value if r.status in ("ok", "degraded") and r.duration_ms]
        assert one.latency.total == len(answered)
    for step in (1, 7):
        series = read_series(reader, dimension, None, first, last, step)
        counted = [one.requests for one in series]
        assert sum(counted) == sum(getattr(row, name, None) is None for row in within)
    reader.close()


def window_of(path: Path, now: float = NOON + 3_600, minutes: int = 60) -> Window:
    reader = LogReader(path)
    found = read_window(reader, "route", minutes, now)
    reader.close()
    return found


def many(count: int, minute: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"ts_start": NOON + 60 * minute, **fields} for _ in range(count)]


def test_a_window_stands_against_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "traffic.sqlite"
    log_of(
        path,
        [
            *many(200, -30, route="small", duration_ms=100.0),
            *many(30, -30, route="gone"),
            *many(200, 30, route="small", duration_ms=400.0),
            *many(40, 30, route="small", status="error"),
            *many(1, 30, route="large", cost_usd=0.25),
        ],
    )
    window = window_of(path)
    small, large, gone = window.parts
    assert (small.now.value, large.now.value, gone.now.value) == ("small", "large", "gone")
    assert small.now.requests == 240
    assert small.now.share == pytest.approx(240 / 241)
    assert (small.error_rate, small.p50, small.p95) == ("up", "up", "up")
    assert small.before is not None
    assert small.before.errors == 0
    assert (large.before, large.error_rate, large.p95) == (None, "unknown", "unknown")
    assert (gone.now.requests, gone.now.error_rate, gone.now.p50_ms) == (0, None, None)
    assert gone.requests == "down"
    assert window.whole.now.requests == 241
    assert window.whole.now.cost_usd == 0.25
    assert window.whole.now.cost_unknown == 240


def test_a_difference_that_the_sample_cannot_carry_is_none(tmp_path: Path) -> None:
    path = tmp_path / "traffic.sqlite"
    log_of(
        path,
        [
            *many(30, -30, route="small", duration_ms=100.0),
            *many(33, 30, route="small", duration_ms=101.0),
            *many(1, 30, route="small", status="error"),
        ],
    )
    [small] = window_of(path).parts
    assert (small.requests, small.error_rate, small.p50) == ("same", "same", "same")


def test_an_empty_log_has_an_empty_window(tmp_path: Path) -> None:
    path = tmp_path / "traffic.sqlite"
    log_of(path, [])
    window = window_of(path)
    assert window.parts == []
    assert window.whole.now.requests == 0
    assert window.whole.now.error_rate is None
    assert window.whole.now.cost_usd is None


def test_the_interval_of_a_quantile_holds_it_and_narrows_with_the_sample() -> None:
    sample = Histogram()
    for value in range(1, 401):
        sample.add(float(value))
    found = quantile_interval(sample, 0.5)
    assert found is not None
    low, high = found
    assert low < 200 < high
    assert high - low < 60
    few = Histogram()
    few.add(1.0)
    assert quantile_interval(few, 0.5) is None


def test_marks_are_what_was_done_in_that_time(tmp_path: Path) -> None:
    path = tmp_path / "traffic.sqlite"
    writer = LogWriter(path)
    writer.table_served(TableVersionRow("abcdef0123", NOON + 10, "ann", "cheaper", "text"))
    writer.table_served(TableVersionRow("0123456789", NOON + 999, None, None, "text"))
    writer.override_seen(OverrideRow(NOON + 5, "made", "drain-x", NOON + 60, "why", "bo", "x"))
    assert writer.flush()
    reader = LogReader(path)
    marks = read_marks(reader, NOON, NOON + 100)
    assert [(mark.kind, mark.what) for mark in marks] == [
        ("override", "drain-x made"),
        ("version", "version abcdef0: cheaper"),
    ]
    reader.close()
    writer.close()


def test_a_request_counts_under_each_of_its_tags_and_once_in_all(path: Path) -> None:
    tagged = [{"team": "a", "tier": "1"}, {"team": "a"}, {}]
    rows = [ended(number, ts_start=NOON) for number in (1, 2, 3)]
    append(
        path,
        [
            RecordedRequest(row, facts(number, tags=tags))
            for number, (row, tags) in enumerate(zip(rows, tagged, strict=True), start=1)
        ],
    )
    reader = LogReader(path)
    window = read_window(reader, "tag", 60, NOON + 60)
    reader.close()
    assert {part.now.value: part.now.requests for part in window.parts} == {
        "team=a": 2,
        "tier=1": 1,
        None: 1,
    }
    assert window.whole.now.requests == 3


def test_tags_are_counted_also_where_a_request_ends_in_a_later_write(path: Path) -> None:
    writer = LogWriter(path, interval_s=0.001)
    writer.begin(request(1, ts_start=NOON), facts(1, tags={"team": "a"}), DECISION, None, None)
    assert writer.flush()
    writer.finish(ended(1, ts_start=NOON))
    writer.close()
    reader = LogReader(path)
    [rollup] = reader.rollups("tag", NOON, NOON + 60)
    reader.close()
    assert (rollup.value, rollup.requests) == ("team=a", 1)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["good", "fast"]),
            st.floats(-5, 5),
            st.integers(0, 119),
        ),
        max_size=40,
    )
)
def test_scores_are_those_of_a_plain_recomputation(
    tmp_path_factory: pytest.TempPathFactory, given_: list[tuple[int, str, float, int]]
) -> None:
    path = tmp_path_factory.mktemp("log") / "traffic.sqlite"
    routes = ["small", "large", None, "small"]
    rows = [ended(n, ts_start=NOON, route=route) for n, route in enumerate(routes)]
    append(path, [RecordedRequest(row) for row in rows])
    writer = LogWriter(path, interval_s=0.001)
    for number, name, score, minute in given_:
        writer.outcome(OutcomeRow(rows[number].request_id, NOON + 60 * minute, name, score))
    writer.close()
    reader = LogReader(path)
    found = read_scores(reader, "route", NOON, NOON + 7_200, NOON + 3_600)
    reader.close()
    for route in set(routes):
        for name in ("good", "fast"):
            of_it = [s for n, m, s, minute in given_ if routes[n] == route and m == name]
            now = [
                s for n, m, s, minute in given_ if routes[n] == route and m == name and minute >= 60
            ]
            told = [score for score in found.get(route, []) if score.name == name]
            assert bool(told) == bool(now)
            if told:
                [found_score] = told
                assert found_score.now.count == len(now)
                assert found_score.now.mean == pytest.approx(fmean(now), abs=1e-9)
                if len(now) > 1:
                    assert found_score.now.variance == pytest.approx(variance(now), abs=1e-6)
                before = found_score.before.count if found_score.before is not None else 0
                assert before == len(of_it) - len(now)
                assert found_score.now.spread is None or len(now) >= FEWEST_SCORES
