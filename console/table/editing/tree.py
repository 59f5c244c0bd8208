"""Where everything of a YAML document stands in its text, also what an alias stands for elsewhere.

Made from events, not from composed nodes: those give an alias the place of its anchor.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Kind = Literal["scalar", "mapping", "sequence", "alias"]
Path = tuple[str | int, ...]
"""Keys and numbers of items, from the root."""


@dataclass
class Part:
    """One value in the text. Offsets count code points; `end` is behind its last character.

    `style` is a scalar's: none, a quote, or `|` and `>`. Of a mapping `keys` has the keys and
    `items` their values.
    """

    kind: Kind
    start: int
    end: int
    is_flow: bool = False
    style: str = ""
    value: str = ""
    keys: list["Part"] = field(default_factory=list)
    items: list["Part"] = field(default_factory=list)

    def place_of(self, key: str | int) -> int | None:
        """Return the number of the item or of the entry of that key; None where it has none."""
        if isinstance(key, int):
            return key if self.kind == "sequence" and 0 <= key < len(self.items) else None
        found = (place for place, part in enumerate(self.keys) if part.value == key)
        return next(found, None)


def read_tree(text: str) -> Part:
    """Return the root of the one document in `text`. Raises yaml.YAMLError."""
    events = yaml.parse(text, Loader=_LOADER)
    for event in events:
        if isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
            return _part(event, events, text)
    return Part("scalar", len(text), len(text))


def at(root: Part, path: Path) -> Part | None:
    """Return what stands at a path; None where nothing does."""
    part = root
    for key in path:
        place = part.place_of(key)
        if place is None:
            return None
        part = part.items[place]
    return part


def _part(event: Event, events: Iterator[Event], text: str) -> Part:
    start, end = _offset(event.start_mark), _offset(event.end_mark)
    if isinstance(event, AliasEvent):
        return Part("alias", start, end)
    if isinstance(event, ScalarEvent):
        style = event.style or ""
        if style in ("|", ">"):
            end = start + len(text[start:end].rstrip())
        return Part("scalar", start, end, style=style, value=event.value)
    is_mapping = isinstance(event, MappingStartEvent)
    assert isinstance(event, (MappingStartEvent, SequenceStartEvent))
    part = Part("mapping" if is_mapping else "sequence", start, end, bool(event.flow_style))
    last = start
    for child in events:
        if isinstance(child, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            part.end = _offset(child.end_mark) if part.is_flow else last
            return part
        found = _part(child, events, text)
        last = max(last, found.end)
        is_key = is_mapping and len(part.keys) == len(part.items)
        (part.keys if is_key else part.items).append(found)
    return part


def _offset(mark: Any) -> int:
    return int(mark.index)
