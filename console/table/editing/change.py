"""Changes of a table's text: exactly what was meant, or none.

Every change is made on the text, then read back and compared with the same change made on the data;
where the two differ the text is left as it was. So a change can lose no comment and say nothing
else than it should, however the file is written.
"""

import json
from collections.abc import Mapping, Sequence
from copy import copy, deepcopy
from typing import Any

import yaml

from console.table.editing import edits
from console.table.editing.edits import UneditableError
from console.table.editing.readings import data_of
from console.table.editing.tree import Path

_BOM = "\ufeff"
_MISSING = object()

Step = tuple[str, Path, Any]
"""What to do, where, and with what: `set`, `insert`, `delete`, `move`, `duplicate`."""


class EditRefusedError(Exception):
    """A change that was not made: why, in one sentence, and what would help."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint


def changed(text: str, steps: Sequence[Step]) -> str:
    """Return the text with all of the steps made, one after the other. Raises EditRefusedError.

    The path of an `insert` ends in the number the new item gets, that of a `move` in the number the
    item has; its value is the number it gets.
    """
    bom, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    data = _data_of(body)
    try:
        for step in steps:
            body = _made(body, step)
            data = _meant(data, step)
    except (UneditableError, yaml.YAMLError, IndexError, KeyError, TypeError, AssertionError):
        raise _refusal() from None
    if not _alike(_data_of(body, after=True), data):
        raise _refusal()
    return bom + body


def differences(path: Path, old: Any, new: Any) -> list[Step]:
    """Return the fewest steps that make of the value at `path` another, comments within kept."""
    if _said(old) == _said(new):
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping) and old and new:
        steps: list[Step] = []
        for key, value in new.items():
            before = old.get(key, _MISSING)
            steps += (
                [("set", (*path, key), value)]
                if before is _MISSING
                else differences((*path, key), before, value)
            )
        gone = [key for key in old if key not in new]
        return [*steps, *(("delete", (*path, key), None) for key in gone)]
    if isinstance(old, list) and isinstance(new, list) and old and new:
        return _list_differences(path, old, new)
    return [("set", path, new)]


def _list_differences(path: Path, old: list[Any], new: list[Any]) -> list[Step]:
    """Return the steps from one list to another: what is the same at both ends stays as it is."""
    most = min(len(old), len(new))
    first = 0
    while first < most and _said(old[first]) == _said(new[first]):
        first += 1
    last = 0
    while last < most - first and _said(old[-1 - last]) == _said(new[-1 - last]):
        last += 1
    both = most - last
    steps = [step for i in range(first, both) for step in differences((*path, i), old[i], new[i])]
    gone = range(len(old) - last - 1, both - 1, -1)
    steps += [("delete", (*path, i), None) for i in gone]
    return steps + [("insert", (*path, i), new[i]) for i in range(both, len(new) - last)]


def _made(text: str, step: Step) -> str:
    what, path, value = step
    match what:
        case "set":
            return edits.set_value(text, path, value)
        case "delete":
            return edits.delete(text, path)
        case "insert":
            return edits.insert_item(text, path[:-1], _number(path), value)
        case "move":
            return edits.move_item(text, path[:-1], _number(path), value)
        case _:
            return edits.duplicate_item(text, path[:-1], _number(path))


def _meant(data: Any, step: Step) -> Any:
    """Return data with a step made; only what leads to its place is copied."""
    what, path, value = step
    data = copy(data)
    parent, key = data, path[-1]
    for one in path[:-1]:
        if what == "insert" and one == path[-2] and (parent.get(one) is None):
            parent[one] = []
        parent[one] = copy(parent[one])
        parent = parent[one]
    match what:
        case "set":
            parent[key] = value
        case "delete":
            del parent[key]
        case "insert":
            parent.insert(key, value)
        case "move":
            parent.insert(value, parent.pop(key))
        case _:
            parent.insert(_number(path) + 1, deepcopy(parent[key]))
    return data


def _number(path: Path) -> int:
    number = path[-1]
    if not isinstance(number, int):
        raise UneditableError
    return number


def _data_of(text: str, *, after: bool = False) -> Any:
    data, first = data_of(text)
    if first is not None:
        if after:
            raise _refusal()
        raise EditRefusedError(
            f"Line {first.line} cannot be read: {first.message}", "Mend it in the text first."
        )
    return data


def _alike(one: Any, other: Any) -> bool:
    """Tell whether two readings say the same; what is one object in both is not looked into."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return _said(one) == _said(other)


def _said(data: Any) -> str:
    """Return data such that 1, 1.0, "1" and true differ; the order of keys means nothing."""
    return json.dumps(data, default=str, sort_keys=True)


def _refusal() -> EditRefusedError:
    return EditRefusedError(
        "This file is written in a way in which that change would touch more than it should.",
        "Change it in the text itself.",
    )
