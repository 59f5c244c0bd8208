"""A table's version: the hash of its text, so that the same text has the same name everywhere."""

from hashlib import sha256

VERSION_LENGTH = 12
"""Hex digits kept: 48 bits, enough that two saved tables of one team never meet."""


def version_of(data: bytes) -> str:
    """Return the version of a table whose file holds `data`: 12 hex digits of its SHA-256."""
    return sha256(data).hexdigest()[:VERSION_LENGTH]
