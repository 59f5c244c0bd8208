"""Cuts a table's text into the lines of each rule and the frame around them, by its lines alone.

Whether the cuts are where one rule ends and the next begins only reading tells (see `rereading`):
a quoted text may hold a line that looks like the beginning of a rule.
"""

import re
from functools import lru_cache

import msgspec

from console.table.yaml_source import MAX_BYTES

_BEGINS = re.compile(
    r"^rules:[ ]*(?:[ ]#[^\n]*)?\n(?:[ ]*(?:#[^\n]*)?\n)*(?P<dash>[ ]*)-(?=[ \n])", re.MULTILINE
)
_UNCOMMON = re.compile("[\x85\u2028\u2029\ufeff\ud800-\udfff]")
"""Line breaks of YAML 1.1 that are none here, a mark of byte order, and what is not UTF-8."""


class RuleLines(msgspec.Struct, frozen=True):
    """A text in parts: `head`, the `pieces` (a rule each, from its dash on), and `tail`.

    `dash` is how many blanks stand before each dash.
    """

    head: str
    pieces: list[str]
    tail: str
    dash: int

    @property
    def stand_in(self) -> str:
        """A line that can stand in the place of any piece, and of all of them."""
        return " " * self.dash + '- ""\n'

    @property
    def frame(self) -> str:
        """The text with one line in the place of all its rules."""
        return self.head + self.stand_in + self.tail


def rule_lines(text: str) -> RuleLines | None:
    """Return a text in parts; None where it is written in a way that is not cut."""
    if not text.endswith("\n") or "\t" in text or "\r" in text or len(text) > MAX_BYTES:
        return None
    if not text.isascii() and (_UNCOMMON.search(text) or len(text.encode()) > MAX_BYTES):
        return None
    begin = _BEGINS.search(text)
    if begin is None:
        return None
    dash = len(begin["dash"])
    start = begin.start("dash")
    ends, dashes = _lines_of(dash)
    end = ends.search(text, start)
    stop = end.start() if end is not None else len(text)
    cuts = [found.start() for found in dashes.finditer(text, start, stop)]
    pieces = [text[a:b] for a, b in zip(cuts, [*cuts[1:], stop], strict=True)]
    return RuleLines(text[:start], pieces, text[stop:], dash)


@lru_cache(maxsize=8)
def _lines_of(dash: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return how a line looks that ends the list of rules, and one that begins a rule."""
    before = rf"^[ ]{{0,{dash - 1}}}[^ \n#]" if dash else r"^(?!-[ \n])[^ \n#]"
    return re.compile(before, re.MULTILINE), re.compile(rf"^[ ]{{{dash}}}-(?=[ \n])", re.MULTILINE)
