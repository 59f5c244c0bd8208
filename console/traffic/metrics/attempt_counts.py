"""How each model's own attempts went, from the attempts themselves."""

import msgspec

from console.traffic.histogram import Histogram
from console.traffic.reader import LogReader

_SINCE = "SELECT model, error_type, duration_ms FROM attempts WHERE seq >= ?"


class AttemptCount(msgspec.Struct):
    """The calls made to one model; `latency` is of those that gave an answer, in milliseconds."""

    attempts: int = 0
    failed: int = 0
    latency: Histogram = msgspec.field(default_factory=Histogram)


def attempt_counts(reader: LogReader, since_seq: int) -> dict[str, AttemptCount]:
    """Return the counts of each model from the request numbered `since_seq` on.

    Raises what the reader does.
    """
    counts: dict[str, AttemptCount] = {}
    for model, error_type, duration_ms in reader.connection.rows(_SINCE, since_seq):
        count = counts.setdefault(model, AttemptCount())
        count.attempts += 1
        if error_type is not None:
            count.failed += 1
        elif duration_ms is not None:
            count.latency.add(duration_ms)
    return counts
