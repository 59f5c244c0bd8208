"""Finds keys written into a table, so that none is ever committed, shown or logged."""

import re

from console.table.findings import Findings
from console.table.problems import Problem

_KNOWN_SHAPES = re.compile(
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

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HINT = "Keep the key in the environment, name its variable here, and revoke this one."


def looks_secret(text: str) -> bool:
    """Tell whether `text` holds something shaped like a key."""
    return _KNOWN_SHAPES.search(text) is not None


def is_variable_name(text: str) -> bool:
    """Tell whether `text` can name an environment variable and is not itself a key."""
    if not _VARIABLE.fullmatch(text) or looks_secret(text):
        return False
    mixed = any(c.islower() for c in text) and any(c.isdigit() for c in text)
    return not (mixed and len(text) >= 20)


def find_secrets(text: str, findings: Findings) -> None:
    """Tell every known shape of key in the whole text, comments too, without repeating it."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in _KNOWN_SHAPES.finditer(line):
            message = "This looks like a secret; a table never holds one."
            column = match.start() + 1
            findings.add(Problem("literal-secret", "error", number, column, "", message, _HINT))


def check_key_variable(name: str, path: str, findings: Findings) -> None:
    """Tell where `api_key_env` holds no name of a variable.

    A key of a known shape is left to `find_secrets`, which has told it already.
    """
    if not is_variable_name(name) and not looks_secret(name):
        message = "`api_key_env` takes the name of an environment variable, not a key."
        findings.error("literal-secret", path, message, _HINT)
