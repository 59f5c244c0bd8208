"""Reads YAML as plain data and remembers where everything stood.

PyYAML composes the nodes (with libyaml where it is there), so positions are free. Keys are always
taken as the text that was written: YAML 1.1 would read the key `on` as true.
"""

from pathlib import Path
from typing import Any

import msgspec
import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from console.table.problems import Problem

MAX_BYTES = 1 << 20
MAX_ALIAS_NODES = 10_000
"""How many nodes aliases may add to what is written (table format, "Problems")."""
MAX_DEPTH = 100
"""No table nests this deep; the bound keeps a hostile file from exhausting the stack."""

Place = tuple[int, int]
_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = {_TAG + name for name in ("str", "value", "merge")}
"""Read as the text that was written; `=` and `<<` as values have tags of their own in YAML 1.1."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Source(msgspec.Struct):
    """A document as plain data with its places.

    `places` maps a path to the line and column of its value, `keys` to those of its key, both
    counted from 1. `data` is None where the text is not one YAML document.
    """

    data: Any
    places: dict[str, Place]
    keys: dict[str, Place]
    problems: list[Problem]

    def place(self, path: str, *, at_key: bool = False) -> Place:
        """Return where `path` stands, or the nearest part of it that stands in the file."""
        while path:
            place = (self.keys.get(path) if at_key else None) or self.places.get(path)
            if place:
                return place
            path = _parent(path)
        return self.places.get("", (1, 1))


def _parent(path: str) -> str:
    cut = max(path.rfind("."), path.rfind("["))
    return path[:cut] if cut > 0 else ""


def join(path: str, key: str | int) -> str:
    """Return the path of member `key` of the mapping or list at `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def read_bounded(path: Path) -> bytes:
    """Return what the file at `path` holds, or one byte more than is allowed of a larger one.

    Raises OSError where it cannot be read.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def read_source(data: bytes | str) -> Source:
    """Read one YAML document. Never raises: what is wrong is in `problems`."""
    source = Source(None, {}, {}, [])
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        _tell(source, "too-large", (1, 1), "The file is too large: a table has at most 1 MiB.")
        return source
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        _tell(
            source, "not-yaml", (line, column), "The file is not UTF-8 text.", "Save it as UTF-8."
        )
        return source
    try:
        root = compose(text, source)
    except (yaml.YAMLError, RecursionError) as error:
        _tell_not_yaml(source, error, text)
        return source
    if source.problems:
        return source
    if root is not None and _aliases_allowed(source, root):
        source.data = NodeReader(source).read(root, "")
    if source.data is None and not source.problems:
        _tell(source, "not-yaml", (1, 1), "The file is empty.", "It begins with `version: 1`.")
    return source


def compose(text: str, source: Source) -> Node | None:
    """Compose after a look at nesting and tags. Raises yaml.YAMLError.

    Composing recurses once a level, and a tag could have a value read as what it is not.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        mark: Any = event.start_mark
        if getattr(event, "tag", None) is not None:
            place = (mark.line + 1, mark.column + 1)
            _tell(source, "unknown-tag", place, "A table uses no YAML tags.", "Remove the `!…`.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ConstructorError(None, None, f"nested more than {MAX_DEPTH} deep", mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    node: Node | None = yaml.compose(text, Loader=_LOADER)
    return node


def _tell(source: Source, code: str, place: Place, message: str, hint: str | None = None) -> None:
    source.problems.append(Problem(code, "error", *place, "", message, hint))


def _tell_not_yaml(source: Source, error: Exception, text: str = "") -> None:
    place, detail = (1, 1), "it cannot be read"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            place = (mark.line + 1, mark.column + 1)
        detail = error.problem or detail
    elif isinstance(error, yaml.reader.ReaderError):
        point = error.character if isinstance(error.character, int) else ord(error.character)
        detail = f"the character U+{point:04X} is not allowed"
        before = text.encode()[: error.position].decode(errors="ignore")
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    _tell(source, "not-yaml", place, f"This is not YAML: {detail}.")


def _aliases_allowed(source: Source, root: Node) -> bool:
    """Count what aliases add without expanding them; tell of too many and of endless ones."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Node) -> int:
        key = id(node)
        if key in open_nodes:
            raise ConstructorError(None, None, "an alias contains itself", node.start_mark)
        if key not in sizes:
            open_nodes.add(key)
            sizes[key] = 1 + sum(size(child) for child in _children(node))
            open_nodes.discard(key)
        return sizes[key]

    try:
        added = size(root) - len(sizes)
    except ConstructorError as error:
        _tell_not_yaml(source, error)
        return False
    if added > MAX_ALIAS_NODES:
        message = f"Aliases expand to {added:,} further nodes; {MAX_ALIAS_NODES:,} are allowed."
        _tell(source, "alias-expansion", (1, 1), message, "Write the repeated parts out.")
        return False
    return True


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def _key_text(key: Node) -> str | None:
    return key.value if isinstance(key, ScalarNode) else None


class NodeReader:
    """Turns composed nodes into plain data, writing down each one's place."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._scalars = SafeConstructor()

    def read(self, node: Node, path: str) -> Any:
        """Return what a node says; it stands at `path`."""
        mark = node.start_mark
        self._source.places[path] = (mark.line + 1, mark.column + 1)
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(child, join(path, i)) for i, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _scalar(self, node: ScalarNode, path: str) -> Any:
        if node.tag in _TEXT_TAGS:
            return node.value
        try:
            return self._scalars.construct_object(node)
        except (ValueError, ConstructorError):
            self._problem(
                "not-yaml", node, path, "This value cannot be read.", "Put it in quotes if a text."
            )
            return node.value

    def _mapping(self, node: Node, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._problem("not-yaml", key_node, path, "A key must be a plain text.")
                continue
            if key_node.tag == _TAG + "merge":
                merged.append(value_node)
                continue
            key = key_node.value
            here = join(path, key)
            if key in found:
                line = self._source.keys[here][0]
                message = f"The key `{key}` is given twice; it stands on line {line} already."
                self._problem("duplicate-key", key_node, here, message, "Remove one of the two.")
                continue
            mark = key_node.start_mark
            self._source.keys[here] = (mark.line + 1, mark.column + 1)
            found[key] = self.read(value_node, here)
        for value_node in merged:
            self._merge(found, value_node, path)
        return found

    def _merge(self, found: dict[str, Any], node: Node, path: str) -> None:
        """Add what `<<` brings, where the mapping does not say it itself."""
        parts = node.value if isinstance(node, SequenceNode) else [node]
        for part in parts:
            if not isinstance(part, MappingNode):
                self._problem("not-yaml", part, path, "`<<` takes a mapping or a list of them.")
                continue
            new = [pair for pair in part.value if _key_text(pair[0]) not in found]
            brought = self._mapping(MappingNode(part.tag, new), path)
            for key, value in brought.items():
                found.setdefault(key, value)

    def _problem(
        self, code: str, node: Node, path: str, message: str, hint: str | None = None
    ) -> None:
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        self._source.problems.append(Problem(code, "error", *place, path, message, hint))
