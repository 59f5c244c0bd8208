"""What people did while traffic went on: versions put into service, overrides made and ended."""

from typing import Literal

import msgspec

from console.traffic.reader import LogReader

MOST_MARKS = 200

_VERSIONS = (
    "SELECT ts, version, because FROM table_versions WHERE ts >= ? AND ts < ?"
    " ORDER BY ts DESC LIMIT ?"
)


class Mark(msgspec.Struct, frozen=True):
    """Something that happened at `ts` (Unix seconds), in words of which `what` may be foreign."""

    ts: float
    kind: Literal["version", "override"]
    what: str


def read_marks(reader: LogReader, since_ts: float, until_ts: float) -> list[Mark]:
    """Return what happened from `since_ts` to before `until_ts`, in order; the newest of many."""
    marks = [
        Mark(ts, "version", f"version {version[:7]}" + (f": {because}" if because else ""))
        for ts, version, because in reader.connection.rows(
            _VERSIONS, since_ts, until_ts, MOST_MARKS
        )
    ]
    for row in reader.overrides(since_ts)[-MOST_MARKS:]:
        if row.ts < until_ts:
            marks.append(Mark(row.ts, "override", f"{row.override_id} {row.change}"))
    return sorted(marks, key=lambda mark: mark.ts)
