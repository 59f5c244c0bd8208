"""What completed requests add up to over a stretch of time: whole hours, and minutes at its edges.

A stretch begins and ends at whole minutes; a request belongs to the minute in which it began.
"""

from collections.abc import Iterator

from console.traffic import problem
from console.traffic.reader import LogReader
from console.traffic.rollups import MINUTES_AN_HOUR, MinuteRollup
from console.traffic.rows import ROLLUP_COLUMNS, rollup_of, select

_WITHIN = " WHERE dimension = ? AND minute >= ? AND minute < ?"
_FROM_MINUTES = select(ROLLUP_COLUMNS, "rollups") + _WITHIN
_FROM_HOURS = select(ROLLUP_COLUMNS, "hour_rollups") + _WITHIN
_OF_VALUE = " AND value = ?"

Sums = dict[str | None, MinuteRollup]
"""By value; None stands for requests that had none."""


def read_sums(reader: LogReader, dimension: str, first: int, last: int) -> Sums:
    """Return the sums of each value from minute `first` to before minute `last`.

    `dimension` is one of `rollups.DIMENSIONS`. Raises what the reader does.
    """
    sums: Sums = {}
    for one in _spans(reader, dimension, first, last, None):
        if one.value not in sums:
            sums[one.value] = MinuteRollup(dimension, first, one.value)
        sums[one.value].merge(one)
    return sums


def read_series(
    reader: LogReader, dimension: str, value: str | None, first: int, last: int, step: int
) -> list[MinuteRollup]:
    """Return the sums of one value for each `step` minutes from `first` to before `last`.

    A `step` of an hour or more is whole hours, and so is `first` then. Raises what the reader does.
    """
    count = max(0, -(-(last - first) // step))
    series = [MinuteRollup(dimension, first + step * i, value) for i in range(count)]
    for one in _spans(reader, dimension, first, last, value or "", hours=step >= MINUTES_AN_HOUR):
        series[(one.minute - first) // step].merge(one)
    return series


def _spans(
    reader: LogReader,
    dimension: str,
    first: int,
    last: int,
    value: str | None,
    *,
    hours: bool = True,
) -> Iterator[MinuteRollup]:
    """Read the fewest rollups that make up the stretch."""
    first_hour = -(-first // MINUTES_AN_HOUR) * MINUTES_AN_HOUR
    last_hour = last // MINUTES_AN_HOUR * MINUTES_AN_HOUR
    if not hours or first_hour >= last_hour:
        yield from _read(reader, _FROM_MINUTES, dimension, first, last, value)
        return
    yield from _read(reader, _FROM_MINUTES, dimension, first, first_hour, value)
    yield from _read(reader, _FROM_HOURS, dimension, first_hour, last_hour, value)
    yield from _read(reader, _FROM_MINUTES, dimension, last_hour, last, value)


def _read(
    reader: LogReader, statement: str, dimension: str, first: int, last: int, value: str | None
) -> Iterator[MinuteRollup]:
    if first >= last:
        return
    if value is None:
        rows = reader.connection.rows(statement, dimension, first, last)
    else:
        rows = reader.connection.rows(statement + _OF_VALUE, dimension, first, last, value)
    try:
        yield from map(rollup_of, rows)
    except ValueError as error:
        raise problem.corrupt(reader.path, str(error)) from None
