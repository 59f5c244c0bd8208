"""Random valid tables and overrides as plain data, ready to be written as YAML."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.property import vocabulary as words
from tests.property.vocabulary import among
from tests.reference.plain_conditions import bucket_of

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
PROVIDERS = ("openai", "anthropic", "local")
MODELS = ("gpt-mini", "haiku", "opus", "llama")
ROUTES = ("small", "large", "local")
CAPABILITIES = ("tools", "images", "json_schema")
NUMBER_FACTS = ("input_tokens", "max_output_tokens", "turns", "hidden_chars")
FLAG_FACTS = ("tools", "images", "audio", "stream")
TEXT_FACTS = ("prompt", "system", "conversation")
TAG_FACTS = tuple(f"tags.{key}" for key in words.TAG_KEYS)
NAME_FACTS = ("task", "model", "client", "response_format", *TAG_FACTS)
GROUPS = ("any_of", "all_of", "none_of")
SALTS = ("s", "t", "u", "2026 é")
KNOWN_VALUES = {
    "task": words.TASKS + words.UNLISTED_TASKS,
    "model": words.MODELS_ASKED,
    "client": words.CLIENTS,
    "response_format": words.RESPONSE_FORMATS,
    **dict.fromkeys(TAG_FACTS, words.TAG_VALUES),
}
GLOBS = {
    "model": words.MODEL_GLOBS,
    "client": words.CLIENT_GLOBS,
    "response_format": words.FORMAT_GLOBS,
}


@cache
@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a table without errors: up to six rules over a few routes, models and tasks."""
    routes = ROUTES[: draw(among(1, 2, 3))]
    tasks = draw(_SOME_TASKS)
    table: dict[str, Any] = {
        "version": 1,
        "name": "random",
        "description": "A table made up for one test.",
        "default": draw(among(*routes)),
        "providers": {
            name: {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "SOME_KEY"}
            for name in PROVIDERS
        },
        "models": {name: draw(_models()) for name in MODELS},
        "routes": {name: draw(_routes()) for name in routes},
    }
    if tasks:
        table["tasks"] = {
            task: {"description": f"To do {task}.", "route": draw(among(*routes))} for task in tasks
        }
    count = draw(st.integers(0, 6))
    if count:
        table["rules"] = [draw(_rules(n, routes, tuple(tasks))) for n in range(1, count + 1)]
    return table


def phrases_of(data: Any) -> Iterator[str]:
    """Yield the phrases and patterns for texts that a table's rules are written with."""
    if isinstance(data, list):
        for item in data:
            yield from phrases_of(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in (*TEXT_FACTS, "contains", "contains_all", "matches"):
                yield from _leaves(value)
            elif key in ("rules", "when", *GROUPS):
                yield from phrases_of(value)


@st.composite
def overrides(draw: st.DrawFn, table: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw up to four overrides of the table, their ends on both sides of `NOW` and on it."""
    found = []
    routes = list(table["routes"])
    kinds = ["provider", "model"] + (["pin"] * 2 if len(routes) > 1 else [])
    for number in range(draw(among(0, 1, 2, 3, 4))):
        override: dict[str, Any] = {
            "id": f"inc-{number}",
            "until": draw(_ends()),
            "because": "A storm of refusals.",
            "by": "oncall",
        }
        kind = draw(among(*kinds))
        if kind == "pin":
            pair = draw(st.permutations(routes))
            override["pin"] = {"route": pair[0], "to": pair[1]}
        else:
            names = PROVIDERS if kind == "provider" else MODELS
            override["drain"] = {kind: draw(among(*names))}
        found.append(override)
    return found


@cache
def times() -> st.SearchStrategy[float]:
    """Return times of a decision, in Unix seconds, at and about `NOW`."""
    return among(*(NOW.timestamp() + seconds for seconds in (0.0, 0.0, -0.25, 0.25, -1.0, 1.0)))


@cache
def skips() -> st.SearchStrategy[dict[str, str]]:
    """Return what a running gateway may hold against models."""
    return st.dictionaries(among(*MODELS), among("cooling_down", "missing_key"), max_size=2)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)


@cache
@st.composite
def _ends(draw: st.DrawFn) -> datetime:
    """Draw when an override ends, written in one zone or another."""
    zone = timezone(timedelta(hours=draw(among(0, 0, 2, -9))))
    seconds = draw(among(0.0, -0.25, 0.25, -1.0, 1.0, 3600.0, 3600.0))
    return (NOW + timedelta(seconds=seconds)).astimezone(zone)


@cache
@st.composite
def _models(draw: st.DrawFn) -> dict[str, Any]:
    model: dict[str, Any] = {"provider": draw(among(*PROVIDERS))}
    if draw(st.booleans()):
        model["context_tokens"] = draw(among(*range(1, 21)))
    if draw(st.booleans()):
        model["supports"] = draw(_SOME_CAPABILITIES)
    return model


@cache
@st.composite
def _routes(draw: st.DrawFn) -> dict[str, Any]:
    targets = draw(_SOME_MODELS)
    route: dict[str, Any] = {"description": "Where some requests go.", "model": targets[0]}
    if targets[1:]:
        route["fallbacks"] = targets[1:]
    return route


@cache
@st.composite
def _rules(
    draw: st.DrawFn, number: int, routes: tuple[str, ...], tasks: tuple[str, ...]
) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": f"rule-{number}",
        "because": "It was drawn at random.",
        "when": draw(whens(deepest=2)),
    }
    sets = draw(among("route", "task", "both")) if tasks else "route"
    if sets != "route":
        rule["task"] = draw(among(*tasks))
    if sets != "task":
        rule["route"] = draw(among(*routes))
    enabled = draw(among(None, None, None, True, True, False))
    if enabled is not None:
        rule["enabled"] = enabled
    return rule


@cache
@st.composite
def whens(draw: st.DrawFn, deepest: int) -> dict[str, Any]:
    """Draw a condition with groups to the depth of `deepest`, at times wrapped in four more."""
    when = draw(_conjunctions(deepest))
    if draw(among(*range(5))) == 4:
        for group in draw(_SOME_GROUPS):
            when = {group: [when]}
    return when


@cache
@st.composite
def _conjunctions(draw: st.DrawFn, deepest: int) -> dict[str, Any]:
    entries = [draw(_entries(deepest)) for _ in range(draw(among(1, 1, 2, 3)))]
    return dict(entries)


@cache
def _entries(deepest: int) -> st.SearchStrategy[tuple[str, Any]]:
    """Return one entry of a `when`: a fact or `rollout` or a group, with its matcher."""
    flags = st.tuples(among(*FLAG_FACTS), st.booleans())
    leaves = [_names(), _names(), _texts(), _texts(), _texts(), _numbers(), flags, _rollouts()]
    if not deepest:
        return st.one_of(leaves)
    members = st.lists(_conjunctions(deepest - 1), min_size=1, max_size=3)
    groups = st.tuples(among(*GROUPS), members)
    return st.one_of(*leaves, groups, groups)


@cache
@st.composite
def _names(draw: st.DrawFn) -> tuple[str, Any]:
    fact = draw(among(*NAME_FACTS))
    known = KNOWN_VALUES[fact]
    name = among(*known, *known, *GLOBS.get(fact, words.GLOBS))
    several = draw(among(0, 0, 1, 2, 3))
    return fact, [draw(name) for _ in range(several)] if several else draw(name)


@cache
@st.composite
def _numbers(draw: st.DrawFn) -> tuple[str, Any]:
    low, high = sorted((draw(among(*range(13))), draw(among(*range(13)))))
    bounds: dict[str, int] = {"min": low, "max": high}
    for end in draw(among((), ("min",), ("max",))):
        del bounds[end]
    return draw(among(*NUMBER_FACTS)), bounds


@cache
@st.composite
def _texts(draw: st.DrawFn) -> tuple[str, Any]:
    fact = draw(among(*TEXT_FACTS))
    short = draw(among("phrase", "phrases", "parts", "parts"))
    if short == "phrase":
        return fact, draw(words.phrases())
    if short == "phrases":
        return fact, draw(_SOME_PHRASES)
    matcher = {part: draw(_TEXT_PARTS[part]) for part in draw(_SOME_PARTS)}
    return fact, matcher


@cache
@st.composite
def _rollouts(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a rollout; one with a salt often leaves a likely value just outside, or just inside."""
    by = draw(among(*NAME_FACTS, "client", "tags.team", "prompt", *NUMBER_FACTS, "stream"))
    rollout: dict[str, Any] = {"percent": draw(_percents()), "by": by}
    if draw(among(0, 1, 2)):
        rollout["salt"] = draw(among(*SALTS))
        bucket = bucket_of(rollout["salt"], draw(among(*_likely_values(by))))
        rollout["percent"] = (bucket + draw(among(0, 1))) / 100
    return "rollout", rollout


def _likely_values(fact: str) -> list[str]:
    if fact in NUMBER_FACTS:
        return [str(number) for number in range(13)]
    if fact in FLAG_FACTS:
        return ["true", "false"]
    return KNOWN_VALUES.get(fact, [""])


@cache
def _percents() -> st.SearchStrategy[float]:
    """Return percentages with two decimals; `n / 100` is the float nearest to that decimal."""
    hundredths = st.one_of(st.integers(0, 10_000), among(0, 1, 29, 9_999, 10_000))
    return st.one_of(hundredths.map(lambda n: n / 100), st.integers(0, 100))


_SOME_TASKS = st.sampled_from([words.TASKS[:count] for count in (0, 1, 2, 2, 3)])
_SOME_MODELS = st.lists(among(*MODELS), min_size=1, max_size=4, unique=True)
_SOME_CAPABILITIES = st.lists(among(*CAPABILITIES), unique=True)
_SOME_GROUPS = st.lists(among(*GROUPS), min_size=1, max_size=4)
_SOME_PHRASES = st.lists(words.phrases(), min_size=1, max_size=3)
_SOME_PATTERNS = st.lists(words.patterns(), min_size=1, max_size=3)
_TEXT_PARTS: dict[str, st.SearchStrategy[Any]] = {
    "contains": _SOME_PHRASES,
    "contains_all": _SOME_PHRASES,
    "matches": st.one_of(words.patterns(), _SOME_PATTERNS),
}
_SOME_PARTS = st.lists(among(*_TEXT_PARTS), min_size=1, max_size=3, unique=True)
