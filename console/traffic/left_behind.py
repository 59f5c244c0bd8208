"""Ends in the log the requests of gateways that are gone: killed, they could not do it themselves.

Such a request becomes an `error` of type `gateway_died`; how long it took and what its client got
stay unknown. Requests of a gateway that may be alive are left alone.
"""

import sqlite3

from console.traffic.batch import Batch, RequestWrite
from console.traffic.process_identity import is_running
from console.traffic.rows import SELECT_REQUESTS, request_of, select
from console.traffic.store import store

DIED = "gateway_died"
"""The error type of requests whose gateway is gone."""

GONE_AFTER_S = 600.0
"""A gateway on another system is taken for gone when nothing was heard of it for so long: longer
than trouble with a log that is shared lasts, and than a request may take."""

_AT_ONCE = 200

_BOTH = "requests LEFT JOIN gateways USING (gateway_id)"
_IN_FLIGHT = "status = 'in_flight' AND status <> 'ok'"
"""As the index on the status that is not `ok` has it."""


def end_left_behind(connection: sqlite3.Connection, now: float) -> int:
    """End the requests in flight whose gateway is gone at `now` (Unix seconds); return how many.

    Raises sqlite3.Error.
    """
    gateways = connection.execute(
        select(("gateway_id", "process", "coalesce(heartbeat_ts, max(ts_start))"), _BOTH)
        + f" WHERE {_IN_FLIGHT} AND gateway_id IS NOT NULL GROUP BY gateway_id"
    ).fetchall()
    return sum(
        _end_requests_of(connection, gateway_id)
        for gateway_id, process, heard_ts in gateways
        if _is_gone(process, heard_ts, now)
    )


def _is_gone(process: str | None, heard_ts: float, now: float) -> bool:
    running = is_running(process)
    return now - heard_ts > GONE_AFTER_S if running is None else not running


def _end_requests_of(connection: sqlite3.Connection, gateway_id: str) -> int:
    ended = 0
    clause = f" WHERE {_IN_FLIGHT} AND gateway_id = ? ORDER BY seq LIMIT ?"
    while found := connection.execute(SELECT_REQUESTS + clause, [gateway_id, _AT_ONCE]).fetchall():
        writes = {}
        for values in found:
            row = request_of(values)
            row.status, row.error_type = "error", DIED
            writes[row.request_id] = RequestWrite(row=row)
        store(connection, Batch(requests=writes))
        ended += len(found)
    return ended
