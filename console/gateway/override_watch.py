"""Tells what becomes of the overrides a gateway has in view: made, lifted, or run out.

Pure but for what it remembers: overrides and the time go in, rows for the log come out.
"""

from collections.abc import Sequence

from console.table.overrides import Override
from console.traffic.records import OverrideChange, OverrideRow


class OverrideWatch:
    """What was seen so far. One that was never seen live is told as run out, never as made."""

    def __init__(self) -> None:
        self._live: dict[str, Override] = {}
        self._over: dict[str, Override] = {}

    def look(self, overrides: Sequence[Override], now: float) -> list[OverrideRow]:
        """Return what changed since the last look; `now` is in Unix seconds.

        An override that is gone before its time was lifted; one that was changed was lifted and
        made.
        """
        in_file = {override.id: override for override in overrides}
        rows = [
            _row(override, "lifted", now) if override.is_live(now) else _ran_out(override)
            for key, override in self._live.items()
            if in_file.get(key) != override or not override.is_live(now)
        ]
        for key, override in in_file.items():
            if override.is_live(now):
                if self._live.get(key) != override:
                    rows.append(_row(override, "made", now))
            elif override not in (self._live.get(key), self._over.get(key)):
                rows.append(_ran_out(override))
        self._live = {key: o for key, o in in_file.items() if o.is_live(now)}
        self._over = {key: o for key, o in in_file.items() if not o.is_live(now)}
        return rows


def _ran_out(override: Override) -> OverrideRow:
    return _row(override, "expired", override.until.timestamp())


def _row(override: Override, change: OverrideChange, ts: float) -> OverrideRow:
    drain, pin = override.drain, override.pin
    return OverrideRow(
        ts=ts,
        change=change,
        override_id=override.id,
        until_ts=override.until.timestamp(),
        because=override.because,
        by=override.by,
        provider=drain.provider if drain is not None else None,
        model=drain.model if drain is not None else None,
        route=pin.route if pin is not None else None,
        to_route=pin.to if pin is not None else None,
    )
