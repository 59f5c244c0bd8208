"""Edits of one rule: moved, copied, switched off, deleted, put in, or changed in part."""

from collections.abc import Collection, Mapping
from typing import Any

import yaml

from console.table.editing.change import EditRefusedError, Step, changed, differences
from console.table.editing.edits import UneditableError, item_lines
from console.table.editing.readings import data_of

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


def rule_text(text: str, index: int) -> str:
    """Return the lines of one rule as they stand, without what they are indented by.

    Raises EditRefusedError where it has no lines of its own.
    """
    start, end, dash = _lines_of(text, index)
    rows = text[start:end].rstrip("\r\n").replace("\r\n", "\n").split("\n")
    return "\n".join(row[dash:] if not row[:dash].strip() else row for row in rows) + "\n"


def rule_line(text: str, index: int) -> int:
    """Return the line, counted from 1, on which a rule begins. Raises EditRefusedError."""
    return text.count("\n", 0, _lines_of(text, index)[0]) + 1


def with_rule_text(text: str, index: int, written: str) -> str:
    """Put other lines in the place of one rule's, the rest of the file as it was.

    They are taken as they are, also with errors in them, as long as nothing outside the rule means
    something else then. Raises EditRefusedError.
    """
    start, end, dash = _lines_of(text, index)
    rows = written.rstrip("\n").split("\n")
    broken = "\r\n" if "\r\n" in text[start:end] else "\n"
    block = broken.join(" " * dash + row if row.strip() else "" for row in rows)
    after = text[:start] + block + (broken if text[start:end].endswith("\n") else "") + text[end:]
    before_data, after_data = data_of(text)[0], data_of(after)[0]
    if isinstance(after_data, dict) and isinstance(before_data, dict):
        others = [_without(data, index) for data in (before_data, after_data)]
        if others[0] != others[1]:
            raise EditRefusedError(
                "These lines reach beyond the rule.", "One rule begins with one dash."
            )
    return after


def _without(data: Mapping[str, Any], index: int) -> dict[str, Any]:
    rules = list(data.get(_RULES) or [])
    return {**data, _RULES: [*rules[:index], *rules[index + 1 :]]}


def _lines_of(text: str, index: int) -> tuple[int, int, int]:
    try:
        return item_lines(text, (_RULES,), index)
    except (UneditableError, yaml.YAMLError):
        raise EditRefusedError(
            "This rule has no lines of its own.", "Edit the whole file instead."
        ) from None
