"""Phrases and patterns as RE2 reads them: one way to write them, one way to compile them."""

import re
from functools import lru_cache
from typing import Any

import re2

MAX_PATTERN_MEMORY = 8 << 20
"""What one pattern may take when compiled, in bytes: RE2's own default."""

PATTERNS_KEPT = 16_384
"""Compiled patterns kept: more than the largest table holds, so that one edited knows its own."""

_WORD = re.compile(r"[0-9A-Za-z_]")


def options(max_memory: int = MAX_PATTERN_MEMORY) -> Any:
    """Return RE2's options for every pattern of a table: quiet, and bounded in memory."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = max_memory
    return chosen


@lru_cache(maxsize=PATTERNS_KEPT)
def compiled(pattern: str) -> Any:
    """Return a pattern as RE2 has compiled it, the same for all who ask. Raises re2.error."""
    return re2.compile(pattern, options())


def phrase_pattern(phrase: str) -> str:
    """Return the RE2 pattern of a phrase: literal, without regard to case, as whole words.

    `\\b` stands at each end whose character is an ASCII letter, digit or underscore (table format,
    "Conditions").
    """
    start = r"\b" if _WORD.match(phrase[:1]) else ""
    end = r"\b" if _WORD.match(phrase[-1:]) else ""
    return f"(?i){start}{re2.escape(phrase)}{end}"


def pattern_problem(pattern: str) -> str | None:
    """Return why RE2 refuses `pattern`, in one sentence, or None where it takes it."""
    try:
        compiled(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else "it cannot be read"
        if isinstance(reason, bytes):
            reason = reason.decode(errors="replace")
        return f"RE2 refuses this pattern: {reason}."
    except UnicodeEncodeError:
        return "RE2 refuses this pattern: it holds half a surrogate pair."
    return None
