"""The four edits everything else is made of: set, insert, delete, move. Text in, text out.

Each finds its place in the tree of the text and changes that stretch. They are not checked here:
`editing.change` reads the result back and compares.
"""

from collections.abc import Sequence
from typing import Any

from console.table.editing.lines import (
    block,
    break_of,
    column,
    comments_above,
    inline,
    is_short,
    line_end,
    line_start,
)
from console.table.editing.tree import Part, Path, at, read_tree


class UneditableError(Exception):
    """The text is written in a way in which this edit has no place of its own."""


def set_value(text: str, path: Path, value: Any) -> str:
    """Put a value at a path: in the place of what is there, or as a new entry at the end."""
    root = read_tree(text)
    part = at(root, path)
    if part is not None:
        return _replaced(text, root, path, part, value)
    parent, key = at(root, path[:-1]), path[-1]
    if parent is None or parent.kind != "mapping" or not isinstance(key, str):
        raise UneditableError
    return _with_entry(text, root, path[:-1], parent, key, value)


def insert_item(text: str, path: Path, index: int, value: Any) -> str:
    """Put an item into the list at `path`, before the one of that number, or at the end."""
    root = read_tree(text)
    items = at(root, path)
    if items is None or not items.items:
        return set_value(text, path, [value])
    if items.kind != "sequence":
        raise UneditableError
    if items.is_flow:
        written = inline(value)
        if index < len(items.items):
            return _spliced(
                text, items.items[index].start, items.items[index].start, written + ", "
            )
        return _spliced(text, items.items[-1].end, items.items[-1].end, ", " + written)
    dash = column(text, items.start)
    rows = block([value], 0) if isinstance(value, (dict, list)) else ["- " + inline(value)]
    written = _joined(text, _undented(rows, dash)) + break_of(text)
    return _with_text(text, items, index, written, apart=_stands_apart(text, items))


def delete(text: str, path: Path) -> str:
    """Take away what stands at a path, with the comment right above it."""
    root = read_tree(text)
    parent, key = at(root, path[:-1]), path[-1]
    place = parent.place_of(key) if parent is not None else None
    if parent is None or place is None:
        raise UneditableError
    if len(parent.items) == 1:
        return set_value(text, path[:-1], [] if parent.kind == "sequence" else {})
    starts = parent.keys if parent.kind == "mapping" else parent.items
    if parent.is_flow:
        if place + 1 < len(parent.items):
            return _spliced(text, starts[place].start, starts[place + 1].start, "")
        return _spliced(text, parent.items[place - 1].end, parent.items[place].end, "")
    start, end = _extent(text, parent, place)
    if text[line_start(text, starts[place].start) : starts[place].start].strip(" ") and (
        parent.kind == "mapping"
    ):
        # The first key of an item stands behind its dash, which the next key takes over.
        return _spliced(text, starts[place].start, starts[place + 1].start, "")
    start = comments_above(text, start)
    if place + 1 < len(parent.items):
        end = _behind_blank(text, end)
    elif parent.kind == "sequence" and _stands_apart(text, parent):
        start = _before_blank(text, start)
    return _spliced(text, start, end, "")


def move_item(text: str, path: Path, index: int, to: int) -> str:
    """Give an item of the list at `path` another number, its comments and all."""
    items = at(read_tree(text), path)
    if items is None or items.kind != "sequence":
        raise UneditableError
    if items.is_flow:
        words = text[items.items[index].start : items.items[index].end]
        return _with_flow_item(delete(text, (*path, index)), path, to, words)
    start, end = _extent(text, items, index)
    start = comments_above(text, start)
    moved = text[start:end]
    apart = _stands_apart(text, items)
    if index + 1 < len(items.items):
        end = _behind_blank(text, end)
    elif apart:
        start = _before_blank(text, start)
    ends_whole = moved.endswith("\n")
    rest = text[:start] + text[end:]
    if not ends_whole:
        moved += break_of(text)
        rest = rest.rstrip("\r\n") + break_of(text)
    items = at(read_tree(rest), path)
    if items is None:
        raise UneditableError
    after = _with_text(rest, items, to, moved, apart=apart)
    return after if ends_whole else after.rstrip("\r\n")


def duplicate_item(text: str, path: Path, index: int) -> str:
    """Put a copy of an item behind it, as it is written."""
    items = at(read_tree(text), path)
    if items is None or items.kind != "sequence" or not 0 <= index < len(items.items):
        raise UneditableError
    if items.is_flow:
        words = text[items.items[index].start : items.items[index].end]
        return _with_flow_item(text, path, index + 1, words)
    start, end = _extent(text, items, index)
    copy = text[start:end]
    written = copy if copy.endswith("\n") else copy + break_of(text)
    return _with_text(text, items, index + 1, written, apart=_stands_apart(text, items))


def item_lines(text: str, path: Path, index: int) -> tuple[int, int, int]:
    """Return where the lines of an item begin and end, and how far in its dash stands."""
    items = at(read_tree(text), path)
    if items is None or items.is_flow or not 0 <= index < len(items.items):
        raise UneditableError
    start, end = _extent(text, items, index)
    return start, end, column(text, items.start)


def entry_lines(text: str, path: Path) -> tuple[int, int, int]:
    """Return where the lines of an entry of a mapping begin and end, and how far in its key is."""
    parent = at(read_tree(text), path[:-1])
    place = parent.place_of(path[-1]) if parent is not None else None
    if parent is None or place is None or parent.kind != "mapping" or parent.is_flow:
        raise UneditableError
    start, end = _extent(text, parent, place)
    dash = column(text, parent.keys[place].start)
    if text[start : start + dash].strip(" "):
        raise UneditableError
    return start, end, dash


def _replaced(text: str, root: Part, path: Path, part: Part, value: Any) -> str:
    is_collection = isinstance(value, (dict, list))
    if not path:
        raise UneditableError
    parent = at(root, path[:-1])
    assert parent is not None
    wants_block = is_collection and bool(value) and not parent.is_flow and not part.is_flow
    if wants_block and part.kind not in ("mapping", "sequence"):
        wants_block = not is_short(value)
    if not wants_block:
        written = inline(value, part.style)
        if parent.kind == "mapping":
            colon = _behind_colon(text, parent, path)
            between = text[colon : part.start]
            if part.start == part.end or "\n" in between:
                # What stood below its key, or nowhere, goes behind it, before the comment there.
                beside = between[: between.find("\n")].rstrip("\r") if "\n" in between else ""
                return _spliced(text, colon, part.end, f" {written}{beside}")
        return _spliced(text, part.start, part.end, written)
    if parent.kind == "sequence":
        dash = column(text, parent.start)
        first = line_start(text, part.start)
        if text[first : part.start].strip(" ") != "-":
            raise UneditableError
        rows = block([value], 0)
        return _spliced(text, first, part.end, _joined(text, _undented(rows, dash)))
    key = parent.keys[parent.place_of(path[-1]) or 0]
    indent = column(text, part.start) if part.kind in ("mapping", "sequence") else 0
    if indent <= column(text, key.start) and isinstance(value, dict):
        indent = column(text, key.start) + 2
    rows = block(value, indent)
    start = _behind_colon(text, parent, path)
    return _spliced(text, start, part.end, break_of(text) + _joined(text, rows))


def _behind_colon(text: str, parent: Part, path: Path) -> int:
    if parent.kind != "mapping":
        raise UneditableError
    key = parent.keys[parent.place_of(path[-1]) or 0]
    colon = text.find(":", key.end)
    if colon < 0:
        raise UneditableError
    return colon + 1


def _with_entry(text: str, root: Part, path: Path, parent: Part, key: str, value: Any) -> str:
    written = inline({key: value})[1:-1]
    if parent.is_flow:
        if parent.items:
            return _spliced(text, parent.items[-1].end, parent.items[-1].end, f", {written}")
        if path and at(root, path[:-1]) is not None and not isinstance(value, (dict, list)):
            return _spliced(text, parent.start, parent.end, "{" + written + "}")
        return set_value(text, path, {key: value})
    if not parent.keys:
        raise UneditableError
    indent = column(text, parent.keys[0].start)
    is_block = isinstance(value, (dict, list)) and bool(value) and not is_short(value)
    rows = block({key: value}, indent) if is_block else [" " * indent + written]
    last = max(parent.items[-1].end, parent.keys[-1].end)
    return _with_lines_behind(text, line_end(text, max(last - 1, parent.keys[-1].start)), rows)


def _with_text(text: str, items: Part, index: int, written: str, *, apart: bool) -> str:
    """Return the text with an item, in lines of its own, before another or at the end."""
    blank = break_of(text) if apart else ""
    if index < len(items.items):
        start, _ = _extent(text, items, index)
        start = comments_above(text, start)
        return _spliced(text, start, start, written + blank)
    _, end = _extent(text, items, len(items.items) - 1)
    if text[:end].endswith("\n"):
        return _spliced(text, end, end, blank + written)
    return text[:end] + break_of(text) + blank + written.rstrip("\r\n") + text[end:]


def _stands_apart(text: str, items: Part) -> bool:
    """Return whether a blank line stands between the first two items, as between rules."""
    if len(items.items) < 2:
        return False
    _, end = _extent(text, items, 0)
    return _behind_blank(text, end) > end


def _behind_blank(text: str, end: int) -> int:
    """Return where the blank lines end that begin at `end`."""
    while end < len(text) and not text[end : line_end(text, end)].strip():
        end = line_end(text, end)
    return end


def _before_blank(text: str, start: int) -> int:
    """Return where the blank lines begin that end at `start`."""
    while start > 0 and not text[line_start(text, start - 1) : start].strip():
        start = line_start(text, start - 1)
    return start


def _with_lines_behind(text: str, end: int, rows: Sequence[str]) -> str:
    if text[:end].endswith("\n"):
        return _spliced(text, end, end, _joined(text, rows) + break_of(text))
    return text[:end] + break_of(text) + _joined(text, rows) + text[end:]


def _with_flow_item(text: str, path: Path, index: int, words: str) -> str:
    items = at(read_tree(text), path)
    if items is None or not items.items:
        raise UneditableError
    if index < len(items.items):
        start = items.items[index].start
        return _spliced(text, start, start, words + ", ")
    end = items.items[-1].end
    return _spliced(text, end, end, ", " + words)


def _extent(text: str, parent: Part, place: int) -> tuple[int, int]:
    """Return the lines of an item or entry: from the one of its dash or key to its last."""
    part = parent.items[place]
    if parent.kind == "mapping":
        key = parent.keys[place]
        return line_start(text, key.start), line_end(text, max(part.end - 1, key.start))
    dash = column(text, parent.start)
    start = line_start(text, part.start)
    while text[start + dash : start + dash + 1] != "-" or text[start : start + dash].strip(" "):
        if start == 0:
            raise UneditableError
        start = line_start(text, start - 1)
    return start, line_end(text, max(part.end - 1, start))


def _undented(rows: Sequence[str], dash: int) -> list[str]:
    """Return lines of a list whose dashes stand two blanks in, with the dashes `dash` in."""
    shift = dash - (len(rows[0]) - len(rows[0].lstrip(" ")))
    return [" " * shift + row if shift >= 0 else row[-shift:] for row in rows]


def _joined(text: str, rows: Sequence[str]) -> str:
    return break_of(text).join(rows)


def _spliced(text: str, start: int, end: int, written: str) -> str:
    return text[:start] + written + text[end:]
