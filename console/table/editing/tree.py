"""Where everything of a YAML document stands in its text, also what an alias stands for elsewhere.

Made from events, not from composed nodes: those give an alias the place of its anchor.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Any, Literal, overload

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from console.table.rereading import lines_read
from console.table.rule_lines import RuleLines

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
    items: Sequence["Part"] = field(default_factory=list)

    def place_of(self, key: str | int) -> int | None:
        """Return the number of the item or of the entry of that key; None where it has none."""
        if isinstance(key, int):
            return key if self.kind == "sequence" and 0 <= key < len(self.items) else None
        found = (place for place, part in enumerate(self.keys) if part.value == key)
        return next(found, None)


def read_tree(text: str) -> Part:
    """Return the root of the one document in `text`. Raises yaml.YAMLError.

    Of a list of rules that was read before, each rule is looked into when it is asked for.
    """
    lines = lines_read(text)
    if lines is None:
        return whole_tree(text)
    root = whole_tree(lines.frame)
    behind = len(text) - len(lines.tail)
    first = len(lines.head) + len(lines.stand_in)
    place = root.place_of("rules")
    assert place is not None
    rules = _Rules(lines)
    end = rules[-1].end

    def put(part: Part) -> Part:
        return _moved(part, behind - first if part.start >= first else 0)

    items = [put(part) for part in root.items]
    items[place] = Part("sequence", root.items[place].start, end, items=rules)
    is_last = place + 1 == len(items)
    whole_end = end if is_last else behind + root.end - first
    return Part("mapping", root.start, whole_end, keys=[put(key) for key in root.keys], items=items)


def whole_tree(text: str) -> Part:
    """Return the root of a document, all of it read at once. Raises yaml.YAMLError."""
    events = yaml.parse(text, Loader=_LOADER)
    for event in events:
        if isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
            return _part(event, events, text)
    return Part("scalar", len(text), len(text))


class _Rules(Sequence[Part]):
    """The rules of a text, each read when it is asked for."""

    def __init__(self, lines: RuleLines) -> None:
        self._lines = lines
        ends = list(accumulate(map(len, lines.pieces), initial=len(lines.head)))
        self._starts = ends[:-1]
        self._read: dict[int, Part] = {}

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Part: ...
    @overload
    def __getitem__(self, index: slice) -> list[Part]: ...
    def __getitem__(self, index: int | slice) -> Part | list[Part]:
        numbers = range(len(self))[index]
        if isinstance(numbers, range):
            return [self[number] for number in numbers]
        if numbers not in self._read:
            alone = whole_tree(self._lines.pieces[numbers] + self._lines.stand_in)
            self._read[numbers] = _moved(alone.items[0], self._starts[numbers])
        return self._read[numbers]


def _moved(part: Part, by: int) -> Part:
    """Return a part that stands so many characters further down."""
    return replace(
        part,
        start=part.start + by,
        end=part.end + by,
        keys=[_moved(key, by) for key in part.keys],
        items=[_moved(item, by) for item in part.items],
    )


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
    items: list[Part] = []
    kind: Kind = "mapping" if is_mapping else "sequence"
    part = Part(kind, start, end, bool(event.flow_style), items=items)
    last = start
    for child in events:
        if isinstance(child, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            part.end = _offset(child.end_mark) if part.is_flow else last
            return part
        found = _part(child, events, text)
        last = max(last, found.end)
        is_key = is_mapping and len(part.keys) == len(items)
        (part.keys if is_key else items).append(found)
    return part


def _offset(mark: Any) -> int:
    return int(mark.index)
