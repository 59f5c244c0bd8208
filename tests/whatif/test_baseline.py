"""The baseline compares like with like, and says what a model could not have carried."""

from pathlib import Path

import pytest

from console.traffic.reader import LogReader
from console.whatif.baseline import Baseline, baseline_of
from tests.whatif.made_log import TABLE, MadeLog, router


def found(log: MadeLog, last: int = 100) -> Baseline:
    log.close()
    reader = LogReader(log.path)
    *_, baseline = baseline_of(reader, router().table, last=last)
    reader.close()
    assert baseline.is_done
    return baseline


def test_every_model_is_held_against_what_was_spent(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite", TABLE)
    log.add("hello", cost_usd=0.0005)
    log.add("refund me", cost_usd=0.002)
    log.add("refund me", cost_usd=None)
    log.add("refund me", facts_kept=False)
    mini, pro, dark = found(log).models
    assert (mini.model, pro.model, dark.model) == ("mini", "pro", "dark")
    assert (mini.compared, mini.could_not) == (2, 0)
    assert mini.cost_usd == pytest.approx(2 * 120 / 1e6)
    assert pro.cost_usd == pytest.approx(2 * 1_200 / 1e6)
    assert mini.routed_usd == pro.routed_usd == pytest.approx(0.0025)
    assert (dark.cost_usd, dark.compared) == (None, 0)


def test_what_is_too_large_for_a_model_is_not_counted_for_it(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite", TABLE)
    log.add("long " * 2_000, cost_usd=0.5)
    log.add("short", cost_usd=0.5)
    mini, pro, _ = found(log).models
    assert (mini.could_not, mini.compared, mini.routed_usd) == (1, 1, 0.5)
    assert (pro.could_not, pro.compared) == (0, 2)


def test_without_facts_nothing_is_said(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite", TABLE)
    log.add("hello", facts_kept=False)
    baseline = found(log)
    assert (baseline.looked_at, baseline.without_facts) == (1, 1)
    assert all(one.cost_usd is None for one in baseline.models)
