"""Numbers with their units, as filters spell them: `2s`, `350ms`, `$0.01`, `32k`."""

import re

from console.traffic.filters.fields import Unit

_NUMBER = re.compile(r"(\$?)(\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})([a-zA-Z]{0,2})")
_FACTORS: dict[Unit, dict[str, float]] = {
    "ms": {"": 1, "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000},
    "usd": {"": 1},
    "count": {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000},
}
_FORMS: dict[Unit, str] = {
    "ms": "a time such as 350ms, 2s, 5m or 1h",
    "usd": "dollars such as 0.01 or $2",
    "count": "a number such as 3, 32k or 1.5M",
}


def quantity_of(text: str, unit: Unit) -> float | None:
    """Return the number `text` spells in `unit`; None where it is none of that unit's forms."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    dollar, digits, suffix = match.groups()
    factor = _FACTORS[unit].get(suffix)
    if factor is None or (dollar and unit != "usd"):
        return None
    return float(digits) * factor


def forms_of(unit: Unit) -> str:
    """Return in words what can be written for a number of this unit."""
    return _FORMS[unit]


def spelled(value: float, unit: Unit) -> str:
    """Return a number so that `quantity_of` reads the same number again."""
    digits = f"{value:.9f}".rstrip("0").rstrip(".") or "0"
    return digits + ("ms" if unit == "ms" else "")
