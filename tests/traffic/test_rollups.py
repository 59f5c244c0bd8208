"""The minutes agree with the rows they were added up from, whatever happens to a log."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.traffic.bulk import RecordedRequest, append
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.traffic.rollups import DIMENSIONS, MinuteRollup, Rollups
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, NOON, ended, facts, request

names = st.sampled_from([None, "small", "large", "''", "x" * 64])
amounts = st.none() | st.integers(0, 5_000)

endings = st.fixed_dictionaries(
    {
        "ts_start": st.floats(NOON - 100, NOON + 100),
        "status": st.sampled_from(["ok", "degraded", "error", "client_cancelled", "in_flight"]),
        "route": names,
        "task": names,
        "rule_id": names,
        "response_model": names,
        "provider_name": names,
        "n_fallbacks": st.integers(0, 2),
        "escalated": st.booleans(),
        "duration_ms": st.none() | st.floats(0, 1e6),
        "time_to_first_chunk_ms": st.none() | st.floats(0, 1e6),
        "input_tokens": amounts,
        "output_tokens": amounts,
        "cost_usd": st.none() | st.floats(0, 10),
    }
)


def tags_of(reader: LogReader, row: RequestRow) -> dict[str, str]:
    facts = reader.facts(row.request_id)
    return {} if facts is None else facts.tags


def recomputed(reader: LogReader) -> dict[tuple[str, int, str | None], MinuteRollup]:
    sums = Rollups()
    for row in reader.newest(10_000):
        sums.add(row, tags_of(reader, row))
    return {(r.dimension, r.minute, r.value): r for r in sums.sums()}


def told(reader: LogReader) -> dict[tuple[str, int, str | None], MinuteRollup]:
    rollups = [r for name in DIMENSIONS for r in reader.rollups(name, NOON - 900, NOON + 900)]
    return {(r.dimension, r.minute, r.value): r for r in rollups}


def assert_agree(reader: LogReader) -> None:
    found, wanted = told(reader), recomputed(reader)
    assert found.keys() == wanted.keys()
    for key, rollup in found.items():
        assert rollup.cost_usd == pytest.approx(wanted[key].cost_usd)
        rollup.cost_usd = wanted[key].cost_usd
        assert rollup == wanted[key]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(endings, st.booleans(), st.booleans()), max_size=30))
def test_rollups_equal_a_recomputation_from_the_rows(
    told_requests: list[tuple[dict[str, object], bool, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.sqlite"
        writer = LogWriter(path, interval_s=0)
        for number, (ending, was_begun, is_apart) in enumerate(told_requests):
            if was_begun:
                writer.begin(request(number), facts(number), DECISION)
            if is_apart:
                writer.flush()
            writer.finish(ended(number, **ending))
        writer.close()

        reader = LogReader(path)
        assert_agree(reader)
        reader.close()


def test_a_batch_that_fails_leaves_neither_rows_nor_minutes(path: Path) -> None:
    append(path, [RecordedRequest(ended(1))])
    broken = RecordedRequest(ended(3, operation_name=None))

    with pytest.raises(Exception, match="NOT NULL"):
        append(path, [RecordedRequest(ended(2)), broken])

    reader = LogReader(path)
    assert [row.seq for row in reader.newest(9)] == [1]
    assert_agree(reader)
    reader.close()


def test_a_request_given_twice_is_added_once(path: Path) -> None:
    append(path, [RecordedRequest(ended(1)), RecordedRequest(ended(2))])
    append(path, [RecordedRequest(ended(2)), RecordedRequest(ended(3))])

    reader = LogReader(path)
    assert [row.seq for row in reader.newest(9)] == [1, 2, 3]
    assert_agree(reader)
    reader.close()


def test_rule_hits_are_counted_by_rule_and_none_stands_for_no_rule(
    writer: LogWriter, reader: LogReader
) -> None:
    for number, rule in enumerate(["code", "code", None, "long"]):
        writer.finish(ended(number, rule_id=rule))
    writer.finish(ended(9, rule_id="code", ts_start=NOON - 600))
    writer.flush()

    assert reader.rule_hits(NOON) == {"code": 2, "long": 1, None: 1}
    assert reader.rule_hits(NOON - 3_600)["code"] == 3


def test_a_minute_counts_what_is_unknown_apart_from_what_is_zero() -> None:
    sums = Rollups()
    sums.add(ended(1, cost_usd=0.0, input_tokens=0, output_tokens=0), {})
    sums.add(ended(2, cost_usd=None, input_tokens=5, output_tokens=None), {})

    [route] = [r for r in sums.sums() if r.dimension == "route"]
    assert (route.cost_usd, route.cost_unknown) == (0.0, 1)
    assert (route.input_tokens, route.tokens_unknown) == (5, 1)


def test_latencies_are_those_of_answered_requests() -> None:
    sums = Rollups()
    sums.add(ended(1, status="ok", duration_ms=100.0), {})
    sums.add(ended(2, status="degraded", duration_ms=300.0), {})
    sums.add(ended(3, status="error", duration_ms=60_000.0), {})
    sums.add(ended(4, status="client_cancelled", duration_ms=9_000.0), {})

    [route] = [r for r in sums.sums() if r.dimension == "route"]
    assert (route.requests, route.errors, route.cancelled, route.degraded) == (4, 1, 1, 1)
    assert route.latency.total == 2
    assert route.latency.quantile(1) == pytest.approx(300, rel=0.02)
