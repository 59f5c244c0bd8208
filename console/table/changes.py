"""What changed between two texts of a table: by rule in words, and as lines."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from console.table.editing.readings import data_of

_SECTIONS = ("providers", "models", "tasks", "routes")
_SECTION_WORDS = {"providers": "provider", "models": "model", "tasks": "task", "routes": "route"}
_SHOWN = 60
"""Characters of a value that a sentence shows."""


def changes(old: str, new: str) -> list[str]:
    """Return what changed, a sentence each, rules first in their order; empty: nothing did.

    A text that cannot be read is told as that.
    """
    before, after = _data(old), _data(new)
    if before is None or after is None:
        which = "before" if before is None else "now"
        return [] if old == new else [f"the text {which} cannot be read; the lines differ"]
    found = [*_rules(_list(before), _list(after))]
    for section in _SECTIONS:
        found += _entries(_SECTION_WORDS[section], before.get(section), after.get(section))
    for key in {**before, **after}:
        if key not in (*_SECTIONS, "rules") and not _same(before.get(key), after.get(key)):
            found += _values(f"`{key}`", before.get(key), after.get(key))
    if not found and old != new:
        return ["comments or layout alone"]
    return found


def line_changes(old: str, new: str, old_name: str = "before", new_name: str = "now") -> list[str]:
    """Return the lines that differ, as a unified diff."""
    return list(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), old_name, new_name, n=3, lineterm=""
        )
    )


def _data(text: str) -> dict[str, Any] | None:
    data, _ = data_of(text)
    return data if isinstance(data, dict) else None


def _list(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    rules = data.get("rules")
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


def _rules(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[str]:
    before = {str(rule.get("id")): rule for rule in old}
    after = {str(rule.get("id")): rule for rule in new}
    for name in before:
        if name not in after:
            yield f"rule `{name}` deleted"
    moved = _moved([name for name in before if name in after], [n for n in after if n in before])
    order = list(after)
    for place, name in enumerate(order):
        if name not in before:
            yield f"rule `{name}` added{_where(order, place)}"
            continue
        if name in moved:
            yield f"rule `{name}` moved{_where(order, place)}"
        yield from _rule(name, before[name], after[name])


def _where(order: Sequence[str], place: int) -> str:
    if place + 1 < len(order):
        return f" above `{order[place + 1]}`"
    return f" below `{order[place - 1]}`" if place else ""


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Return the fewest names that have to move for the one order to become the other."""
    kept: set[str] = set()
    for block in difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        kept.update(after[block.b : block.b + block.size])
    return set(after) - kept


def _rule(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if _same(before, after) or key == "id":
            continue
        if key == "enabled":
            yield f"rule `{name}` switched {'off' if after is False else 'on'}"
        elif key == "because":
            yield f"rule `{name}`: its reason is worded anew"
        else:
            what = f"rule `{name}`" if key == "when" else f"rule `{name}`, {key}"
            yield from _values(what, before, after)


def _entries(word: str, old: Any, new: Any) -> Iterator[str]:
    before = old if isinstance(old, dict) else {}
    after = new if isinstance(new, dict) else {}
    for name in {**before, **after}:
        if name not in after:
            yield f"{word} `{name}` deleted"
        elif name not in before:
            yield f"{word} `{name}` added"
        elif not _same(before[name], after[name]):
            yield from _values(f"{word} `{name}`", before[name], after[name])


def _values(what: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if not _same(old.get(key), new.get(key)):
                yield from _values(f"{what}, {key}", old.get(key), new.get(key))
    elif _are_plain(old) and _are_plain(new):
        gone = [item for item in old if item not in new]
        come = [item for item in new if item not in old]
        if not gone and not come:
            yield f"{what}: put into another order"
        yield from (f"{what}: *{_short(item)}* added" for item in come)
        yield from (f"{what}: *{_short(item)}* removed" for item in gone)
    elif old is None:
        yield f"{what}: {_short(new)} added"
    elif new is None:
        yield f"{what}: {_short(old)} removed"
    else:
        yield f"{what}: {_short(old)} → {_short(new)}"


def _are_plain(value: Any) -> bool:
    return isinstance(value, list) and all(not isinstance(item, (dict, list)) for item in value)


def _same(a: Any, b: Any) -> bool:
    return json.dumps(a, sort_keys=True, default=str) == json.dumps(b, sort_keys=True, default=str)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
