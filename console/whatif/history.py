"""The history of a table: what came into service, by whom, why, and what it changed."""

import re
from dataclasses import dataclass

from console.table.changes import changes
from console.traffic.metrics.sums import read_sums
from console.traffic.reader import LogReader
from console.traffic.records import TableVersionRow
from console.traffic.rollups import minute_of
from console.traffic.saves import saves_of
from console.traffic.versions import newest_versions

MOST = 200
_KNOWN_CHANGES: dict[tuple[str, str], list[str]] = {}
_NAME = re.compile(r"^name:[ \t]*[\"']?([a-z0-9-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """A version as it came: saved here, or first seen in service (`is_saved` false).

    `requests` began while it was the newest; of several gateways some may still have served the
    one before. `changed` says what it changed of the one before it; None where that is not known.
    """

    ts: float
    version: str
    author: str | None
    because: str | None
    is_saved: bool
    is_rollback: bool
    requests: int
    changed: list[str] | None


def history(reader: LogReader, name: str, now: float) -> list[Entry]:
    """Return the history of the table called `name`, newest first; `now` is in Unix seconds.

    Raises what the reader does.
    """
    texts = {
        row.version: row
        for row in newest_versions(reader, MOST)
        if (found := _NAME.search(row.text)) is not None and found[1] == name
    }
    saves = [save for save in saves_of(reader, MOST) if save.version in texts]
    saved = {save.version for save in saves}
    told: list[tuple[float, str, str | None, str | None, bool, bool, str | None]] = [
        (s.ts, s.version, s.author, s.because, True, s.is_rollback, s.before) for s in saves
    ]
    told += [
        (row.ts, row.version, row.author, row.because, False, False, None)
        for row in texts.values()
        if row.version not in saved
    ]
    told.sort(key=lambda one: one[0])
    entries: list[Entry] = []
    for place, (ts, version, author, because, is_saved, is_rollback, before) in enumerate(told):
        until = told[place + 1][0] if place + 1 < len(told) else now
        earlier = before or (told[place - 1][1] if place else None)
        entries.append(
            Entry(
                ts,
                version,
                author,
                because,
                is_saved,
                is_rollback,
                _requests(reader, ts, until),
                _changed(texts, earlier, version),
            )
        )
    return entries[::-1]


def find_version(reader: LogReader, named: str) -> TableVersionRow | None:
    """Return the version that begins so, the newest of several; None where the log has none."""
    found = (row for row in newest_versions(reader, MOST) if row.version.startswith(named))
    return next(found, None) if named else None


def _requests(reader: LogReader, since: float, until: float) -> int:
    sums = read_sums(reader, "route", minute_of(since), minute_of(until) + 1)
    return sum(one.requests for one in sums.values())


def _changed(
    texts: dict[str, TableVersionRow], before: str | None, version: str
) -> list[str] | None:
    if before is None or before not in texts:
        return None
    key = (before, version)
    if key not in _KNOWN_CHANGES:
        # A version is the hash of its text: what lies between two of them never changes.
        if len(_KNOWN_CHANGES) >= 2 * MOST:
            _KNOWN_CHANGES.clear()
        _KNOWN_CHANGES[key] = changes(texts[before].text, texts[version].text)
    return _KNOWN_CHANGES[key]
