"""What can be added to an entry from where one stands in it, and what it begins as.

What is added begins empty, as a problem that is told at its place until something is typed.
"""

from dataclasses import dataclass
from typing import Any

from console.table.conditions import GROUPS
from console.table.editing.change import Step
from console.table.editing.tree import Path
from console.table.form.conditions import GROUP_WORDS, TEXT_PARTS
from console.table.form.field import value_at
from console.table.model import FLAG_FACTS, NAME_FACTS, NUMBER_FACTS, TEXT_FACTS

TAG = "tags."


@dataclass(frozen=True)
class Addition:
    """Something to add: its name in the table, what it is in words, and the step that adds it.

    `asks_for` names what must be given first: the key of a tag, or the first condition of a group,
    chosen among `first`. `leads_to` is where one goes on typing.
    """

    name: str
    told: str
    step: Step
    leads_to: Path
    asks_for: str = ""
    first: tuple["Addition", ...] = ()

    def with_tag(self, key: str) -> "Addition":
        """Return the addition for the tag of that key."""
        what, path, value = self.step
        here = (*path[:-1], TAG + key)
        return Addition(TAG + key, self.told, (what, here, value), here)

    def beginning_with(self, first: "Addition") -> "Addition":
        """Return the addition of a group whose first condition is that one."""
        what, path, value = self.step
        inner = _entry(first.step, len(first.step[1]) - 1)
        key = next(iter(inner))
        member_value: Any = [inner] if value == [] else inner
        member = (*path, 0) if value == [] else path
        return Addition(self.name, self.told, (what, path, member_value), (*member, key))


def additions_to(data: Any, within: Path, section: str) -> list[Addition]:
    """Return what can be added to the mapping or list at `within` of an entry of `section`."""
    here = value_at(data, within)
    if section == "rules":
        if isinstance(here, list):
            return [_alternative(here, within)]
        return _conditions(here if isinstance(here, dict) else {}, within)
    if not isinstance(here, dict):
        return []
    found = []
    if section == "routes":
        if "escalate" not in here:
            path = (*within, "escalate")
            value: Any = {"to": "", "on": [], "because": ""}
            told = "where an answer that fails a check is tried again, and why"
            found.append(Addition("escalate", told, ("set", path, value), (*path, "to")))
        listed = here.get("assumptions")
        count = len(listed) if isinstance(listed, list) else 0
        path = (*within, "assumptions", count)
        told = "what is believed of this route, as a bound on a metric"
        begun = {"says": "", "metric": ""}
        found.append(Addition("assumption", told, ("insert", path, begun), (*path, "says")))
    if section == "models" and "usd_per_million" not in here:
        path = (*within, "usd_per_million")
        told = "what a million tokens cost; without it the cost is unknown"
        value = {"input": "", "output": ""}
        found.append(Addition("price", told, ("set", path, value), (*path, "input")))
    return found


def _conditions(when: dict[str, Any], path: Path) -> list[Addition]:
    found = _facts(when, path)
    for group in GROUPS:
        told = GROUP_WORDS[group]
        listed = when.get(group)
        if isinstance(listed, list) and listed:
            found.append(_alternative(listed, (*path, group)))
        elif group not in when:
            step: Step = ("set", (*path, group), [])
            found.append(
                Addition(group, told, step, (*path, group), "condition", tuple(_facts({}, ())))
            )
    return found


def _alternative(listed: list[Any], path: Path) -> Addition:
    here = (*path, len(listed))
    told = f"one condition more, of which {GROUP_WORDS.get(str(path[-1]), 'these hold')}"
    first = tuple(_facts({}, ()))
    return Addition(f"{path[-1]} +", told, ("insert", here, {}), here, "condition", first)


def _facts(when: dict[str, Any], path: Path) -> list[Addition]:
    """Return the facts that the condition does not look at yet, those most asked for first."""
    found: list[Addition] = []
    for fact in TEXT_FACTS:
        found += _text_parts(fact, when, path)
    found += [
        _one(path, fact, "equals one of these; * stands for anything", [])
        for fact in NAME_FACTS
        if fact not in when
    ]
    tag = _one(path, TAG, "a tag of the request equals one of these", [])
    found.append(Addition("tags.…", tag.told, tag.step, tag.leads_to, "tag"))
    found += [
        _one(path, fact, "a number within bounds", {}, "min")
        for fact in NUMBER_FACTS
        if fact not in when
    ]
    found += [_one(path, fact, "true or false", True) for fact in FLAG_FACTS if fact not in when]
    if "rollout" not in when:
        value = {"percent": 10, "by": ""}
        told = "only a share of the requests, chosen by one of their facts"
        found.append(_one(path, "rollout", told, value, "percent"))
    return found


def _one(path: Path, key: str, told: str, value: Any, leads: str = "") -> Addition:
    here = (*path, key)
    return Addition(key, told, ("set", here, value), (*here, leads) if leads else here)


def _text_parts(fact: str, when: dict[str, Any], path: Path) -> list[Addition]:
    here = (*path, fact)
    written = when.get(fact)
    found = []
    for part, (words, _) in TEXT_PARTS.items():
        value: Any
        if fact not in when:
            value, step_path = ([] if part == "contains" else {part: []}), here
            leads = here if part == "contains" else (*here, part)
        elif isinstance(written, dict):
            if part in written:
                continue
            value, step_path = [], (*here, part)
            leads = step_path
        elif part == "contains":
            continue
        else:
            phrases = [written] if isinstance(written, str) else written
            value, step_path = {"contains": phrases, part: []}, here
            leads = (*here, part)
        told = f"{words} some {'patterns (RE2)' if part == 'matches' else 'phrases'}"
        found.append(Addition(f"{fact} {part}", told, ("set", step_path, value), leads))
    return found


def _entry(step: Step, cut: int) -> dict[str, Any]:
    """Return what a step sets as a mapping of its own."""
    _, path, value = step
    for key in reversed(path[cut:]):
        value = {key: value}
    return dict(value)
