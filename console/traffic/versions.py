"""The versions of tables that were in service, as the log has them."""

from console.traffic.reader import LogReader
from console.traffic.records import TableVersionRow
from console.traffic.rows import TABLE_VERSION_COLUMNS, select

_SINCE = (
    select(TABLE_VERSION_COLUMNS, "table_versions") + " WHERE ts >= ? ORDER BY ts, version LIMIT ?"
)
_NEWEST = select(TABLE_VERSION_COLUMNS, "table_versions") + " ORDER BY ts DESC, version LIMIT ?"


def versions_since(reader: LogReader, ts: float, limit: int) -> list[TableVersionRow]:
    """Return the versions first seen in service at `ts` (Unix seconds) or later, oldest first.

    Raises what the reader does.
    """
    rows = reader.connection.rows(_SINCE, ts, limit)
    return [TableVersionRow(*row) for row in rows]


def newest_versions(reader: LogReader, limit: int) -> list[TableVersionRow]:
    """Return the versions seen or saved last, newest first. Raises what the reader does."""
    rows = reader.connection.rows(_NEWEST, limit)
    return [TableVersionRow(*row) for row in rows]
