"""Moments as people write them: so long ago, a time of the day, a date, or both. Local time."""

import re
from datetime import datetime, timedelta

FORMS = "15m, 2h, 3d, 14:05, 2026-11-25 or 2026-11-25T14:05"
"""What can be written, for hints."""

_SPAN = re.compile(r"-?(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_UNITS_S = (86_400, 3_600, 60, 1)


def moment_of(text: str, now: float) -> float | None:
    """Return the moment that `text` names, in Unix seconds; None where it names none.

    `15m` is that long before `now`; `14:05` the last time a clock here showed it; a date is its
    first moment here.
    """
    span = _SPAN.fullmatch(text)
    if span is not None and any(span.groups()):
        parts = zip(span.groups(), _UNITS_S, strict=True)
        return now - sum(int(number or 0) * unit for number, unit in parts)
    try:
        clock = _CLOCK.fullmatch(text)
        if clock is not None:
            return _last(clock, now)
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _last(clock: re.Match[str], now: float) -> float:
    hour, minute, second = (int(part or 0) for part in clock.groups())
    today = datetime.fromtimestamp(now)
    then = today.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if then.timestamp() > now:
        then -= timedelta(days=1)
    return then.timestamp()
