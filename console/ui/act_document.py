"""An override in the making: what it would do, for how long and why, and what that would move.

A plain object: the dialog shows it, and its effect is found by deciding logged requests again.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.routing.router import Router
from console.table.model import Table
from console.table.override_references import check_overrides
from console.table.overrides import Drain, Override, Pin
from console.table.overriding import CannotOverrideError, Wanted, change_in, length_of
from console.traffic.reader import LogReader
from console.whatif.decide_again import Impact, impact_of

REQUESTS_DECIDED = 2_000
"""The newest requests that are decided with and without it."""


@dataclass
class ActDocument:
    """What was typed into the three fields."""

    what: str = ""
    length: str = "30m"
    because: str = ""

    def wanted(self) -> Wanted:
        """Return the override that is asked for. Raises CannotOverrideError."""
        drain, pin = change_in(self.what)
        length_of(self.length, str)
        return Wanted(self.length, self.because, drain, pin)

    def problem(self, table: Table | None) -> CannotOverrideError | None:
        """Return what keeps it from being made, the reason apart, which comes last."""
        try:
            wanted = self.wanted()
        except CannotOverrideError as error:
            return error
        found = check_overrides([_override(wanted)], table) if table is not None else []
        return CannotOverrideError(found[0].message, found[0].hint) if found else None


def effect_of(
    reader: LogReader,
    table: Table,
    live: tuple[Override, ...],
    wanted: Wanted,
    is_cancelled: Callable[[], bool],
) -> Iterator[Impact]:
    """Yield what an override would move among the newest requests, with those in force before it.

    Raises what the reader does.
    """
    before = Router(table, live)
    after = Router(table, [*live, _override(wanted)])
    yield from impact_of(
        reader, before, after, last=REQUESTS_DECIDED, at=time.time(), is_cancelled=is_cancelled
    )


def said_of(drain: Drain | None, pin: Pin | None) -> str:
    """Return what an override does, in the words that ask for it."""
    if pin is not None:
        return f"pin {pin.route} {pin.to}"
    if drain is None:
        return ""
    return f"provider:{drain.provider}" if drain.provider is not None else f"model:{drain.model}"


def _override(wanted: Wanted) -> Override:
    until = datetime.now(UTC) + timedelta(days=1)
    return Override("as-asked-for", until, "?", "?", wanted.drain, wanted.pin)
