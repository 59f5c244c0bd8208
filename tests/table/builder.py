"""Builds tables for tests: valid by default, so that a test says only what it is about."""

import re
from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Self

import yaml

from console.routing.router import Router
from console.table.load import parse_table
from console.table.model import Table
from console.table.overrides import Override

SECTIONS = {
    "version": "version: 1",
    "name": "name: desk",
    "default": "default: small",
    "providers": "providers: {acme: {base_url: https://acme.example/v1}}",
    "models": "models: {mini: {provider: acme}, maxi: {provider: acme}}",
    "tasks": "tasks: {drafting: {route: large}}",
    "routes": "routes: {small: {model: mini}, large: {model: maxi}}",
}
"""A valid table, a line a section. Its routes are `small`, the default, and `large`."""

MARK = "«"
"""Stands in a snippet before the place at which a problem is expected."""


class TableBuilder:
    """A valid table of two routes, to which a test adds what it is about."""

    def __init__(self) -> None:
        self._document: dict[str, Any] = yaml.safe_load("\n".join(SECTIONS.values()))
        self._document["rules"] = []

    def rule(self, id: str = "a-rule", **entry: Any) -> Self:  # noqa: A002 - the table's own word
        """Add a rule to `large`, unless a route or a task is given; `when` is YAML text or data."""
        if not {"route", "task"} & set(entry):
            entry["route"] = "large"
        when = entry.pop("when", {"stream": True})
        when = yaml.safe_load(when) if isinstance(when, str) else when
        rule = {"id": id, "because": "It is tested.", "when": when, **entry}
        self._document["rules"].append(rule)
        return self

    def entry(self, section: str, key: str, **entry: Any) -> Self:
        """Add to, or change, the entry `key` of a section."""
        self._document[section].setdefault(key, {}).update(entry)
        return self

    def section(self, name: str, value: Any) -> Self:
        """Put `value`, of whatever shape, in the place of a whole section."""
        self._document[name] = value
        return self

    def text(self) -> str:
        """Return the table as YAML."""
        return yaml.dump(deepcopy(self._document), Dumper=_Plain, sort_keys=False, width=10_000)

    def build(self) -> Table:
        """Return the table, loaded; what was added has to be valid."""
        loaded = parse_table(self.text())
        assert loaded.table is not None, loaded.problems
        return loaded.table

    def router(self, overrides: Sequence[Override] = ()) -> Router:
        """Return a router for the table."""
        return Router(self.build(), overrides)


class _Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes everything out, where YAML would point back to what it has written before."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def table_text(snippet: str) -> str:
    """Return a valid table in which the sections that `snippet` has take the place of its own."""
    given = set(re.findall(r"^([a-z_]+):", snippet, re.MULTILINE))
    kept = [line for section, line in SECTIONS.items() if section not in given]
    return "\n".join([*kept, snippet.strip("\n"), ""])


def rule_text(when: str) -> str:
    """Return a valid table with one rule whose `when` is the YAML text given."""
    return table_text(f"rules:\n  - {{id: a, because: b, route: large, when: {when}}}")


def marked(text: str) -> tuple[str, int, int]:
    """Return `text` without its mark, and the line and column, from 1, where the mark stood."""
    before, mark, after = text.partition(MARK)
    assert mark, "the text has no mark"
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")
