"""The same table decided by zen-engine, as far as its decision tables can express it.

Only rules of equality, ranges and flags are compared: a decision table of zen-engine has no phrases
found as whole words without regard to case, and no RE2.
"""

import json
import random
from typing import Any

from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import parse_table
from tests.bench.report import Row, medians_us
from tests.bench.tables import TASKS

REPEAT = 2000


def measure() -> list[Row]:
    try:
        import zen
    except ImportError:
        return [Row("zen-engine", "ahead", "not installed: pip install '.[bench]'", "none")]
    return [_compared(zen, count) for count in (100, 1000)]


def _rules(count: int) -> list[dict[str, object]]:
    chosen = random.Random(9)
    rules = []
    for i in range(count):
        low = chosen.randrange(5000, 64000, 500)
        rules.append({"task": TASKS[i % len(TASKS)], "min": low, "tools": chosen.random() < 0.5})
    return rules


def _compared(zen: Any, count: int) -> Row:
    rules = _rules(count)
    router, facts = _ours(rules), Facts(task=TASKS[3], input_tokens=4000, tools=True)
    decision = zen.ZenEngine().create_decision(json.dumps(_theirs(rules)))
    asked = {"task": facts.task, "input_tokens": facts.input_tokens, "tools": facts.tools}
    assert router.decide(facts).rule is None
    assert decision.evaluate(asked)["result"]["rule"] == "none"
    hit = Facts(task=TASKS[3], input_tokens=64000, tools=bool(rules[3]["tools"]))
    also = {"task": hit.task, "input_tokens": hit.input_tokens, "tools": hit.tools}
    assert router.decide(hit).rule == decision.evaluate(also)["result"]["rule"]
    ours = medians_us(lambda: router.decide(facts), REPEAT)
    theirs = medians_us(lambda: decision.evaluate(asked), REPEAT)
    what = f"the same {count:,} rules of equality, range and flag: route-console / zen-engine"
    measured = f"{ours:.1f} µs / {theirs:.0f} µs: × {theirs / ours:.0f}"
    return Row(what, "ahead", measured, f"median of {REPEAT:,}")


def _ours(rules: list[dict[str, object]]) -> Router:
    document = {
        "version": 1,
        "name": "zen",
        "default": "a",
        "providers": {"p": {"base_url": "https://p.example/v1"}},
        "models": {"m": {"provider": "p", "supports": ["tools"]}},
        "tasks": {task: {"route": "a"} for task in TASKS},
        "routes": {"a": {"model": "m"}},
        "rules": [
            {
                "id": f"r{i}",
                "because": "Compared.",
                "when": {
                    "task": rule["task"],
                    "input_tokens": {"min": rule["min"]},
                    "tools": rule["tools"],
                },
                "route": "a",
            }
            for i, rule in enumerate(rules)
        ],
    }
    table = parse_table(json.dumps(document)).table
    assert table is not None
    return Router(table)


def _theirs(rules: list[dict[str, object]]) -> dict[str, object]:
    """Return the rules as a first-hit decision table in zen-engine's JSON decision model."""
    lines = [
        {
            "_id": f"r{i}",
            "t": json.dumps(rule["task"]),
            "n": f">= {rule['min']}",
            "f": json.dumps(rule["tools"]),
            "o": f'"r{i}"',
        }
        for i, rule in enumerate(rules)
    ]
    lines.append({"_id": "none", "t": "", "n": "", "f": "", "o": '"none"'})
    content = {
        "hitPolicy": "first",
        "inputs": [
            {"id": "t", "name": "task", "field": "task"},
            {"id": "n", "name": "tokens", "field": "input_tokens"},
            {"id": "f", "name": "tools", "field": "tools"},
        ],
        "outputs": [{"id": "o", "name": "rule", "field": "rule"}],
        "rules": lines,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "table",
            "type": "decisionTableNode",
            "name": "table",
            "position": {"x": 1, "y": 0},
            "content": content,
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "e1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "e2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}
