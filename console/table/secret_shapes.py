"""What keys look like, so that none is ever repeated in a message."""

import re
from functools import lru_cache

KNOWN_SHAPES = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}"
    r"|\bsk_(?:live|test)_[A-Za-z0-9]{12,}"
    r"|\b(?:gsk|xai|pplx|r8|hf)[_-][A-Za-z0-9]{20,}"
    r"|\bAIza[A-Za-z0-9_-]{30,}"
    r"|\bAKIA[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bxox[abpr]-[A-Za-z0-9-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}"
    r"|(?i:\bbearer\s+[A-Za-z0-9._~+/-]{20,})"
)
"""How the keys of the providers and hosts a table may meet begin."""


TEXTS_KEPT = 8_192
"""Texts remembered as they may be shown: after an edit most findings have the words they had."""


def looks_secret(text: str) -> bool:
    """Tell whether `text` holds something shaped like a key."""
    return KNOWN_SHAPES.search(text) is not None


@lru_cache(maxsize=TEXTS_KEPT)
def redacted(text: str) -> str:
    """Return `text` with everything shaped like a key replaced."""
    return KNOWN_SHAPES.sub("[secret]", text)
