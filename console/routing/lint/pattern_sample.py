"""Writes a short text in which an RE2 pattern is found, for patterns as people write them.

This only proposes: whoever asks puts the text to RE2 itself. What cannot be read gives no text.
"""

import re

import re2

from console.table.patterns import options

MOST_REPEATS = 50
"""Repetitions written out; a pattern that asks for more gets no sample."""

_CLASSES = {"d": "4", "w": "w", "s": " ", "D": "x", "W": "-", "S": "x"}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_POSIX = {
    **dict.fromkeys(("alpha", "alnum", "lower", "word", "graph", "print"), "x"),
    **dict.fromkeys(("digit", "xdigit"), "4"),
    **dict.fromkeys(("space", "blank"), " "),
    "upper": "X",
    "punct": "-",
}
_PLAIN = "x4 X-_.,:/\n"
"""Tried in this order where a class excludes characters, or any will do."""

_COUNT = re.compile(r"\{(\d+)(,(\d*))?\}")
_FLAGS = re.compile(r"\?(P?<\w+>|[imsU-]*:|[imsU-]+(?=\)))")


class _UnreadableError(Exception):
    """The pattern has something in it that is not understood here."""


def sample_of(pattern: str) -> str | None:
    """Return a text in which `pattern` may be found; None where none comes to mind."""
    try:
        return _Reader(pattern).whole()
    except (_UnreadableError, re2.error, IndexError, ValueError, RecursionError):
        return None


class _Reader:
    """Reads a pattern from left to right, writing the first text that each part takes."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def whole(self) -> str:
        text = self._alternatives()
        if self._at < len(self._pattern):
            raise _UnreadableError
        return text

    def _alternatives(self) -> str:
        """Return what the first alternative takes; the others are only passed over."""
        first = self._sequence()
        while self._peek() == "|":
            self._at += 1
            other = self._sequence()
            first = first or other
        return first

    def _sequence(self) -> str:
        text = ""
        while self._peek() not in ("", "|", ")"):
            text += self._repeated(self._one())
        return text

    def _one(self) -> str:
        char = self._next()
        if char == "(":
            if self._peek() == "?":
                flags = _FLAGS.match(self._pattern, self._at)
                if flags is None:
                    raise _UnreadableError
                self._at = flags.end()
            inner = self._alternatives()
            if self._next() != ")":
                raise _UnreadableError
            return inner
        if char == "[":
            return self._class()
        if char == ".":
            return "x"
        if char in "^$":
            return ""
        return self._escape() if char == "\\" else char

    def _repeated(self, text: str) -> str:
        char = self._peek()
        if char in ("*", "?", "+"):
            self._at += 1
            text = text if char == "+" else ""
        elif char == "{" and (counted := _COUNT.match(self._pattern, self._at)):
            self._at = counted.end()
            if int(counted[1]) > MOST_REPEATS:
                raise _UnreadableError
            text *= int(counted[1])
        else:
            return text
        if self._peek() == "?":
            self._at += 1
        return text

    def _escape(self) -> str:
        char = self._next()
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in "bBAz":
            return ""
        if char == "x":
            return self._code_point()
        if char in "pP":
            return self._unicode_class(char == "P")
        if char == "Q":
            end = self._pattern.find("\\E", self._at)
            end = len(self._pattern) if end < 0 else end
            quoted: str = self._pattern[self._at : end]
            self._at = end + 2
            return quoted
        if char.isalnum():
            raise _UnreadableError
        return char

    def _code_point(self) -> str:
        if self._peek() == "{":
            end = self._pattern.index("}", self._at)
            digits, self._at = self._pattern[self._at + 1 : end], end + 1
        else:
            digits, self._at = self._pattern[self._at : self._at + 2], self._at + 2
        return chr(int(digits, 16))

    def _unicode_class(self, is_negated: bool) -> str:
        name = self._next()
        if name == "{":
            end = self._pattern.index("}", self._at)
            name, self._at = self._pattern[self._at : end], end + 1
        if is_negated or name.startswith("^"):
            raise _UnreadableError
        known = {"L": "x", "Lu": "X", "Ll": "x", "N": "4", "Nd": "4", "P": "-", "Latin": "x"}
        known |= {"Greek": "λ", "Cyrillic": "ж", "Han": "字", "Arabic": "ع", "Hebrew": "א"}
        if name not in known:
            raise _UnreadableError
        return known[name]

    def _class(self) -> str:
        start = self._at
        is_negated = self._peek() == "^"
        if is_negated:
            self._at += 1
        first = self._class_item()
        while self._peek() != "]":
            self._class_item()
        self._at += 1
        if not is_negated:
            return first
        taken = re2.compile(f"[{self._pattern[start : self._at]}", options())
        for char in _PLAIN:
            if taken.fullmatch(char):
                return char
        raise _UnreadableError

    def _class_item(self) -> str:
        char = self._next()
        if char == "[" and self._peek() == ":":
            end = self._pattern.index(":]", self._at)
            name, self._at = self._pattern[self._at + 1 : end], end + 2
            return _POSIX[name] if name in _POSIX else self._refuse()
        if char == "\\":
            char = "\b" if self._peek() == "b" else self._escape()
        if self._peek() == "-" and self._pattern[self._at + 1] != "]":
            self._at += 1
            if self._next() == "\\":
                self._escape()
        return char

    def _refuse(self) -> str:
        raise _UnreadableError

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._pattern[self._at]
        self._at += 1
        return char
