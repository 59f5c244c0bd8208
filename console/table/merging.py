"""Two changes of one table brought together, rule by rule and entry by entry."""

import json
from dataclasses import dataclass
from typing import Any

from console.table.editing.change import EditRefusedError, Step, changed, differences
from console.table.yaml_source import read_source

_SECTIONS = ("providers", "models", "tasks", "routes")


@dataclass(frozen=True)
class Conflict:
    """Something that both changed, each otherwise; None: it is not there.

    `what` names it: "rule `refunds`", "routes `small`", "`default`".
    """

    what: str
    base: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """What came of it: a text with both changes, or what stands in the way of one."""

    text: str | None
    conflicts: tuple[Conflict, ...] = ()


def merged(base: str, ours: str, theirs: str) -> Merged:
    """Return `theirs` with what `ours` changed since `base`; comments of `theirs` stay.

    Raises EditRefusedError where a text cannot be read, or `theirs` cannot be edited so.
    """
    if theirs == base:
        return Merged(ours)
    old, mine, other = _data(base), _data(ours), _data(theirs)
    conflicts: list[Conflict] = []
    steps: list[Step] = []
    for section in _SECTIONS:
        _merge_entries(section, old, mine, other, steps, conflicts)
    for key in {**old, **mine, **other}:
        if key in _SECTIONS or key == "rules":
            continue
        before, wanted, there = old.get(key), mine.get(key), other.get(key)
        if _differ(f"`{key}`", before, wanted, there, conflicts):
            steps += _steps((key,), there, wanted)
    text = changed(theirs, steps) if not conflicts else theirs
    text = _merge_rules(text, old, mine, other, conflicts)
    return Merged(None, tuple(conflicts)) if conflicts else Merged(text)


def _merge_entries(
    section: str,
    old: dict[str, Any],
    mine: dict[str, Any],
    other: dict[str, Any],
    steps: list[Step],
    conflicts: list[Conflict],
) -> None:
    before, wanted, there = (data.get(section) or {} for data in (old, mine, other))
    for name in {**before, **wanted, **there}:
        values = before.get(name), wanted.get(name), there.get(name)
        if _differ(f"{section} `{name}`", *values, conflicts):
            steps += _steps((section, name), values[2], values[1])


def _merge_rules(
    text: str,
    old: dict[str, Any],
    mine: dict[str, Any],
    other: dict[str, Any],
    conflicts: list[Conflict],
) -> str:
    before, wanted, there = (_by_id(data) for data in (old, mine, other))
    for name in {**before, **wanted, **there}:
        values = before.get(name), wanted.get(name), there.get(name)
        if not _differ(f"rule `{name}`", *values, conflicts) or conflicts:
            continue
        order = [str(rule.get("id")) for rule in _data(text).get("rules") or []]
        if values[1] is None:
            text = changed(text, [("delete", ("rules", order.index(name)), None)])
        elif values[2] is None:
            place = _place_for(name, list(wanted), order)
            text = changed(text, [("insert", ("rules", place), values[1])])
        else:
            path = ("rules", order.index(name))
            text = changed(text, differences(path, values[2], values[1]))
    return (
        text
        if conflicts
        else _merge_order(text, list(before), list(wanted), list(there), conflicts)
    )


def _merge_order(
    text: str, before: list[str], wanted: list[str], there: list[str], conflicts: list[Conflict]
) -> str:
    common = [name for name in before if name in wanted and name in there]
    mine = [name for name in wanted if name in common]
    other = [name for name in there if name in common]
    if mine in (common, other):
        return text
    if other != common:
        conflicts.append(Conflict("the order of the rules", common, mine, other))
        return text
    for place in range(len(mine) - 1, -1, -1):
        name = mine[place]
        order = [str(rule.get("id")) for rule in _data(text).get("rules") or []]
        below = mine[place + 1] if place + 1 < len(mine) else None
        at = order.index(name)
        if below is not None and at > order.index(below):
            text = changed(text, [("move", ("rules", at), order.index(below))])
    return text


def _place_for(name: str, wanted: list[str], order: list[str]) -> int:
    """Return where a new rule goes: behind the one it stands behind in the text it is from."""
    for above in reversed(wanted[: wanted.index(name)]):
        if above in order:
            return order.index(above) + 1
    return 0


def _differ(what: str, before: Any, mine: Any, other: Any, conflicts: list[Conflict]) -> bool:
    """Return whether what we changed has to be put into their text; take note of a conflict."""
    if _said(mine) in (_said(before), _said(other)):
        return False
    if _said(other) != _said(before):
        conflicts.append(Conflict(what, before, mine, other))
        return False
    return True


def _steps(path: tuple[str, ...], there: Any, wanted: Any) -> list[Step]:
    if wanted is None:
        return [("delete", path, None)]
    return [("set", path, wanted)] if there is None else differences(path, there, wanted)


def _by_id(data: dict[str, Any]) -> dict[str, Any]:
    rules = data.get("rules") or []
    return {str(rule.get("id")): rule for rule in rules if isinstance(rule, dict)}


def _data(text: str) -> dict[str, Any]:
    source = read_source(text)
    if not isinstance(source.data, dict) or source.problems:
        raise EditRefusedError("One of the texts cannot be read.", "Mend it first.")
    return source.data


def _said(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
