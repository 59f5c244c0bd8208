"""Reads a table's text again after an edit: only the rules whose lines were not read before.

What is read is what `yaml_source.read_source` and `sections.read_rule` read, and it is proven by
the reading itself that the cuts are right: the frame around the rules reads as a table with one
rule, and all new pieces, one after the other and with another rule behind, read as one rule a
piece. Whatever is out of the ordinary is left to the full
reading: anchors, keys written with `?`, any problem of YAML, keys of providers, and what
`rule_lines` does not cut.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec
import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from console.table.findings import Findings
from console.table.model import Rule
from console.table.nulls import without_nulls
from console.table.rule_lines import RuleLines, rule_lines
from console.table.secret_shapes import looks_secret
from console.table.sections import read_rule
from console.table.yaml_source import NodeReader, Place, Source, compose, read_source

PIECES_KEPT = 10_000
"""More rules than the largest table holds; a piece is some 5 KB as data and places."""

TEXTS_KEPT = 4
"""A draft's text before and after an edit, the file's, and one to spare."""

_RULES = "rules"
_HERE = "rules[0]"
"""The path under which a piece is read; what follows it is the path within the rule."""

_UNUSUAL = re.compile(r"(?:^|[\s\[{,:-])\?(?=\s|$)|^(?:---|\.\.\.)(?:\s|$)|^%", re.MULTILINE)
"""A key written with `?`, the end of a document, and a directive."""

_ANCHOR = "&"


class _Piece(msgspec.Struct, frozen=True):
    """What the lines of one rule say; `rule` is None where there is something to tell of it.

    Places are a path within the rule, a line counted from 0 and a column counted from 1.
    """

    data: Any
    rule: Rule | None
    lines: int
    places: list[tuple[str, int, int]]
    keys: list[tuple[str, int, int]]


class Reread(msgspec.Struct, frozen=True):
    """A text as read: its source, and the same data with each rule in place that was checked.

    All of it is shared with other readings, so nobody changes it.
    """

    source: Source
    known: dict[str, Any]


_pieces: dict[str, _Piece] = {}
"""The pieces read lately, by their text. Replaced as a whole, so any thread may read it."""


@lru_cache(maxsize=TEXTS_KEPT)
def reread(text: str) -> Reread | None:
    """Return a text as read, None where it has to be read in full."""
    found = _parts(text)
    if found is None:
        return None
    lines, frame, pieces = found
    first = lines.head.count("\n") + 1
    more = sum(piece.lines for piece in pieces) - 1
    source = Source(
        {**frame.data, _RULES: [piece.data for piece in pieces]},
        _behind(frame.places, first, more),
        _behind(frame.keys, first, more),
        [],
    )
    del source.places[_HERE]
    line = first
    for index, piece in enumerate(pieces):
        base = f"{_RULES}[{index}]"
        for path, below, column in piece.places:
            source.places[base + path] = (line + below, column)
        for path, below, column in piece.keys:
            source.keys[base + path] = (line + below, column)
        line += piece.lines
    rules = [piece.data if piece.rule is None else piece.rule for piece in pieces]
    return Reread(source, {**source.data, _RULES: rules})


def lines_read(text: str) -> RuleLines | None:
    """Return a text cut where its rules begin, as reading proved; None where it is not cut."""
    found = _parts(text)
    return found[0] if found is not None else None


@lru_cache(maxsize=TEXTS_KEPT)
def _parts(text: str) -> tuple[RuleLines, Source, list[_Piece]] | None:
    lines = rule_lines(text)
    frame = _frame(lines) if lines is not None else None
    if lines is None or frame is None:
        return None
    known = _pieces
    new = [piece for piece in dict.fromkeys(lines.pieces) if piece not in known]
    if new:
        read = _read(new, lines)
        if read is None:
            return None
        known = _kept({**known, **read}, lines.pieces)
    return lines, frame, [known[piece] for piece in lines.pieces]


def _kept(known: dict[str, _Piece], pieces: list[str]) -> dict[str, _Piece]:
    """Keep what was read; of too much only what is in the text at hand."""
    global _pieces
    if len(known) > PIECES_KEPT:
        known = {piece: known[piece] for piece in pieces}
    _pieces = known
    return known


def _frame(lines: RuleLines) -> Source | None:
    """Return the frame as read, with its stand-in as the only rule; None where that is not so."""
    source = _frame_read(lines.frame)
    stands = (lines.head.count("\n") + 1, lines.dash + 3)
    return source if source is not None and source.places[_HERE] == stands else None


@lru_cache(maxsize=TEXTS_KEPT)
def _frame_read(text: str) -> Source | None:
    if _UNUSUAL.search(text) or looks_secret(text):
        return None
    source = read_source(text)
    if source.problems or not isinstance(source.data, dict) or source.data.get(_RULES) != [""]:
        return None
    within = [path for path in (*source.places, *source.keys) if path.startswith(f"{_RULES}[")]
    return source if within == [_HERE] else None


def _behind(places: dict[str, Place], first: int, more: int) -> dict[str, Place]:
    """Return places with those behind the line `first` so many lines further down."""
    return {
        path: (line + more, column) if line > first else (line, column)
        for path, (line, column) in places.items()
    }


def _read(new: list[str], lines: RuleLines) -> dict[str, _Piece] | None:
    """Return what pieces say; None where the cuts are not between rules.

    Every rule of the list begins with a dash where every piece begins with one, so that there are
    as many rules as pieces only where each piece is a rule.
    """
    text = "".join(new)
    if _UNUSUAL.search(text) or looks_secret(text):
        return None
    nodes = _nodes(f"{_RULES}:\n{text}{lines.stand_in}")
    if nodes is None or len(nodes) != len(new) + 1:
        return None
    read: dict[str, _Piece] = {}
    line = 1
    for piece, node in zip(new, nodes, strict=False):
        found = _piece(piece, node, line)
        if found is None:
            return None
        read[piece] = found
        line += found.lines
    return read


def _nodes(text: str) -> list[Node] | None:
    """Return the members of the list `rules` that is all there is in a text."""
    source = Source(None, {}, {}, [])
    try:
        if _ANCHOR in text and any(
            getattr(event, "anchor", None) is not None
            for event in yaml.parse(text, Loader=yaml.SafeLoader)
        ):
            return None
        root = compose(text, source)
    except (yaml.YAMLError, RecursionError):
        return None
    if source.problems or not isinstance(root, MappingNode) or len(root.value) != 1:
        return None
    rules = root.value[0][1]
    return list(rules.value) if isinstance(rules, SequenceNode) else None


def _piece(text: str, node: Node, line: int) -> _Piece | None:
    source = Source(None, {}, {}, [])
    source.data = NodeReader(source).read(node, _HERE)
    if source.problems:
        return None
    findings = Findings(source)
    rule = read_rule(without_nulls(source.data, _HERE, findings), _HERE, findings)
    return _Piece(
        source.data,
        rule if findings.count == 0 else None,
        text.count("\n"),
        _within(source.places, line),
        _within(source.keys, line),
    )


def _within(places: dict[str, Place], first: int) -> list[tuple[str, int, int]]:
    """Return places by their paths within the rule, their lines counted from its own."""
    start = len(_HERE)
    return [(path[start:], line - first - 1, column) for path, (line, column) in places.items()]
