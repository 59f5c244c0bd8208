"""The fields of a rule's condition: one for each matcher, groups and what is in them further in."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from console.table.conditions import GROUPS, is_name_fact
from console.table.editing.tree import Path
from console.table.form.field import MISSING, Field, Kind
from console.table.form.values import can_show
from console.table.model import FLAG_FACTS, NUMBER_FACTS, TEXT_FACTS

GROUP_WORDS = {
    "any_of": "at least one of these holds",
    "all_of": "all of these hold",
    "none_of": "none of these holds",
}
TEXT_PARTS: dict[str, tuple[str, Kind]] = {
    "contains": ("has any of", "phrases"),
    "contains_all": ("has all of", "phrases"),
    "matches": ("matches", "patterns"),
}
"""The parts of a text matcher: their words, and how they are typed."""

MOST_DEPTH = 12
"""A table nests 8 deep; what is deeper is told of, not laid out."""


def condition_fields(when: Any, path: Path, depth: int) -> Iterator[Field]:
    """Return the fields of the condition at `path`."""
    if not isinstance(when, dict) or depth > MOST_DEPTH:
        yield Field(path, "condition", "foreign", when, depth, within=path)
        return
    for key, value in when.items():
        for field in _matcher_fields(key, value, (*path, key), depth):
            yield field if field.within else replace(field, within=path)


def _matcher_fields(key: str, value: Any, path: Path, depth: int) -> Iterator[Field]:
    if is_name_fact(key):
        field = Field(path, f"{key} is", "names", value, depth, owner=path, completes=key)
        yield _shaped(replace(field, takes_one=True))
    elif key in NUMBER_FACTS:
        yield from _range_fields(key, value, path, depth)
    elif key in FLAG_FACTS:
        yield _shaped(Field(path, f"{key} is", "flag", value, depth, owner=path, completes="flag"))
    elif key in TEXT_FACTS:
        yield from _text_fields(key, value, path, depth)
    elif key in GROUPS:
        yield from _group_fields(key, value, path, depth)
    elif key == "rollout":
        yield from _rollout_fields(value, path, depth)
    else:
        yield Field(path, key, "foreign", value, depth, owner=path)


def _range_fields(key: str, value: Any, path: Path, depth: int) -> Iterator[Field]:
    if not isinstance(value, dict):
        yield Field(path, key, "foreign", value, depth, owner=path)
        return
    for end, words in (("min", "at least"), ("max", "at most")):
        here = (*path, end)
        bound = value.get(end, MISSING)
        yield _shaped(
            Field(
                here,
                f"{key} {words}",
                "number",
                bound,
                depth,
                owner=path,
                is_optional=True,
                empty="no bound",
            )
        )


def _text_fields(key: str, value: Any, path: Path, depth: int) -> Iterator[Field]:
    if not isinstance(value, dict):
        field = Field(path, f"{key} has any of", "phrases", value, depth, owner=path)
        yield _shaped(replace(field, takes_one=isinstance(value, str)))
        return
    for part, listed in value.items():
        words, kind = TEXT_PARTS.get(part, (part, "foreign"))
        here = (*path, part)
        owner = here if len(value) > 1 else path
        field = Field(here, f"{key} {words}", kind, listed, depth, owner=owner)
        yield _shaped(replace(field, takes_one=kind == "patterns" and isinstance(listed, str)))
    if not value:
        yield Field(path, key, "foreign", value, depth, owner=path)


def _group_fields(key: str, value: Any, path: Path, depth: int) -> Iterator[Field]:
    if not isinstance(value, list):
        yield Field(path, key, "foreign", value, depth, owner=path)
        return
    yield Field(path, GROUP_WORDS[key], "heading", depth=depth, within=path, owner=path)
    for number, member in enumerate(value):
        here = (*path, number)
        word = "either" if number == 0 else "or"
        words = word if key == "any_of" else f"condition {number + 1}"
        owner = here if len(value) > 1 else path
        yield Field(here, words, "heading", depth=depth + 1, within=here, owner=owner)
        yield from condition_fields(member, here, depth + 2)


def _rollout_fields(value: Any, path: Path, depth: int) -> Iterator[Field]:
    if not isinstance(value, dict):
        yield Field(path, "rollout", "foreign", value, depth, owner=path)
        return
    shapes: tuple[tuple[str, str, Kind, str], ...] = (
        ("percent", "rollout percent", "number", ""),
        ("by", "rollout by", "name", ""),
        ("salt", "rollout salt", "name", "the rule's id"),
    )
    for name, words, kind, empty in shapes:
        found = value.get(name, MISSING)
        yield _shaped(
            Field(
                (*path, name),
                words,
                kind,
                found,
                depth,
                owner=path,
                completes="fact" if name == "by" else "",
                is_optional=name == "salt",
                empty=empty,
            )
        )


def _shaped(field: Field) -> Field:
    """Return the field, as a foreign one where its kind cannot hold what stands there."""
    return field if can_show(field.kind, field.value) else replace(field, kind="foreign")
