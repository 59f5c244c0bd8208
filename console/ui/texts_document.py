"""The captured texts of a request, one of them in view, and what is looked for in it."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from console.traffic.records import BodyRow

MOST_FOUND = 10_000
"""Places found at most: of a letter that stands everywhere, nobody walks through more."""


@dataclass(frozen=True)
class CapturedText:
    """One text of a request, under the name it has for a reader."""

    name: str
    text: str


def texts_of(body: BodyRow | None) -> list[CapturedText]:
    """Return the texts that were captured, the prompt first; each only once."""
    if body is None:
        return []
    named = [
        ("prompt", body.prompt),
        ("answer", body.answer),
        ("system", body.system),
        ("conversation", body.conversation),
    ]
    found: list[CapturedText] = []
    for name, text in named:
        if text and all(text != other.text for other in found if name != "answer"):
            found.append(CapturedText(name, text))
    return found


class TextsDocument:
    """Which text is in view, and where in it the words looked for stand."""

    def __init__(self, body: BodyRow | None) -> None:
        self.texts = texts_of(body)
        self.is_cut = body is not None and body.truncated
        """Whether something was cut off when it was captured."""
        self.place = 0
        self.wanted = ""
        self.found: list[tuple[int, int]] = []
        """The places of `wanted`, as offsets in code points, ascending."""
        self.at: int | None = None
        """Which of `found` is the one in view."""

    @property
    def text(self) -> str:
        """The text in view; empty where none was captured."""
        return self.texts[self.place].text if self.texts else ""

    @property
    def title(self) -> str:
        """What is in view, which of how many, and how long it is."""
        if not self.texts:
            return "no text was captured"
        shown = self.texts[self.place]
        cut = " · cut when captured" if self.is_cut else ""
        many = f" · {self.place + 1} of {len(self.texts)}" if len(self.texts) > 1 else ""
        return f"{shown.name}{many} · {len(shown.text):,} characters{cut}"

    @property
    def told(self) -> str:
        """What came of looking; empty while nothing is looked for."""
        if not self.wanted:
            return ""
        if self.at is None:
            return "not found in this text"
        most = "+" if len(self.found) == MOST_FOUND else ""
        return f"{self.at + 1:,} of {len(self.found):,}{most}"

    def other(self, step: int) -> None:
        """Take the next text into view, or the one before; what is looked for stays."""
        if self.texts:
            self.place = (self.place + step) % len(self.texts)
        self.look_for(self.wanted)

    def look_for(self, wanted: str, after: int = 0) -> None:
        """Find these characters, letters of any case; the first from offset `after` on is in view.

        Beyond the last place it begins anew.
        """
        self.wanted = wanted
        self.found = []
        if wanted:
            # A literal pattern: what is looked for means nothing but itself.
            for match in re.finditer(re.escape(wanted), self.text, re.IGNORECASE):
                self.found.append(match.span())
                if len(self.found) == MOST_FOUND:
                    break
        place = bisect_right(self.found, (after, -1))
        self.at = place % len(self.found) if self.found else None

    def step(self, by: int) -> None:
        """Go to the next place, or the one before; round the end."""
        if self.at is not None:
            self.at = (self.at + by) % len(self.found)

    def location(self, offset: int) -> tuple[int, int]:
        """Return row and column, from 0, of an offset in the text in view."""
        before = self.text[:offset]
        return before.count("\n"), offset - (before.rfind("\n") + 1)
