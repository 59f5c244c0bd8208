"""Tables that are hard to lint: rules on few facts, so that they cover each other in many ways."""

import random
from typing import Any

import yaml

from tests.bench.tables import TASKS


def table_of_names(rules: int, seed: int = 11) -> str:
    """Return a table of that many rules, each of 3 to 5 conditions without words or patterns."""
    chosen = random.Random(seed)
    document = {
        "version": 1,
        "name": "bench-lint",
        "default": "small",
        "providers": {"one": {"base_url": "https://one.example/v1"}},
        "models": {"mini": {"provider": "one"}, "maxi": {"provider": "one"}},
        "tasks": {task: {"route": "small"} for task in TASKS},
        "routes": {"small": {"model": "mini"}, "large": {"model": "maxi"}},
        "rules": [
            {
                "id": f"rule-{number}",
                "because": "A rule to measure with.",
                "when": _when(chosen),
                "route": chosen.choice(["small", "large"]),
            }
            for number in range(rules)
        ],
    }
    return yaml.safe_dump(document, sort_keys=False)


def _when(chosen: random.Random) -> dict[str, Any]:
    low = chosen.randrange(0, 60_000, 500)
    possible: dict[str, Any] = {
        "task": chosen.sample([*TASKS, "task-1*", "task-*"], chosen.randint(1, 4)),
        "tags.team": chosen.choice(["billing", "sales*", "*-eu", ["legal", "press"]]),
        "client": [f"client-{chosen.randrange(30)}", f"batch-{chosen.randrange(5)}*"],
        "input_tokens": {"min": low, "max": low + chosen.randrange(1000, 40_000, 500)},
        "turns": {"min": chosen.randint(1, 8)},
        "tools": chosen.random() < 0.5,
        "stream": chosen.random() < 0.5,
        "none_of": [{"response_format": chosen.choice(["json_*", "text"])}, {"images": True}],
        "any_of": [{"model": "gpt-*"}, {"max_output_tokens": {"max": chosen.randrange(100, 900)}}],
    }
    names = chosen.sample(sorted(possible), chosen.randint(3, 5))
    return {name: possible[name] for name in names}
