"""What deciding a log again finds is what the router says, request by request."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.routing.router import Router
from console.table.overrides import Drain, Override
from console.traffic.reader import LogReader
from console.whatif.decide_again import Impact, Move, impact_of
from tests.whatif.made_log import TABLE, MadeLog, facts, router

PROMPTS = ("refund me", "my order", "a lawyer writes", "translate this")
CHANGED = TABLE.replace("prompt: refund", "prompt: [lawyer, order]")


def found(path: Path, before: Router | None, after: Router, last: int = 1_000) -> Impact:
    reader = LogReader(path)
    *_, impact = impact_of(reader, before, after, last=last)
    reader.close()
    assert impact.is_done
    return impact


@settings(max_examples=25)
@given(st.lists(st.sampled_from(PROMPTS), max_size=12))
def test_moves_are_those_of_a_plain_comparison(
    tmp_path_factory: pytest.TempPathFactory, prompts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("log") / "traffic.sqlite"
    log = MadeLog(path)
    for prompt in prompts:
        log.add(prompt)
    log.close()
    before, after = router(), router(CHANGED)
    wanted: Counter[Move] = Counter()
    for prompt in prompts:
        one, other = before.decide(facts(prompt)), after.decide(facts(prompt))
        if one.route != other.route:
            wanted[Move("route", one.route, other.route)] += 1
    for against in (before, None):
        impact = found(path, against, after)
        assert impact.looked_at == len(prompts)
        assert impact.moves == wanted
        assert impact.moved == sum(wanted.values())


def test_costs_compare_like_with_like(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite")
    log.add("refund me")
    log.add("my order")
    log.close()
    impact = found(log.path, router(), router(TABLE.replace("route: large", "route: hidden")))
    # The one that moves to a model without a price is left out on both sides.
    assert (impact.moved, impact.priced) == (1, 1)
    assert impact.cost_before == impact.cost_after == pytest.approx(120 / 1e6)
    impact = found(log.path, router(), router(TABLE.replace("default: small", "default: large")))
    assert impact.priced == 2
    assert impact.cost_after - impact.cost_before == pytest.approx(9 * 120 / 1e6)


def test_what_hangs_on_texts_that_were_not_captured_is_undecidable(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite")
    log.add("refund me", capture=False)
    log.add("refund me", facts_kept=False)
    log.add("refund me")
    log.close()
    impact = found(log.path, router(), router(CHANGED))
    assert (impact.looked_at, impact.undecidable, impact.moved) == (3, 2, 1)


def test_a_drain_moves_models_and_strands_what_has_no_other(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite")
    log.add("my order")
    log.add("refund me")
    log.close()
    table = router().table

    def drained(**what: str) -> Router:
        until = datetime.fromisoformat("2999-01-01T00:00:00Z")
        return Router(table, [Override("x", until, "why", "me", drain=Drain(**what))])

    impact = found(log.path, router(), drained(provider="acorn"))
    assert impact.moves == {Move("model", "mini", "pro"): 1}
    assert impact.stranded == 0
    impact = found(log.path, router(), drained(provider="birch"))
    assert impact.moves == {Move("model", "pro", None): 1}
    assert impact.stranded == 1


def test_how_the_prompts_of_samples_begin_is_read_only_where_it_is_asked_for(
    tmp_path: Path,
) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite")
    moved = log.add("refund me")
    log.add("hello")
    log.close()
    reader = LogReader(log.path)
    *_, asked = impact_of(reader, router(), router(CHANGED), with_prompts=True)
    *_, unasked = impact_of(reader, router(), router(CHANGED))
    reader.close()
    assert asked.prompts == {moved: "refund me"}
    assert unasked.samples == asked.samples
    assert unasked.prompts == {}


def test_only_the_newest_are_looked_at_and_a_cancelled_search_is_not_done(tmp_path: Path) -> None:
    log = MadeLog(tmp_path / "traffic.sqlite")
    ids = [log.add(f"refund {number}") for number in range(10)]
    log.close()
    impact = found(log.path, router(), router(CHANGED), last=4)
    assert impact.looked_at == 4
    assert impact.samples[Move("route", "large", "small")] == ids[::-1][:4]
    reader = LogReader(log.path)
    assert list(impact_of(reader, router(), router(CHANGED), is_cancelled=lambda: True)) == []
    reader.close()
