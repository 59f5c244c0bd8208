"""What overrides do to a table, in words an operator needs before and after making one."""

from collections.abc import Sequence

from console.table.model import Table
from console.table.overrides import Override


def routes_without_targets(table: Table, overrides: Sequence[Override], at: float) -> list[str]:
    """Return the routes none of whose models is left undrained at `at` (Unix seconds).

    Their requests are answered 503 unless a pin takes them elsewhere; pins are followed, once.
    """
    live = [override for override in overrides if override.is_live(at)]
    pins: dict[str, str] = {}
    for override in live:
        if override.pin is not None and override.pin.to in table.routes:
            pins.setdefault(override.pin.route, override.pin.to)
    return [name for name in table.routes if _is_drained(table, pins.get(name, name), live)]


def _is_drained(table: Table, route: str, live: Sequence[Override]) -> bool:
    return all(
        any(override.drains(model, table.models[model].provider) for override in live)
        for model in table.routes[route].targets
    )
