"""One entry of a table as the lines it is written in: taken out, and other lines put in its place.

An entry is a rule (`("rules", 3)`), an entry of a section (`("routes", "small")`) or a key of the
table itself (`("default",)`).
"""

from typing import Any

import yaml

from console.table.editing.change import EditRefusedError
from console.table.editing.edits import UneditableError, entry_lines, item_lines
from console.table.editing.readings import data_of
from console.table.editing.tree import Path


def entry_text(text: str, path: Path) -> str:
    """Return the lines of an entry as they stand, without what they are indented by.

    Raises EditRefusedError where it has no lines of its own.
    """
    start, end, indent = _lines_of(text, path)
    rows = text[start:end].rstrip("\r\n").replace("\r\n", "\n").split("\n")
    return "\n".join(row[indent:] if not row[:indent].strip() else row for row in rows) + "\n"


def entry_line(text: str, path: Path) -> int:
    """Return the line, counted from 1, on which an entry begins. Raises EditRefusedError."""
    return text.count("\n", 0, _lines_of(text, path)[0]) + 1


def with_entry_text(text: str, path: Path, written: str) -> str:
    """Put other lines in the place of an entry's, the rest of the file as it was.

    They are taken as they are, also with errors in them, as long as nothing outside the entry means
    something else then. Raises EditRefusedError.
    """
    start, end, indent = _lines_of(text, path)
    rows = written.rstrip("\n").split("\n")
    broken = "\r\n" if "\r\n" in text[start:end] else "\n"
    block = broken.join(" " * indent + row if row.strip() else "" for row in rows)
    after = text[:start] + block + (broken if text[start:end].endswith("\n") else "") + text[end:]
    before_data, after_data = data_of(text)[0], data_of(after)[0]
    is_read = isinstance(before_data, dict) and isinstance(after_data, dict)
    if is_read and not _only_there(before_data, after_data, path):
        what = "rule" if isinstance(path[-1], int) else "entry"
        begins = "one dash" if isinstance(path[-1], int) else "one key"
        raise EditRefusedError(
            f"These lines reach beyond the {what}.", f"One {what} begins with {begins}."
        )
    return after


def _only_there(before: Any, after: Any, path: Path) -> bool:
    """Return whether two readings differ at the entry alone, which may have another name then."""
    key, rest = path[0], path[1:]
    if rest:
        if not isinstance(before, dict) or not isinstance(after, dict):
            return False
        others = [{k: v for k, v in data.items() if k != key} for data in (before, after)]
        return others[0] == others[1] and _only_there(before.get(key), after.get(key), rest)
    if isinstance(key, int):
        lists = [list(data or []) for data in (before, after)]
        return [*lists[0][:key], *lists[0][key + 1 :]] == [*lists[1][:key], *lists[1][key + 1 :]]
    if after is None:
        return len(before) == 1
    if not isinstance(after, dict):
        return False
    items = list(before.items())
    place = list(before).index(key)
    found = list(after.items())
    rest_of_it = [*items[:place], *items[place + 1 :]]
    return rest_of_it in (found, [*found[:place], *found[place + 1 :]])


def _lines_of(text: str, path: Path) -> tuple[int, int, int]:
    key = path[-1]
    try:
        return item_lines(text, path[:-1], key) if isinstance(key, int) else entry_lines(text, path)
    except (UneditableError, yaml.YAMLError):
        what = "rule" if isinstance(key, int) else "entry"
        raise EditRefusedError(
            f"This {what} has no lines of its own.", "Edit the whole file instead."
        ) from None
