"""What the log's index of words is asked for some words, where it can tell.

The index parts texts into words at whatever is neither letter nor digit
(https://sqlite.org/fts5.html#unicode61_tokenizer); scripts that put nothing between their words are
one long word to it.
"""

import re

_WITHOUT_SPACES = re.compile(
    "["
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"  # kana, Han
    "\U00020000-\U0003ffff"
    "]"
)


def word_query(text: str) -> str | None:
    """Return the FTS5 query for words next to each other; None: its words cannot tell.

    A `*` at the end of a word at the end stands for the rest of it.
    """
    begins = text.endswith("*") and text[-2:-1].isalnum()
    words = text[:-1] if begins else text
    if not any(char.isalnum() for char in words) or _WITHOUT_SPACES.search(words):
        return None
    # NUL would end the query for SQLite; in a text it parts words as any sign does.
    quoted = words.replace("\0", " ").replace('"', '""')
    return f'"{quoted}"' + ("*" if begins else "")
