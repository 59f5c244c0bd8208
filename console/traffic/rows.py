"""Records as rows: what is bound when one is written, and how one is read back.

Column names in statements are the field names of `records`, never text from outside.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from console.traffic.histogram import Histogram
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    OutcomeRow,
    OverrideRow,
    RequestRow,
    TableVersionRow,
)
from console.traffic.rollups import MinuteRollup

PREVIEW_LENGTH = 160
"""Code points of a prompt that lists may show; everything longer is in `bodies`."""

ERROR_MESSAGE_LENGTH = 500
"""Code points of what a provider says of a failure; its page of HTML is of no use to anybody."""

REQUEST_COLUMNS = RequestRow.__struct_fields__
ATTEMPT_COLUMNS = ("seq", *AttemptRow.__struct_fields__[1:])
FACTS_COLUMNS = ("seq", *FactsRow.__struct_fields__[1:])
BODY_COLUMNS = ("seq", *BodyRow.__struct_fields__[1:])
GATEWAY_COLUMNS = GatewayRow.__struct_fields__
OUTCOME_COLUMNS = OutcomeRow.__struct_fields__
OVERRIDE_COLUMNS = OverrideRow.__struct_fields__
TABLE_VERSION_COLUMNS = TableVersionRow.__struct_fields__
ROLLUP_COLUMNS = MinuteRollup.__struct_fields__

Values = tuple[Any, ...]


def select(columns: Sequence[str], table: str) -> str:
    """Return the SELECT of these columns, to which a clause may be added. Our own names only."""
    return f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - no text from outside


ID_TAIL = "substr(request_id, 29)"
"""What requests are found by: the last 8 of the 36 characters of an id, all of them random. An
index of these takes 32 bytes a request less than one of whole ids, and nearly never finds two."""

HAS_ID = "substr(request_id, 29) = substr(?1, 29) AND request_id = ?1"
"""The condition that a request has the one id that is bound."""

SELECT_REQUESTS = select(REQUEST_COLUMNS, "requests")

_SEQ = REQUEST_COLUMNS.index("seq")
_PREVIEW = REQUEST_COLUMNS.index("prompt_preview")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_WHOLE_FROM_MS = 100.0
_INTEGER_MAX = 2**63 - 1
_INTEGER_MIN = -(2**63)


def bindable(value: Any) -> Any:
    """Return the value as SQLite can take it.

    A lone surrogate becomes U+FFFD, an integer beyond 64 bits the largest or smallest there is.
    """
    if type(value) is str:
        return _LONE_SURROGATE.sub("\ufffd", value)
    if type(value) is int:
        return min(max(value, _INTEGER_MIN), _INTEGER_MAX)
    return value


def keep_whole_ms(row: RequestRow) -> None:
    """Cut the times of a request to whole milliseconds where that is 1 % of them at most.

    SQLite keeps a whole number in two bytes and any other in eight.
    """
    if row.duration_ms is not None and row.duration_ms >= _WHOLE_FROM_MS:
        row.duration_ms = float(int(row.duration_ms))
    first_chunk_ms = row.time_to_first_chunk_ms
    if first_chunk_ms is not None and first_chunk_ms >= _WHOLE_FROM_MS:
        row.time_to_first_chunk_ms = float(int(first_chunk_ms))


def request_values(row: RequestRow, seq: int) -> list[Any]:
    """Return a request in the order of `REQUEST_COLUMNS`, its preview cut to length."""
    values = list(msgspec.structs.astuple(row))
    values[_SEQ] = seq
    if row.prompt_preview is not None:
        values[_PREVIEW] = row.prompt_preview[:PREVIEW_LENGTH]
    return values


def request_of(values: Values) -> RequestRow:
    """Return the request of a row of `SELECT_REQUESTS`."""
    row = RequestRow(*values)
    row.escalated = bool(row.escalated)
    row.stream = bool(row.stream)
    return row


def attempt_values(row: AttemptRow, seq: int) -> Values:
    """Return an attempt in the order of `ATTEMPT_COLUMNS`, its message cut to length."""
    *values, message = msgspec.structs.astuple(row)[1:]
    return (seq, *values, None if message is None else message[:ERROR_MESSAGE_LENGTH])


def attempt_of(request_id: str, values: Values) -> AttemptRow:
    """Return the attempt of a row in the order of `ATTEMPT_COLUMNS`."""
    row = AttemptRow(request_id, *values[1:])
    if row.held_back is not None:
        row.held_back = bool(row.held_back)
    return row


def facts_values(row: FactsRow, seq: int) -> list[Any]:
    """Return facts in the order of `FACTS_COLUMNS`, the tags as JSON."""
    values = list(msgspec.structs.astuple(row))
    values[0] = seq
    try:
        tags = msgspec.json.encode(row.tags)
    except UnicodeEncodeError:
        tags = msgspec.json.encode({bindable(k): bindable(v) for k, v in row.tags.items()})
    values[_TAGS] = tags.decode()
    return values


_TAGS = FACTS_COLUMNS.index("tags")


def facts_of(request_id: str, values: Values) -> FactsRow:
    """Return the facts of a row in the order of `FACTS_COLUMNS`.

    Raises msgspec.DecodeError where the tags are damaged.
    """
    fields: dict[str, Any] = dict(zip(FACTS_COLUMNS[1:], values[1:], strict=True))
    fields["tags"] = msgspec.json.decode(fields["tags"], type=dict[str, str])
    for flag in ("tools", "images", "audio", "stream"):
        fields[flag] = bool(fields[flag])
    return FactsRow(request_id, **fields)


def body_values(row: BodyRow, seq: int) -> Values:
    """Return texts in the order of `BODY_COLUMNS`."""
    return (seq, *msgspec.structs.astuple(row)[1:])


def body_of(request_id: str, values: Values) -> BodyRow:
    """Return the texts of a row in the order of `BODY_COLUMNS`."""
    row = BodyRow(request_id, *values[1:])
    row.truncated = bool(row.truncated)
    return row


def rollup_values(rollup: MinuteRollup) -> Values:
    """Return a rollup in the order of `ROLLUP_COLUMNS`; the value None is written as ''."""
    counts = msgspec.structs.astuple(rollup)[3:-2]
    value = rollup.value or ""
    histograms = (rollup.latency.encode(), rollup.first_chunk.encode())
    return (rollup.dimension, rollup.minute, value, *counts, *histograms)


def rollup_of(values: Values) -> MinuteRollup:
    """Return the rollup of a row in the order of `ROLLUP_COLUMNS`.

    Raises ValueError where a histogram is damaged.
    """
    fields: dict[str, Any] = dict(zip(ROLLUP_COLUMNS, values, strict=True))
    fields["value"] = fields["value"] or None
    fields["latency"] = Histogram.decode(fields["latency"])
    fields["first_chunk"] = Histogram.decode(fields["first_chunk"])
    return MinuteRollup(**fields)
