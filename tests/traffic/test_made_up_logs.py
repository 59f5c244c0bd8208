"""The made-up logs of benchmarks are logs like any other: decisions, minutes and attempts agree."""

from importlib import resources
from pathlib import Path

import pytest

from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import parse_table
from console.table.model import Table
from console.traffic.reader import LogReader
from tests.bench.make_log import main, make_log
from tests.traffic.building import NOON

ROWS = 400


@pytest.fixture(scope="module")
def table() -> Table:
    text = resources.files("console.demo").joinpath("table.yaml").read_text("utf-8")
    table = parse_table(text).table
    assert table is not None
    return table


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> LogReader:
    path = tmp_path_factory.mktemp("made") / "log.sqlite"
    make_log(path, ROWS, seed=7, until_ts=NOON)
    return LogReader(path)


def test_the_same_seed_gives_the_same_rows(made: LogReader, tmp_path: Path) -> None:
    make_log(tmp_path / "again.sqlite", ROWS, seed=7, until_ts=NOON)
    make_log(tmp_path / "other.sqlite", ROWS, seed=8, until_ts=NOON)

    assert LogReader(tmp_path / "again.sqlite").newest(ROWS) == made.newest(ROWS)
    assert LogReader(tmp_path / "other.sqlite").newest(ROWS) != made.newest(ROWS)


def test_deciding_a_made_up_log_again_gives_what_is_recorded(made: LogReader, table: Table) -> None:
    router = Router(table)
    for row in made.newest(ROWS):
        facts, body = made.facts(row.request_id), made.body(row.request_id)
        recorded = made.decision(row.request_id)
        assert facts is not None
        assert body is not None
        assert recorded is not None
        fields = {name: getattr(facts, name) for name in facts.__struct_fields__[1:]}
        drawn = Facts(**fields, prompt=body.prompt or "", conversation=body.prompt or "")
        assert router.decide(drawn) == recorded.decision
        assert (row.route, row.rule_id) == (recorded.decision.route, recorded.decision.rule)


def test_a_made_up_log_is_varied_and_ends_now(made: LogReader) -> None:
    rows = made.newest(ROWS)

    assert len(rows) == ROWS
    assert {"ok", "degraded", "in_flight"} <= {row.status for row in rows}
    assert len({row.route for row in rows}) >= 4
    assert len({row.rule_id for row in rows}) >= 5
    assert [row.ts_start for row in rows] == sorted(row.ts_start for row in rows)
    assert NOON - 5 < rows[-1].ts_start <= NOON


def test_the_attempts_of_a_made_up_request_are_those_it_counts(made: LogReader) -> None:
    for row in made.newest(ROWS):
        attempts = made.attempts(row.request_id)
        assert len(attempts) == row.n_attempts
        if row.status in ("ok", "degraded"):
            assert attempts[-1].model == row.response_model
            assert attempts[-1].why_next is None


def test_a_log_is_made_from_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "log.sqlite"
    monkeypatch.setattr("sys.argv", ["make_log.py", str(out), "20", "--seed", "3"])

    assert main() == 0
    assert LogReader(out).last_seq() == 20


def test_a_table_that_is_not_there_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, table = str(tmp_path / "log.sqlite"), str(tmp_path / "none.yaml")
    monkeypatch.setattr("sys.argv", ["make_log.py", out, "20", "--table", table])

    assert main() == 2
    assert "none.yaml" in capsys.readouterr().err
