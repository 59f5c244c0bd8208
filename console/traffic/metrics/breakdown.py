"""The figures of selected requests by one of their fields, from the rows themselves."""

from collections.abc import Callable

from console.traffic.filters.fields import NAME_FIELDS
from console.traffic.metrics.figures import Figures, figures_of
from console.traffic.pages import Pages
from console.traffic.reader import LogReader
from console.traffic.rollups import MinuteRollup
from console.traffic.selection import Selection

BY = (
    *("route", "task", "model", "provider", "rule", "client"),
    *("status", "error", "reason", "version", "operation", "asked"),
)
"""Fields of the filter language that a breakdown can be by."""

_EVERYTHING = 2**62
"""More requests than any log has."""


def breakdown(
    reader: LogReader,
    selection: Selection,
    by: str,
    looked_at: Callable[[int], None] = lambda _: None,
) -> tuple[Figures, list[Figures]]:
    """Return the figures of all selected requests that have ended, and those by a field of `BY`.

    The most frequent value comes first. Looks at each of them; `looked_at` is told how many
    there were so far. Raises what the reader does.
    """
    column = NAME_FIELDS[by].column
    everything = MinuteRollup(by, 0, None)
    parts: dict[str | None, MinuteRollup] = {}
    for step in Pages(reader, selection).search("after", None, _EVERYTHING):
        for row in step.rows:
            if row.status == "in_flight":
                continue
            everything.add(row)
            value = getattr(row, column)
            if value not in parts:
                parts[value] = MinuteRollup(by, 0, value)
            parts[value].add(row)
        looked_at(everything.requests)
    total = everything.requests
    ordered = sorted(parts.values(), key=lambda sums: (-sums.requests, sums.value or ""))
    return figures_of(everything, total), [figures_of(sums, total) for sums in ordered]
