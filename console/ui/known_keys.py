"""Every key of the console: what it does, where, and which key that is with some settings.

Collected from the bindings themselves, so it cannot say what they do not. Importing all of the
console's places takes longer than its start should, so this is asked only by who wants to know.
"""

import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from console import ui
from console.ui.settings import Settings, SettingsProblem, did_you_mean

_WITHIN = "console.ui."

PLACES = {
    "go": "Everywhere: places",
    "app": "Everywhere",
    "traffic": "Traffic",
    "filter": "The filter line",
    "detail": "A request in detail",
    "texts": "The texts of a request",
    "columns": "Columns",
    "extremes": "Slowest and dearest",
    "moment": "Jump to a time",
    "why": "Why",
    "routes": "Routes",
    "act": "Drain or pin",
    "test": "Make a test",
    "rules": "Rules",
    "entry": "A rule or another entry",
    "addition": "Add to an entry",
    "problems": "Problems of a table",
    "drafts": "Drafts",
    "save": "Save",
    "conflict": "Changed by two",
    "preview": "Preview",
    "tests": "Tests",
    "history": "History",
    "explanation": "Rule by rule",
    "list": "Every list",
    "jump": "Jump mode",
    "help": "Help",
}
"""The groups of keys by the beginning of their ids, in the order they are told."""


@dataclass(frozen=True)
class KnownKey:
    """What one id does; `keys` by Textual's names."""

    id: str
    keys: tuple[str, ...]
    words: str
    told: str

    @property
    def place(self) -> str:
        """Which part of the console it belongs to."""
        return PLACES[self.id.partition(".")[0]]


def known_keys() -> list[KnownKey]:
    """Return every id once, in the order of `PLACES` and of the bindings."""
    found: dict[str, KnownKey] = {}
    for _, binding in _bindings():
        name = binding.id or ""
        before = found.get(name)
        keys = tuple(dict.fromkeys((*(before.keys if before else ()), *_keys(binding))))
        told = (before.told if before else "") or binding.tooltip
        found[name] = KnownKey(name, keys, before.words if before else binding.description, told)
    order = list(PLACES)
    return sorted(found.values(), key=lambda key: order.index(key.id.partition(".")[0]))


def key_problems(settings: Settings) -> list[SettingsProblem]:
    """Return what is wrong with the keys somebody set: unknown ids, and two on one key."""
    names = {key.id for key in known_keys()}
    problems = [
        SettingsProblem(
            f"There is no key called `{name}` to set.",
            did_you_mean(name, names) or "`route-console keys` lists them.",
        )
        for name in settings.keys
        if name not in names
    ]
    told: set[frozenset[str]] = set()
    for node in {node for node, _ in _bindings()}:
        for key, ids in _ids_by_key(node, settings).items():
            clash = frozenset(ids)
            if len(clash) > 1 and clash & settings.keys.keys() and clash not in told:
                told.add(clash)
                both = " and ".join(f"`{name}`" for name in sorted(clash))
                problems.append(
                    SettingsProblem(f"{both} are both on the key {key}.", "One of them is lost.")
                )
    return problems


def _ids_by_key(node: type[DOMNode], settings: Settings) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for owner, binding in _bindings():
        if issubclass(node, owner):
            name = binding.id or ""
            for key in settings.keys.get(name, _keys(binding)):
                ids.setdefault(key, []).append(name)
    return ids


def _keys(binding: Binding) -> tuple[str, ...]:
    return tuple(key.strip() for key in binding.key.split(","))


@cache
def _bindings() -> tuple[tuple[type[DOMNode], Binding], ...]:
    """Return the bindings of our own places and panes, each with who declares it."""
    return tuple(_found())


def _found() -> Iterator[tuple[type[DOMNode], Binding]]:
    for module in pkgutil.walk_packages(ui.__path__, _WITHIN):
        name = module.name.removeprefix(_WITHIN)
        for found in vars(import_module(f"console.ui.{name}")).values():
            is_ours = isinstance(found, type) and found.__module__ == module.name
            if is_ours and issubclass(found, (DOMNode, App)):
                for binding in found.__dict__.get("BINDINGS", ()):
                    if isinstance(binding, Binding):
                        yield found, binding
