"""Makes foreign text visible and harmless before a terminal sees it.

Prompts, answers, headers, names and files can carry escape sequences, control characters and
bidirectional overrides. A terminal would obey them; here each becomes a visible sign of itself.
What may pass is decided by an allow rule (`str.isprintable`), since deny lists forget: everything
else is replaced.
"""

import unicodedata

KEPT_SPACE = " "
_NAMED = {"\n": "⏎", "\t": "⇥", "\r": "␍", "\x7f": "␡"}
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Printable by category and yet blank: the Hangul fillers and the empty Braille cell."""


def visible(char: str) -> str:
    """Return what stands for one character: itself where it is harmless, else a visible sign.

    C0 controls become their Unicode pictures (ESC is `␛`), line feed `⏎`, tab `⇥`; spaces of any
    other width become a plain space; all else that is not printable is spelt as `⟨U+202E⟩`.
    """
    if char in _INVISIBLE_LETTERS:
        return f"⟨U+{ord(char):04X}⟩"
    if char.isprintable():
        return char
    named = _NAMED.get(char)
    if named is not None:
        return named
    if char < " ":
        return chr(0x2400 + ord(char))
    if unicodedata.category(char) == "Zs":
        return KEPT_SPACE
    return f"⟨U+{ord(char):04X}⟩"


def is_inert(text: str) -> bool:
    """Tell whether `text` could be written to a terminal as it is."""
    return text.isprintable() and _INVISIBLE_LETTERS.isdisjoint(text)


def inert(text: str, *, limit: int | None = None, keep_newlines: bool = False) -> str:
    """Return `text` with every character a terminal might obey replaced by a visible sign.

    With `keep_newlines`, line feeds and tabs pass (a tab as four spaces); otherwise the result is
    one line. `limit` cuts to that many code points of the original, ending in `…`.
    """
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    if is_inert(text):
        return text
    if keep_newlines:
        return "\n".join(
            "".join("    " if char == "\t" else visible(char) for char in line)
            for line in text.split("\n")
        )
    return "".join(map(visible, text))
