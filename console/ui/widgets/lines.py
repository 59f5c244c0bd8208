"""Lines on their way to the screen: a lead that stands once, and a body that wraps beside it.

What a list or a panel shows is built as plain `Line`s by functions that know no widget, and drawn
by `LineView`. Every part of a line is either a `Content` made by `console.ui.foreign_text`, or a
string, which is taken to be foreign and goes through it here.
"""

from dataclasses import dataclass

from textual.content import Content

from console.ui.foreign_text import foreign

Part = str | tuple[str, str] | Content
"""Text; text and its style; or content that was made safe before."""

NARROWEST_BODY = 24
"""Cells: where a lead leaves less, what wraps starts further left instead of down a thin column."""

QUIET = "$quiet"
LIT = "bold underline reverse $lit"
"""Matched words: weight, line and ground, so that they also stand out without colour."""


def say(*parts: Part) -> Content:
    """Return the parts as one content. Strings are foreign text; styles never are."""
    contents = [
        part
        if isinstance(part, Content)
        else foreign(part)
        if isinstance(part, str)
        else foreign(part[0], part[1])
        for part in parts
    ]
    return contents[0] if len(contents) == 1 else Content.assemble(*contents)


@dataclass(frozen=True, slots=True)
class Line:
    """One line before wrapping.

    `item` is the number of what the line belongs to, where a cursor can stand on it; `head` marks
    the line of an item that shows the cursor. A line that does not wrap is cut, ending in `…`.
    """

    lead: Content
    body: Content
    item: int | None = None
    head: bool = False
    wraps: bool = True

    def height(self, width: int) -> int:
        """Return how many rows the line takes in `width` cells."""
        if not self.wraps or self.lead.cell_length + self.body.cell_length <= width:
            return 1
        return len(self.rows(width))

    def rows(self, width: int) -> list[Content]:
        """Return the line laid out in `width` cells, at least one row."""
        whole = self.lead + self.body
        if whole.cell_length <= width:
            return [whole]
        if not self.wraps:
            return [whole.truncate(max(width, 1), ellipsis=True)]
        indent = self.lead.cell_length
        if width - indent < NARROWEST_BODY:
            hanging = min(4, max(width - 2, 0))
            first, *rest = whole.wrap(max(width - hanging, 2))
            return [first, *(row.pad_left(hanging) for row in rest)]
        first, *rest = self.body.wrap(width - indent)
        return [self.lead + first, *(row.pad_left(indent) for row in rest)]


def line(
    *parts: Part,
    lead: Content | str = "",
    item: int | None = None,
    head: bool = False,
    wraps: bool = True,
) -> Line:
    """Return a line of `parts`; what wraps of it stands to the right of `lead`."""
    lead_content = lead if isinstance(lead, Content) else foreign(lead)
    return Line(lead_content, say(*parts) if parts else Content(""), item, head, wraps)


def titled(word: str, *parts: Part, width: int = 9) -> Line:
    """Return a line that begins with a quiet word in a column of its own: `route    small`."""
    return line(*parts, lead=Content.styled(f"{word:<{width}} ", QUIET))


BLANK = line()
