"""The one way foreign text reaches the screen: visible, harmless, and never read as markup.

Prompts, answers, names, YAML and error messages go through `foreign`, or through `pieces` where a
widget draws its lines itself, and through nothing else. What a terminal would obey or hide is shown
as a sign of itself in the style `$hidden-text`, so that a hidden character is also a visible fact
about the request.
"""

from itertools import groupby

from textual.content import Content, Span

from console.inert import is_inert, visible

HIDDEN_STYLE = "$hidden-text bold"
ABSENT_STYLE = "$quiet"
TAB = "    "

Piece = tuple[str, str]
"""Harmless text, and the name of its style ("" for none)."""


def foreign(
    text: str, style: str = "", *, limit: int | None = None, keep_newlines: bool = False
) -> Content:
    """Return `text` as content that can be shown anywhere.

    `style` is a Textual style (never foreign itself). `limit` cuts to that many code points of the
    original, ending in `…`. With `keep_newlines` line feeds break lines and tabs are four spaces;
    otherwise the result is one line.
    """
    found = pieces(text, style, limit=limit, keep_newlines=keep_newlines)
    spans: list[Span] = []
    end = 0
    for part, name in found:
        start, end = end, end + len(part)
        if name:
            spans.append(Span(start, end, name))
    return Content("".join(part for part, _ in found), spans=spans)


def one_line(text: str | None, style: str = "", *, limit: int = 200, absent: str = "–") -> Content:
    """Return foreign text for a short field; `absent` (quiet) stands for None and for ''."""
    return foreign(text, style, limit=limit) if text else Content.styled(absent, ABSENT_STYLE)


def pieces(
    text: str, style: str = "", *, limit: int | None = None, keep_newlines: bool = False
) -> list[Piece]:
    """Return `text` as harmless pieces with their styles; the arguments are those of `foreign`."""
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    if is_inert(text):
        return [(text, style)]
    found: list[Piece] = []
    for hidden, run in groupby(text, _is_hidden):
        if hidden:
            found.append(("".join(map(visible, run)), HIDDEN_STYLE))
        else:
            found.append(("".join(_shown(char, keep_newlines) for char in run), style))
    return found


def _is_hidden(char: str) -> bool:
    """Whether a character is told by a sign that should stand out: not so line ends and tabs."""
    return char not in "\n\t" and visible(char) != char


def _shown(char: str, keep_newlines: bool) -> str:
    if keep_newlines and char == "\n":
        return char
    if keep_newlines and char == "\t":
        return TAB
    return visible(char)
