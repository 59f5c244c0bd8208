"""Patterns that hang a backtracking engine, each with its attack string, through a rule."""

import json
from functools import partial
from pathlib import Path

from console.routing.facts import draw_facts
from console.routing.router import Router
from console.table.load import parse_table
from tests.bench.report import Row, times_us

REPEAT = 5


def measure(data: Path) -> list[Row]:
    source = data / "hostile" / "redos.jsonl"
    if not source.exists():
        return [Row("hostile patterns", "≤ 10 ms", f"no data at {source}", "none")]
    worst, refused, over, count, longest = 0.0, 0, 0, 0, 0
    for line in source.read_text().splitlines():
        attack = json.loads(line)
        count += 1
        loaded = parse_table(json.dumps(_table(attack["regex"])))
        if loaded.table is None:
            [problem] = loaded.errors
            assert problem.code == "bad-pattern"
            assert problem.line == 1
            refused += 1
            continue
        prompt = attack["prefix"] + attack["pump"] * attack["n"] + attack["suffix"]
        facts = draw_facts({"messages": [{"role": "user", "content": prompt}]})
        router = Router(loaded.table)
        # The first decision counts too: it is then that RE2 builds its automaton.
        took = max(times_us(partial(router.decide, facts), REPEAT, warm_up=False))
        worst, longest = max(worst, took), max(longest, len(prompt))
        over += took > 10_000
    measured = f"worst {worst / 1000:.1f} ms, {over} over 10 ms; {refused} refused at their line"
    what = (
        f"{count} hostile patterns with their attacks (to {longest:,} characters), through a rule"
    )
    return [Row(what, "none over 10 ms", measured, f"worst of {REPEAT} each")]


def _table(pattern: str) -> dict[str, object]:
    return {
        "version": 1,
        "name": "hostile",
        "default": "a",
        "providers": {"p": {"base_url": "https://p.example/v1"}},
        "models": {"m": {"provider": "p"}},
        "routes": {"a": {"model": "m"}},
        "rules": [
            {
                "id": "r",
                "because": "Measured.",
                "when": {"prompt": {"matches": [pattern]}},
                "route": "a",
            }
        ],
    }
