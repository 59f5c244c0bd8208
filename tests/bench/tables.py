"""Tables and prompts to measure with: of a stated size, seeded, like real ones in their mix."""

import json
import random
from typing import Any

import yaml

WORDS = """
account address agent amount angry answer appeal archive balance bank battery billing branch
broken budget cancel card charge chargeback claim cluster colour compare complaint contract
coupon crash customer damage database deadline delay deliver deploy discount document double
draft error estimate exchange export failure feature figure filter forecast gateway handle
holiday import index insurance invoice label latency lawyer legal letter license login market
meeting memory merge message missing model network notice number order outage owner package
parcel password patch payment pension phone picture policy portal price privacy problem
process query queue quote receipt refund region release reminder report request return review
rollback route schema school screen server service session shipment signature stack statement
status storage stream summary supplier support system table target tenant theft ticket trace
transfer translate travel update upgrade vendor version voucher warranty website window
""".split()  # noqa: SIM905 - a word list reads best as words
TASKS = [f"task-{i}" for i in range(20)]


def prompt_of(size: int, seed: int = 17) -> str:
    """Return a prompt of `size` characters of English words."""
    chosen = random.Random(seed)
    text = " ".join(chosen.choice(WORDS) for _ in range(size // 4))
    return text[:size]


def body_of(prompt: str) -> dict[str, Any]:
    """Return an OpenAI body around a prompt, as a client library writes one."""
    return {
        "model": "auto",
        "messages": [
            {"role": "system", "content": "You answer briefly and never guess."},
            {"role": "user", "content": prompt},
        ],
        "max_completion_tokens": 400,
        "metadata": {"team": "billing", "customer": "c-1042"},
        "temperature": 0.2,
        "stream": True,
    }


def table_text(rules: int, seed: int = 5) -> str:
    """Return a table with that many rules: 1 to 4 conditions each, 70 % with text.

    A text condition is two phrases of three words (rarely found), or a pattern in one of five.
    """
    chosen = random.Random(seed)
    document = {
        "version": 1,
        "name": "bench",
        "default": "small",
        "providers": {"one": {"base_url": "https://one.example/v1"}},
        "models": {
            "mini": {"provider": "one", "context_tokens": 128000, "supports": ["tools"]},
            "maxi": {"provider": "one", "context_tokens": 400000, "supports": ["tools", "images"]},
        },
        "tasks": {task: {"route": "small"} for task in TASKS},
        "routes": {
            "small": {"model": "mini", "fallbacks": ["maxi"]},
            "large": {"model": "maxi"},
        },
        "rules": [_rule(i, chosen) for i in range(rules)],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _rule(number: int, chosen: random.Random) -> dict[str, Any]:
    when: dict[str, Any] = {}
    if chosen.random() < 0.7:
        if chosen.random() < 0.2:
            when["prompt"] = {"matches": [rf"(?i)\b{chosen.choice(WORDS)}[-#]\d{{4,8}}\b"]}
        else:
            when["prompt"] = [" ".join(chosen.sample(WORDS, 3)) for _ in range(2)]
    if chosen.random() < 0.4:
        when["task"] = chosen.sample(TASKS, 2)
    if chosen.random() < 0.3:
        when["input_tokens"] = {"min": chosen.randrange(1000, 64000, 500)}
    if chosen.random() < 0.2:
        when["tools"] = True
    if chosen.random() < 0.1 or not when:
        when["tags.team"] = f"team-{chosen.randrange(10)}"
    return {
        "id": f"rule-{number}",
        "because": "A rule to measure with.",
        "when": when,
        "route": chosen.choice(["small", "large"]),
    }


def json_size(body: dict[str, Any]) -> int:
    """Return the size of a body on the wire, in bytes."""
    return len(json.dumps(body).encode())
