"""Everything of a table but its rules, as a list: routes in full, then what they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass

from console.table.editing.tree import Path
from console.table.form.entries import NOUNS
from console.table.model import Table
from console.ui.widgets.item_list import ItemList
from console.ui.widgets.lines import BLANK, QUIET, Line, Part, line
from console.ui.widgets.route_lines import model_words, route_lines

NAME_WIDTH = 22


@dataclass(frozen=True)
class Entry:
    """One entry, by its path in the table."""

    path: Path

    @property
    def key(self) -> str:
        """What it is known by when the list is shown anew."""
        return "\n".join(map(str, self.path))

    @property
    def words(self) -> str:
        """What it is called in a sentence: `the route small`."""
        first, *name = map(str, self.path)
        return " ".join(["the", NOUNS.get(first, first), *name])


class EntryList(ItemList[Entry]):
    """Shows the entries; each can be marked and opened."""


def entry_items(table: Table) -> tuple[list[Line], list[Entry]]:
    """Return the lines of every entry that is not a rule, and the entries they stand for."""
    entries = [Entry(("routes", name)) for name in table.routes]
    lines = route_lines(table)
    for title, found in (
        ("Tasks", _tasks(table)),
        ("Models", _models(table)),
        ("Providers", _providers(table)),
        ("The table", _header(table)),
    ):
        lines.append(line((title, "bold"), wraps=False))
        for path, parts in found:
            name = f"{path[-1]:<{NAME_WIDTH}} "
            lines.append(line(*parts, lead=f"  {name}", item=len(entries), head=True))
            entries.append(Entry(path))
        lines.append(BLANK)
    return lines, entries


def _tasks(table: Table) -> Iterator[tuple[Path, list[Part]]]:
    for name, task in table.tasks.items():
        owner = f"  {task.owner}" if task.owner else ""
        yield ("tasks", name), [f"→ {task.route}", (f"  {task.description}{owner}", QUIET)]


def _models(table: Table) -> Iterator[tuple[Path, list[Part]]]:
    for name, model in table.models.items():
        yield ("models", name), [model.provider, (f"  {model_words(model)}", QUIET)]


def _providers(table: Table) -> Iterator[tuple[Path, list[Part]]]:
    for name, provider in table.providers.items():
        key = f"  key in {provider.api_key_env}" if provider.api_key_env else "  no key is sent"
        yield ("providers", name), [provider.base_url, (key, QUIET)]


def _header(table: Table) -> Iterator[tuple[Path, list[Part]]]:
    yield ("name",), [table.name]
    if table.description:
        yield ("description",), [table.description]
    yield ("default",), [f"→ {table.default}"]
    capture = table.capture
    yield ("capture",), [f"{capture.text}, at most {capture.max_bytes:,} bytes"]
