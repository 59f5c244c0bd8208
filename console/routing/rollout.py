"""Whether a request takes part in a gradual rollout: the same key, the same answer, everywhere."""

from hashlib import sha256

BUCKETS = 10_000
"""A percentage with two decimals is a whole number of buckets."""


def bucket_of(salt: str, key: str) -> int:
    """Return the bucket, 0 to 9,999, of `key` under `salt`.

    The first eight bytes of SHA-256 of "salt:key" as a big-endian number, modulo the number of
    buckets (table format, "Conditions"). Raising a rollout's share only ever adds keys.
    """
    digest = sha256(f"{salt}:{key}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


def buckets_within(percent: float) -> int:
    """Return how many buckets, from 0 up, a share of `percent` with two decimals takes in."""
    return round(percent * 100)


def key_of(value: object) -> str:
    """Return the text of a fact's value that is hashed: flags as `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
