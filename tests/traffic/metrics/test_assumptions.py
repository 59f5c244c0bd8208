"""An assumption holds, is broken, or is not proven: by its route and window alone."""

from pathlib import Path
from typing import Any

import pytest

from console.table.load import parse_table
from console.traffic.bulk import RecordedRequest, append
from console.traffic.metrics.assumptions import Judged, judge, window_minutes
from console.traffic.reader import LogReader
from tests.traffic.building import NOON, ended

TABLE = """\
version: 1
name: desk
default: small
providers: {{acorn: {{base_url: https://acorn.example/v1}}}}
models: {{mini: {{provider: acorn}}}}
routes:
  small:
    model: mini
    assumptions:
      - {{says: It is so., metric: {metric}, {bound}, window: 1h, min_requests: 4}}
"""


def judged(path: Path, metric: str, bound: str, rows: list[dict[str, Any]]) -> Judged:
    append(path, [RecordedRequest(ended(n, **row)) for n, row in enumerate(rows, start=1)])
    table = parse_table(TABLE.format(metric=metric, bound=bound)).table
    assert table is not None
    reader = LogReader(path)
    [found] = judge(reader, table, NOON + 600)
    reader.close()
    return found


FOUR = [{"duration_ms": ms, "cost_usd": 0.5} for ms in (100.0, 200.0, 300.0, 4_000.0)]


@pytest.mark.parametrize(
    ("metric", "bound", "verdict"),
    [
        ("latency_p50_ms", "max: 250", "holds"),
        ("latency_p90_ms", "max: 250", "broken"),
        ("cost_per_request_usd", "max: 0.5", "holds"),
        ("cost_per_request_usd", "min: 1", "broken"),
        ("error_rate", "max: 0", "holds"),
        ("first_chunk_p90_ms", "max: 1", "unproven"),
        ("customers_happy", "min: 1", "unproven"),
    ],
)
def test_the_figure_is_held_against_the_bound(
    tmp_path: Path, metric: str, bound: str, verdict: str
) -> None:
    found = judged(tmp_path / "traffic.sqlite", metric, bound, FOUR)
    assert found.verdict == verdict
    assert (found.why == "") == (verdict != "unproven")


def test_too_few_requests_prove_nothing(tmp_path: Path) -> None:
    rows = [{"status": "error"}] * 3
    found = judged(tmp_path / "traffic.sqlite", "error_rate", "max: 0", rows)
    assert (found.verdict, found.figure, found.samples) == ("unproven", 1.0, 3)
    assert found.why == "3 of the 4 requests it takes"


def test_what_other_routes_do_and_what_is_long_past_says_nothing(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        *[{"route": "large", "status": "error"}] * 5,
        *[{"ts_start": NOON - 7_200, "status": "error"}] * 5,
        *[{"status": "ok"}] * 4,
    ]
    found = judged(tmp_path / "traffic.sqlite", "error_rate", "max: 0", rows)
    assert (found.verdict, found.samples) == ("holds", 4)


def test_costs_that_are_not_known_prove_nothing(tmp_path: Path) -> None:
    found = judged(tmp_path / "traffic.sqlite", "cost_per_request_usd", "max: 9", [{}] * 9)
    assert (found.verdict, found.figure) == ("unproven", None)


def test_windows_are_whole_minutes() -> None:
    assert [window_minutes(w) for w in ("30s", "90s", "1h", "2d")] == [1, 2, 60, 2_880]
