"""How long deciding, drawing facts and explaining take, and loading what they need."""

import time
from functools import partial

import yaml

from console.routing.facts import Facts, draw_facts
from console.routing.router import Router
from console.table.load import parse_table
from console.table.model import Table
from tests.bench.report import Row, medians_us
from tests.bench.tables import body_of, json_size, prompt_of, table_text

REPEAT = 5000


def measure() -> list[Row]:
    body = body_of(prompt_of(2048))
    facts = draw_facts(body)
    rows = []
    decided: dict[int, float] = {}
    for count, reach in ((10, "stated"), (100, "≤ 15 µs"), (1000, "≤ 25 µs")):
        router = Router(_table(count))
        assert router.decide(facts).rule is None, "the worst case is that no rule matches"
        decided[count] = medians_us(partial(router.decide, facts), REPEAT)
        what = f"decide, {count:,} rules, 2 KB prompt, nothing matches"
        rows.append(Row(what, reach, f"{decided[count]:.1f} µs", f"median of {REPEAT:,}"))
    growth = decided[1000] / decided[10]
    rows.append(Row("growth from 10 to 1,000 rules", "stated", f"× {growth:.2f}", "the same"))
    drawn = medians_us(lambda: draw_facts(body), REPEAT)
    what = f"draw facts, body of {json_size(body):,} bytes"
    rows.append(Row(what, "≤ 25 µs", f"{drawn:.1f} µs", f"median of {REPEAT:,}"))
    rows += [_explained(facts), *_loaded()]
    return rows


def _table(count: int) -> Table:
    loaded = parse_table(table_text(count))
    assert loaded.table is not None, loaded.problems[:3]
    return loaded.table


def _explained(facts: Facts) -> Row:
    router = Router(_table(1000))
    decision = router.decide(facts)
    took = medians_us(lambda: router.explain(facts, decision), 500) / 1000
    what = "explain fully, 1,000 rules each judged, 2 KB prompt"
    return Row(what, "≤ 1 ms", f"{took:.2f} ms", "median of 500")


def _loaded() -> list[Row]:
    text = table_text(1000)
    times, plain = [], []
    for _ in range(5):
        start = time.perf_counter()
        table = parse_table(text).table
        assert table is not None
        Router(table)
        times.append(time.perf_counter() - start)
        start = time.perf_counter()
        yaml.safe_load(text)
        plain.append(time.perf_counter() - start)
    took, peer = sorted(times)[2], sorted(plain)[2]
    what = f"load, validate and compile 1,000 rules ({len(text) // 1024} KB)"
    measured = f"{took:.2f} s; yaml.safe_load alone {peer:.2f} s"
    return [Row(what, "≤ 0.5 s", measured, "median of 5")]
