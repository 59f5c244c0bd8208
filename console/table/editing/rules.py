"""Edits of one rule: moved, copied, switched off, deleted, put in, or changed in part."""

from collections.abc import Collection, Mapping
from typing import Any

from console.table.editing.change import Step, changed, differences

_RULES = "rules"


def move_rule(text: str, index: int, to: int) -> str:
    """Give a rule another place; its comments go with it. Raises EditRefusedError."""
    return changed(text, [("move", (_RULES, index), to)])


def delete_rule(text: str, index: int) -> str:
    """Take a rule out, with the comment right above it. Raises EditRefusedError."""
    return changed(text, [("delete", (_RULES, index), None)])


def insert_rule(text: str, index: int, rule: Mapping[str, Any]) -> str:
    """Put a rule in before the one that has the number now. Raises EditRefusedError."""
    return changed(text, [("insert", (_RULES, index), dict(rule))])


def duplicate_rule(text: str, index: int, new_id: str) -> str:
    """Put a copy of a rule behind it, under another id. Raises EditRefusedError."""
    steps: list[Step] = [
        ("duplicate", (_RULES, index), None),
        ("set", (_RULES, index + 1, "id"), new_id),
    ]
    return changed(text, steps)


def enable_rule(text: str, index: int, enabled: bool, *, says_so: bool) -> str:
    """Switch a rule on or off; `says_so`: it has a line for that already. Raises EditRefusedError.

    A rule that is on need not say so: the line is taken out again.
    """
    path = (_RULES, index, "enabled")
    if not enabled:
        return changed(text, [("set", path, False)])
    return changed(text, [("delete", path, None)] if says_so else [])


def change_rule(text: str, index: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Change what differs between two readings of one rule. Raises EditRefusedError."""
    return changed(text, differences((_RULES, index), old, new))


def fresh_id(id_: str, taken: Collection[str]) -> str:
    """Return an id made of another that no rule has."""
    number = 2
    while f"{id_}-{number}" in taken:
        number += 1
    return f"{id_}-{number}"[:64]
