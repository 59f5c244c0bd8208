"""How busy the gateways are right now. Each figure is read from an index, however long the log."""

import msgspec

from console.traffic.read_connection import ReadConnection

LONGEST_REQUEST_S = 900.0
"""A request in flight for longer belongs to a gateway that was killed, and is not counted."""

ERRORS_LOOKED_BACK_S = 120.0
"""An error counts when it happens; its request is looked for this long before the window."""


class Rates(msgspec.Struct, frozen=True):
    """Requests begun and errors met a second, and how many requests run now."""

    requests_per_s: float
    errors_per_s: float
    in_flight: int


def read_rates(log: ReadConnection, now: float, window_s: float) -> Rates:
    """Return the rates over the `window_s` seconds before `now` (Unix seconds).

    Requests count when they begin, errors when they happen.
    """
    begun = log.number(
        "SELECT count(*) FROM requests WHERE ts_start > ? AND ts_start <= ?",
        now - window_s,
        now,
    )
    errors = log.number(
        "SELECT count(*) FROM requests WHERE status = 'error' AND status <> 'ok' AND seq >= ?"
        " AND ts_start + coalesce(duration_ms, 0) / 1000 BETWEEN ? AND ?",
        _first_since(log, now - window_s - ERRORS_LOOKED_BACK_S),
        now - window_s,
        now,
    )
    in_flight = log.number(
        "SELECT count(*) FROM requests"
        " WHERE status = 'in_flight' AND status <> 'ok' AND seq >= ? AND ts_start >= ?",
        _first_since(log, now - LONGEST_REQUEST_S),
        now - LONGEST_REQUEST_S,
    )
    return Rates((begun or 0) / window_s, (errors or 0) / window_s, in_flight or 0)


def _first_since(log: ReadConnection, ts: float) -> int:
    """Return the number of the first request since `ts`, or one beyond all numbers.

    Batches and clocks of several gateways put requests a little out of order: the lowest number
    of the first few counts.
    """
    found = log.number(
        "SELECT min(seq) FROM"
        " (SELECT seq FROM requests WHERE ts_start >= ? ORDER BY ts_start LIMIT 64)",
        ts,
    )
    return 2**63 - 1 if found is None else found
