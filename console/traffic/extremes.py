"""The slowest and the dearest requests: sorted by the indexes that there are for them."""

from typing import Literal

from console.traffic.filters.fields import DEAR_FROM_USD, SLOW_FROM_MS
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.traffic.rows import REQUEST_COLUMNS, request_of
from console.traffic.selection import Selection

Extreme = Literal["latency", "cost"]

_INDEXED = {
    "latency": ("requests_slow", "r.duration_ms", SLOW_FROM_MS),
    "cost": ("requests_dear", "r.cost_usd", DEAR_FROM_USD),
}
_COLUMNS = ", ".join(f"r.{column}" for column in REQUEST_COLUMNS)


def largest(reader: LogReader, selection: Selection, by: Extreme, limit: int) -> list[RequestRow]:
    """Return the selected requests with the largest latency or cost, the largest first.

    Only those are found that their index has: from 10 s, from $0.10. Raises what the reader does.
    """
    index, expression, begins = _INDEXED[by]
    condition = selection.condition
    rows = reader.connection.rows(
        f"SELECT {_COLUMNS} FROM requests AS r INDEXED BY {index}"  # noqa: S608 - our own names
        f" WHERE {expression} >= {begins!r} AND {condition.sql}"
        f" ORDER BY {expression} DESC, r.seq DESC LIMIT ?",
        *(*condition.parameters, limit),
    )
    return [request_of(values) for values in rows]
