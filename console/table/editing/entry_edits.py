"""Edits of one entry of a section (a route, a task, a model, a provider): new, copied, deleted."""

from typing import Any

from console.table.editing.change import EditRefusedError, changed
from console.table.editing.readings import data_of
from console.table.editing.tree import Path
from console.table.form.field import value_at

BEGUN: dict[str, dict[str, Any]] = {
    "routes": {"description": "Say what it is for.", "model": ""},
    "tasks": {"description": "Say what the job is.", "route": ""},
    "models": {"provider": ""},
    "providers": {"base_url": "https://"},
}
"""What a new entry begins as: what must be there, to be filled in."""


def insert_entry(text: str, section: str, name: str) -> str:
    """Put a new entry at the end of a section. Raises EditRefusedError."""
    return changed(text, [("set", (section, name), BEGUN[section])])


def duplicate_entry(text: str, path: Path, name: str) -> str:
    """Put a copy of an entry at the end of its section, as data. Raises EditRefusedError."""
    entry = value_at(data_of(text)[0], path)
    if entry is None:
        raise EditRefusedError("There is no such entry any more.", "Look again.")
    return changed(text, [("set", (*path[:-1], name), entry)])


def delete_entry(text: str, path: Path) -> str:
    """Take an entry out, with the comment right above it. Raises EditRefusedError."""
    return changed(text, [("delete", path, None)])
