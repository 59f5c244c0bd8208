"""Overrides in the few words a header or a list has for them."""

from console.quantities import ago
from console.table.overrides import Override


def left_words(seconds: float) -> str:
    """Return the time left as a clock that runs down: `27:14`, `1:02:03`, `2 days`."""
    whole = max(0, int(seconds))
    if whole >= 172_800:
        return ago(whole)
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def override_text(override: Override) -> str:
    """Return what an override does; the names in it are foreign text."""
    if override.pin is not None:
        return f"pin {override.pin.route} to {override.pin.to}"
    drain = override.drain
    if drain is None:
        return override.id
    kind = "provider" if drain.provider is not None else "model"
    return f"drain {kind} {drain.provider or drain.model}"
