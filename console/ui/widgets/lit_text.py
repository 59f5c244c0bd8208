"""A foreign text in which the words that a rule matched are lit."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from textual.content import Content

from console.routing.explanation import Span
from console.ui.foreign_text import foreign
from console.ui.widgets.lines import LIT, QUIET

LONGEST_TEXT = 100_000
"""Code points shown at most; what is left out is counted."""


def lit_content(
    text: str, spans: Iterable[Span], fact: str = "prompt", *, limit: int = LONGEST_TEXT
) -> Content:
    """Return a text, of several lines, lit where `spans` are about `fact`.

    Spans count code points of `text` as it is; the signs for hidden characters may be longer, so
    each stretch between two edges is made visible by itself.
    """
    cut = text[:limit]
    lit = sorted((s.start, s.end) for s in spans if s.fact == fact and s.start < s.end <= len(cut))
    content = Content("").join(
        foreign(cut[start:end], LIT if is_lit else "", keep_newlines=True)
        for start, end, is_lit in _stretches(len(cut), lit)
    )
    left_out = len(text) - len(cut)
    if left_out:
        content += Content.styled(f"\n… and {left_out:,} characters more", QUIET)
    return content


def _stretches(length: int, lit: list[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """Return the stretches between edges, each with whether some span covers it.

    `lit` is sorted and may overlap.
    """
    edges = sorted({0, length, *(edge for span in lit for edge in span)})
    following = iter([*lit, (length + 1, length + 1)])
    reach = 0
    start, end = next(following)
    for here, there in pairwise(edges):
        while start <= here:
            reach = max(reach, end)
            start, end = next(following)
        yield here, there, reach > here
