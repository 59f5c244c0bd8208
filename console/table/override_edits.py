"""Changes the text of an overrides file: one added, some lifted, and those that ran out swept away.

Pure: text in, text out. The entries that stay keep their words, order and comments. Every edit is
read back; where the text cannot be spliced (anchors, a list in one line), the file is written anew
with the same entries.
"""

import re
from collections.abc import Collection, Sequence
from datetime import UTC
from typing import Any

import msgspec
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from console.table.overrides import LoadedOverrides, Override, parse_overrides
from console.table.problems import Problem

_HEAD = "version: 1\n"
_KEY = "overrides:"
_DASH = re.compile(r"\s*-(?=\s|$)")
_KEY_LINE = re.compile(rf"{_KEY}[ \t]*(?=#|\r?\n|$)")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableOverridesError(Exception):
    """The file has errors: an edit would lose what it means to say. `problems` has them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the overrides have errors")
        self.problems = tuple(problems)


class IdTakenError(Exception):
    """There is a live override of that id already."""

    def __init__(self, override: Override) -> None:
        super().__init__(f"the id {override.id} is taken")
        self.override = override


class Edited(msgspec.Struct, frozen=True):
    """A file after an edit: its text, and the overrides now in it, lifted by it, and swept by it.

    `swept` had run out by themselves before.
    """

    text: str
    overrides: tuple[Override, ...]
    lifted: tuple[Override, ...]
    swept: tuple[Override, ...]


def edited(
    text: str, at: float, *, add: Override | None = None, lift: Collection[str] = ()
) -> Edited:
    """Return `text` with `add` at its end, the ids in `lift` gone and, at `at`, expired ones swept.

    `at` is in Unix seconds; an empty text is a file without overrides. Raises
    UnreadableOverridesError and IdTakenError.
    """
    found = read_text(text)
    keeps = [o.is_live(at) and o.id not in lift for o in found.overrides]
    kept = tuple(o for o, keep in zip(found.overrides, keeps, strict=True) if keep)
    taken = next((o for o in kept if add is not None and o.id == add.id), None)
    if taken is not None:
        raise IdTakenError(taken)
    left = kept if add is None else (*kept, add)
    spliced = _spliced(text, found.overrides, keeps, add)
    return Edited(
        text=spliced if _says(spliced, left) else _written_anew(left),
        overrides=left,
        lifted=tuple(o for o in found.overrides if o.id in lift and o.is_live(at)),
        swept=tuple(o for o in found.overrides if not o.is_live(at)),
    )


def read_text(text: str) -> LoadedOverrides:
    """Return the overrides in `text`, none where it is empty. Raises UnreadableOverridesError."""
    if not text.strip():
        return LoadedOverrides((), [])
    found = parse_overrides(text)
    errors = [problem for problem in found.problems if problem.is_error]
    if errors:
        raise UnreadableOverridesError(errors)
    return found


def rendered(override: Override) -> str:
    """Return the lines of one override as they stand in a file, without indentation."""
    until = override.until.astimezone(UTC).isoformat().replace("+00:00", "Z")
    changes = {
        name: msgspec.structs.asdict(change)
        for name, change in (("drain", override.drain), ("pin", override.pin))
        if change is not None
    }
    fields = [
        _field("id", override.id),
        *(
            _field(name, {key: value for key, value in change.items() if value is not None})
            for name, change in changes.items()
        ),
        f"until: {until}\n",
        _field("because", override.because),
        _field("by", override.by),
    ]
    return "- " + "  ".join(fields)


def _field(name: str, value: str | dict[str, str]) -> str:
    values = [value] if isinstance(value, str) else list(value.values())
    # A character nobody can see is written as its number, and a line end never as one.
    plain = all(text.isprintable() for text in values)
    dumped: str = yaml.safe_dump(
        {name: value} if isinstance(value, str) else value,
        default_flow_style=not isinstance(value, str),
        default_style=None if plain else '"',
        allow_unicode=plain,
        width=100_000,
    )
    return dumped if isinstance(value, str) else f"{name}: {dumped}"


def _says(text: str, wanted: tuple[Override, ...]) -> bool:
    found = parse_overrides(text)
    return not found.problems and found.overrides == wanted


def _written_anew(overrides: Sequence[Override]) -> str:
    return _HEAD + _section(overrides)


def _section(overrides: Sequence[Override]) -> str:
    if not overrides:
        return f"{_KEY} []\n"
    return f"{_KEY}\n" + "".join(rendered(override) for override in overrides)


def _spliced(
    text: str, overrides: Sequence[Override], keeps: Sequence[bool], add: Override | None
) -> str:
    """Return the text with its kept entries as they stand; it may have come out wrong."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    root = yaml.compose(text, Loader=_LOADER)
    pair = _overrides_of(root)
    if pair is None:
        return "".join(lines or [_HEAD]) + _section([add] if add is not None else [])
    key, value = pair
    if not isinstance(value, SequenceNode) or value.flow_style or not value.value:
        kept = [o for o, keep in zip(overrides, keeps, strict=True) if keep]
        section = _section([*kept, add] if add is not None else kept)
        before, after = lines[: key.start_mark.line], lines[value.end_mark.line + 1 :]
        return "".join([*before, section, *after])
    return _with_entries(lines, key, value, keeps, add)


def _overrides_of(root: Node | None) -> tuple[Node, Node] | None:
    if not isinstance(root, MappingNode):
        return None
    for key, value in root.value:
        if isinstance(key, ScalarNode) and key.value == "overrides":
            return key, value
    return None


def _with_entries(
    lines: list[str], key: Node, value: SequenceNode, keeps: Sequence[bool], add: Override | None
) -> str:
    starts = [_start_of(lines, item, after=key.start_mark.line) for item in value.value]
    ends = [*starts[1:], _last_line(value.value[-1]) + 1]
    head, tail = lines[: starts[0]], lines[ends[-1] :]
    entries = [
        "".join(lines[start:end])
        for start, end, keep in zip(starts, ends, keeps, strict=True)
        if keep
    ]
    if add is not None:
        indent = " " * value.start_mark.column
        entries.append("".join(indent + line for line in rendered(add).splitlines(keepends=True)))
    if not entries:
        place = key.start_mark.line
        head[place] = _KEY_LINE.sub(f"{_KEY} [] ", head[place], count=1).replace("[] \n", "[]\n")
    return "".join([*head, *entries, *tail])


def _start_of(lines: list[str], item: Node, *, after: int) -> int:
    """Return the line an entry begins on: that of its dash, or of the comment above it."""
    line: int = item.start_mark.line
    while line > after + 1 and not _DASH.match(lines[line]):
        line -= 1
    while line > after + 1 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _last_line(node: Node) -> int:
    """Return the last line on which something of `node` stands."""
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        first, last = node.start_mark.line, node.end_mark.line
        # A text of several lines ends where the next line begins.
        return int(last - 1 if node.end_mark.column == 0 and last > first else last)
    children = [part for child in node.value for part in _parts_of(child)]
    return max((_last_line(child) for child in children), default=int(node.start_mark.line))


def _parts_of(child: Any) -> tuple[Node, ...]:
    return child if isinstance(child, tuple) else (child,)
