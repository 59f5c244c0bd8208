"""Times, sizes and sums in the few characters there are for them. Unknown is `?`, never 0."""

from datetime import datetime
from math import isfinite

UNKNOWN = "?"


def duration(ms: float | None) -> str:
    """Return milliseconds as `84ms`, `1.2s`, `42s`, `3m05` or `2h10`: five characters at most."""
    if ms is None or not isfinite(ms):
        return UNKNOWN
    if ms < 999.5:
        return f"{ms:.0f}ms"
    seconds = ms / 1000
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    if seconds < 59.5:
        return f"{seconds:.0f}s"
    minutes, left = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{left:02}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}" if hours < 100 else ">99h"


def count(number: int | None) -> str:
    """Return a number as `812`, `1.2k`, `34k` or `1.5M`: four characters at most."""
    if number is None:
        return UNKNOWN
    for limit, divisor, unit in ((1_000, 1, ""), (999_500, 1_000, "k"), (10**12, 10**6, "M")):
        if number < limit:
            scaled = number / divisor
            return f"{scaled:.1f}{unit}" if divisor > 1 and scaled < 9.95 else f"{scaled:.0f}{unit}"
    return ">1T"


def dollars(amount: float | None) -> str:
    """Return US dollars with as many digits as tell something: `$0.0012`, `$1.20`, `<$.0001`."""
    if amount is None or not isfinite(amount):
        return UNKNOWN
    if amount >= 0.995:
        return f"${amount:,.2f}"
    return "<$.0001" if 0 < amount < 0.00005 else f"${amount:.4f}"


def percent(share: float | None) -> str:
    """Return a share of 0 to 1 as `0 %`, `0.3 %`, `12 %`; what is not nothing is never `0 %`."""
    if share is None or not isfinite(share):
        return UNKNOWN
    hundredths = share * 100
    if 0 < hundredths < 0.05:
        return "<0.1 %"
    if hundredths == 0 or 9.95 <= hundredths <= 99.5 or hundredths >= 100:
        return f"{hundredths:.0f} %"
    return f"{hundredths:.1f} %"


def rate(per_second: float | None) -> str:
    """Return a rate as `0`, `0.3`, `12.4` or `1,240`."""
    if per_second is None:
        return UNKNOWN
    if per_second == 0:
        return "0"
    return f"{per_second:.1f}" if per_second < 100 else f"{per_second:,.0f}"


def ago(seconds: float) -> str:
    """Return a span of time in one unit: `12 s`, `4 min`, `3 h`, `2 days`."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    if seconds < 5_400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def clock(ts: float) -> str:
    """Return the local time of day of Unix seconds, `12:34:56`."""
    return _local(ts, "%H:%M:%S")


def day(ts: float) -> str:
    """Return the local date of Unix seconds, `Mon 23 Nov 2026`."""
    return _local(ts, "%a %d %b %Y")


def moment(ts: float) -> str:
    """Return Unix seconds as local date, time to the millisecond and offset from UTC."""
    try:
        local = datetime.fromtimestamp(ts).astimezone()
    except (OverflowError, OSError, ValueError):
        return UNKNOWN
    return local.isoformat(sep=" ", timespec="milliseconds")


def _local(ts: float, pattern: str) -> str:
    try:
        return datetime.fromtimestamp(ts).astimezone().strftime(pattern)
    except (OverflowError, OSError, ValueError):
        return UNKNOWN
