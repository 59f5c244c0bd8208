"""How commands are told a length of time: `90s`, `30m`, `2h`, `30d` or `1h30m`."""

import argparse
import re

_SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?")
_UNITS_S = (86_400, 3_600, 60, 1)


def seconds_in(text: str) -> float:
    """Return the seconds in `text`, at least one. For argparse, which tells what it raises."""
    match = _SPAN.fullmatch(text)
    seconds = 0
    if match is not None:
        parts = zip(match.groups(), _UNITS_S, strict=True)
        seconds = sum(int(count or 0) * unit for count, unit in parts)
    if seconds < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time such as 90s, 30m or 30d")
    return float(seconds)
