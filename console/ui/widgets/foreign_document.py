"""A text under edit that keeps every code point, and shows only harmless ones.

Textual's own document breaks lines wherever Unicode may (also at U+2028 or a form feed) and joins
them with one newline, which changes a pasted prompt; and it hands raw lines to the screen. This one
breaks at line feeds alone, and what it hands out for drawing, wrapping and measuring has a visible
sign of one cell in the place of each character a terminal might obey. Both have the same length, so
a column of the one is a column of the other.
"""

from typing import overload

from textual.document._document import Document, EditResult, Location

from console.inert import is_inert, visible

HIDDEN_SIGN = "▯"
"""Stands for a character whose visible sign would be longer than itself."""


def sign_of(char: str) -> str:
    """Return the one character that stands for `char` in an editor; a tab stays, to be expanded."""
    if char == "\t":
        return char
    sign = visible(char)
    return sign if len(sign) == 1 else HIDDEN_SIGN


def shown(line: str) -> str:
    """Return a line as it may be drawn: as many characters, none that a terminal would obey."""
    return line if is_inert(line) else "".join(map(sign_of, line))


class ForeignDocument(Document):
    """A document for `TextArea`: `text` and what is copied are real, what is drawn is inert."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._newline = "\n"
        self._lines = text.split("\n")

    @property
    def lines(self) -> list[str]:
        """The lines as drawn."""
        return [shown(line) for line in self._lines]

    @overload
    def __getitem__(self, line_index: int) -> str: ...

    @overload
    def __getitem__(self, line_index: slice) -> list[str]: ...

    def __getitem__(self, line_index: int | slice) -> str | list[str]:
        """Return a line, or lines, as drawn."""
        if isinstance(line_index, slice):
            return [shown(line) for line in self._lines[line_index]]
        return shown(self._lines[line_index])

    @property
    def longest_line(self) -> int:
        """The length of the longest line, in code points."""
        return max(map(len, self._lines))

    def real_line(self, index: int) -> str:
        """Return a line as it is, for comparing; never for drawing."""
        return self._lines[index]

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put `text` in the place of what stands from `start` to `end`, breaking at line feeds."""
        top, bottom = sorted((start, end))
        replaced = self.get_text_range(top, bottom)
        before = self._lines[top[0]][: top[1]]
        after = self._lines[bottom[0]][bottom[1] :] if bottom[0] < self.line_count else ""
        inserted = text.split("\n")
        destination = (
            top[0] + len(inserted) - 1,
            len(inserted[-1]) + (len(before) if len(inserted) == 1 else 0),
        )
        inserted[0] = before + inserted[0]
        inserted[-1] += after
        self._lines[top[0] : bottom[0] + 1] = inserted
        return EditResult(destination, replaced)
