"""Ids: short ones of gateways, and of requests such that sort by when they were made."""

import random
import time


def gateway_id() -> str:
    """Return what tells a new gateway from every other one; each of its requests' rows has it."""
    return f"{random.getrandbits(48):012x}"


def uuid7() -> str:
    """Return a new UUID version 7 as text (RFC 9562, section 5.7).

    48 bits of Unix milliseconds, then 12 bits of the fraction of that millisecond (section 6.2,
    method 3), so that ids made in the same millisecond still sort, then 62 random bits. An id is
    no secret, so the generator is the quick one.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    value = (
        (milliseconds & 0xFFFF_FFFF_FFFF) << 80
        | 0x7 << 76
        | fraction << 64
        | 0b10 << 62
        | random.getrandbits(62)
    )
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
