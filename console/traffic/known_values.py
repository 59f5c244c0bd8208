"""The values that indexed fields have in a log, each found by one step in its index."""

from console.traffic.filters.fields import NAME_FIELDS
from console.traffic.reader import LogReader

MOST_VALUES = 200
"""Beyond, nobody chooses from a list."""

LISTED = ("route", "task", "model", "rule", "client", "error", "override")
"""Fields whose values are worth listing, and that have an index to find them by."""


def known_values(reader: LogReader) -> dict[str, list[str]]:
    """Return the values of each of `LISTED` in their order, at most `MOST_VALUES` of each.

    Each value costs one look into an index, however many requests have it. Raises what the
    reader does.
    """
    return {field: _values_of(reader, NAME_FIELDS[field].column) for field in LISTED}


def _values_of(reader: LogReader, column: str) -> list[str]:
    first = f"SELECT min({column}) FROM requests WHERE {column} IS NOT NULL"  # noqa: S608 - ours
    following = f"SELECT min({column}) FROM requests WHERE {column} > ?"  # noqa: S608 - ours
    values: list[str] = []
    row = reader.connection.row(first)
    while row is not None and isinstance(row[0], str) and len(values) < MOST_VALUES:
        values.append(row[0])
        row = reader.connection.row(following, row[0])
    return values
