"""Finds keys written into a table, so that none is ever committed, shown or logged."""

import re

from console.table.findings import Findings
from console.table.problems import Problem
from console.table.secret_shapes import KNOWN_SHAPES, looks_secret

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HINT = "Keep the key in the environment, name its variable here, and revoke this one."


def is_variable_name(text: str) -> bool:
    """Tell whether `text` can name an environment variable and is not itself a key."""
    if not _VARIABLE.fullmatch(text) or looks_secret(text):
        return False
    mixed = any(c.islower() for c in text) and any(c.isdigit() for c in text)
    return not (mixed and len(text) >= 20)


def find_secrets(text: str, findings: Findings) -> None:
    """Tell every known shape of key in the whole text, comments too, without repeating it."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in KNOWN_SHAPES.finditer(line):
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
