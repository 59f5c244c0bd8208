"""The fields of each kind of entry: a rule, a route, a task, a model, a provider, a plain key."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from console.table.editing.tree import Path
from console.table.form.conditions import condition_fields
from console.table.form.field import MISSING, Field, Kind
from console.table.form.values import can_show

Told = tuple[str, str, Kind, str, str]
"""A key below the entry: the key, its words, its kind, whose names complete it (or nothing), and
what an empty field means (or nothing, where the key must be there)."""

NOUNS = {"routes": "route", "tasks": "task", "models": "model", "providers": "provider"}
"""The sections of named entries, and what one entry of each is called."""

_RULE_HEAD: tuple[Told, ...] = (
    ("id", "id", "name", "", ""),
    ("because", "because", "text", "", ""),
)
_RULE_END: tuple[Told, ...] = (
    ("task", "sets the task", "name", "tasks", "the one declared"),
    ("route", "takes the route", "name", "routes", "the task's route"),
    ("enabled", "enabled", "flag", "flag", "true"),
)
_ROUTE: tuple[Told, ...] = (
    ("description", "description", "text", "", "none"),
    ("model", "model", "name", "models", ""),
    ("fallbacks", "fallbacks", "names", "models", "none"),
    ("timeout_s", "timeout, seconds", "number", "", "60"),
    ("first_chunk_timeout_s", "first chunk, seconds", "number", "", "as the timeout"),
    ("retries", "retries per target", "number", "", "1"),
)
_ESCALATE: tuple[Told, ...] = (
    ("to", "to the route", "name", "routes", ""),
    ("on", "on", "names", "triggers", ""),
    ("because", "because", "text", "", "say why"),
)
_ASSUMPTION: tuple[Told, ...] = (
    ("says", "says", "text", "", ""),
    ("metric", "metric", "name", "metrics", ""),
    ("min", "at least", "number", "", "no bound"),
    ("max", "at most", "number", "", "no bound"),
    ("window", "window", "name", "", "1h"),
    ("min_requests", "from requests on", "number", "", "50"),
)
_TASK: tuple[Told, ...] = (
    ("description", "description", "text", "", "none"),
    ("route", "route", "name", "routes", ""),
    ("owner", "owner", "name", "", "nobody named"),
)
_MODEL: tuple[Told, ...] = (
    ("provider", "provider", "name", "providers", ""),
    ("upstream_model", "upstream model", "name", "", "the name itself"),
    ("context_tokens", "context, tokens", "number", "", "unknown"),
    ("supports", "supports", "names", "capabilities", "nothing"),
)
_PRICE: tuple[Told, ...] = (
    ("input", "$ per million in", "number", "", "unknown"),
    ("cached_input", "$ per million cached", "number", "", "as not cached"),
    ("output", "$ per million out", "number", "", "unknown"),
)
_PROVIDER: tuple[Told, ...] = (
    ("base_url", "base URL", "name", "", ""),
    ("api_key_env", "key's variable", "name", "", "no key is sent"),
)
_CAPTURE: tuple[Told, ...] = (
    ("text", "text kept", "name", "captures", "prompt"),
    ("max_bytes", "bytes at most", "number", "", "32768"),
)
_PLAIN_KEYS = {"default": "routes", "name": "", "description": ""}


def entry_fields(section: str, data: Any, path: Path) -> list[Field]:
    """Return the fields of an entry of `section`; `path` leads to it in the text it stands in."""
    if section in _PLAIN_KEYS:
        kind: Kind = "text" if section == "description" else "name"
        field = Field(path, section, kind, data, completes=_PLAIN_KEYS[section])
        return [field if can_show(kind, data) else replace(field, kind="foreign")]
    if not isinstance(data, dict):
        return [Field(path, section, "foreign", data)]
    return list(_BUILDERS[section](data, path))


def _told(data: dict[str, Any], path: Path, keys: tuple[Told, ...], depth: int = 0) -> list[Field]:
    fields = []
    for key, words, kind, completes, empty in keys:
        value = data.get(key, MISSING)
        field = Field(
            (*path, key),
            words,
            kind,
            value,
            depth,
            within=path,
            completes=completes,
            is_optional=bool(empty),
            empty=empty,
        )
        if not can_show(kind, value):
            field = replace(field, kind="foreign")
        fields.append(field)
    return fields


def _rule(data: dict[str, Any], path: Path) -> Iterator[Field]:
    when = (*path, "when")
    for field in _told(data, path, _RULE_HEAD):
        yield replace(field, within=when)
    yield Field(when, "when all of these hold", "heading", within=when)
    if "when" in data:
        yield from condition_fields(data["when"], when, 1)
    for field in _told(data, path, _RULE_END):
        yield replace(field, within=when)


def _route(data: dict[str, Any], path: Path) -> Iterator[Field]:
    yield from _told(data, path, _ROUTE)
    yield from _part(data, path, "escalate", "escalates", _ESCALATE)
    assumptions = data.get("assumptions", [])
    here = (*path, "assumptions")
    if not isinstance(assumptions, list):
        yield Field(here, "assumptions", "foreign", assumptions, within=path, owner=here)
        return
    for number, assumption in enumerate(assumptions):
        one = (*here, number)
        if isinstance(assumption, dict):
            owner = one if len(assumptions) > 1 else here
            yield Field(one, "assumes", "heading", within=path, owner=owner)
            for field in _told(assumption, one, _ASSUMPTION, 1):
                yield replace(field, within=path, owner=owner)
        else:
            yield Field(one, "assumes", "foreign", assumption, within=path, owner=one)


def _part(
    data: dict[str, Any], path: Path, key: str, words: str, keys: tuple[Told, ...]
) -> Iterator[Field]:
    """Return the fields of a mapping that may be left out, where it is there."""
    here = (*path, key)
    part = data.get(key, MISSING)
    if isinstance(part, dict):
        yield Field(here, words, "heading", within=path, owner=here)
        for field in _told(part, here, keys, 1):
            yield replace(field, within=path, owner=here)
    elif part is not MISSING:
        yield Field(here, words, "foreign", part, within=path, owner=here)


def _model(data: dict[str, Any], path: Path) -> Iterator[Field]:
    yield from _told(data, path, _MODEL)
    yield from _part(data, path, "usd_per_million", "price", _PRICE)


def _of(keys: tuple[Told, ...]) -> Callable[[dict[str, Any], Path], Iterator[Field]]:
    return lambda data, path: iter(_told(data, path, keys))


_BUILDERS: dict[str, Callable[[dict[str, Any], Path], Iterator[Field]]] = {
    "rules": _rule,
    "routes": _route,
    "tasks": _of(_TASK),
    "models": _model,
    "providers": _of(_PROVIDER),
    "capture": _of(_CAPTURE),
}
