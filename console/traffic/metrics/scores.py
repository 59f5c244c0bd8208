"""What was said about answers (outcomes), added up beside the figures of their requests."""

from math import sqrt

import msgspec

from console.traffic.filters.fields import NAME_FIELDS
from console.traffic.metrics.intervals import Z
from console.traffic.reader import LogReader
from console.traffic.rollups import TAG

FEWEST_SCORES = 10
"""Below, the normal distribution says too little of a mean, and no interval is told."""


class Sample(msgspec.Struct, frozen=True):
    """Scores of one name: how many, their mean and their variance (of the sample)."""

    count: int
    mean: float
    variance: float

    @property
    def spread(self) -> float | None:
        """Half the interval of the mean at 95 %; None where there are too few for one."""
        if self.count < FEWEST_SCORES:
            return None
        return Z * sqrt(self.variance / self.count)


class Score(msgspec.Struct, frozen=True):
    """The scores of one name in a window, and in the window before (None: there were none)."""

    name: str
    now: Sample
    before: Sample | None = None

    @property
    def difference(self) -> float | None:
        """By how much the mean moved, where the samples carry that; None where they do not."""
        before = self.before
        if before is None or min(self.now.count, before.count) < FEWEST_SCORES:
            return None
        moved = self.now.mean - before.mean
        error = sqrt(self.now.variance / self.now.count + before.variance / before.count)
        return moved if abs(moved) > Z * error else None


Scores = dict[str | None, list[Score]]
"""By value of a dimension: its scores, the most frequent name first."""

_ID = (
    "substr(r.request_id, 29) = substr(o.request_id, 29) AND r.request_id = o.request_id"
    " AND o.score IS NOT NULL"
)


def read_scores(
    reader: LogReader, dimension: str, since: float, until: float, middle: float
) -> Scores:
    """Return the scores given from `middle` to `until`, beside those from `since` to `middle`.

    Moments are Unix seconds; an outcome counts when it was given, which may be long after its
    request. Every outcome of a log is looked at, of which there are few. Raises what the reader
    does.
    """
    if dimension == TAG:
        value, joined = "t.key || '=' || t.value", " JOIN facts AS f ON f.seq = r.seq"
        joined += " LEFT JOIN json_each(f.tags) AS t"
    else:
        value, joined = f"r.{NAME_FIELDS[dimension].column}", ""
    rows = reader.connection.rows(
        f"SELECT {value}, o.name, o.ts >= ?, count(*), avg(o.score),"  # noqa: S608 - our own names
        " avg(o.score * o.score)"
        f" FROM outcomes AS o CROSS JOIN requests AS r ON {_ID}{joined}"
        " WHERE o.ts >= ? AND o.ts < ? GROUP BY 1, 2, 3",
        *(middle, since, until),
    )
    samples: dict[tuple[str | None, str], dict[int, Sample]] = {}
    for of, name, is_now, count, mean, square in rows:
        # The sum of squares loses digits where scores are far from 0 and close together.
        variance = max(0.0, square - mean * mean) * count / max(count - 1, 1)
        samples.setdefault((of, name), {})[is_now] = Sample(count, mean, variance)
    scores: Scores = {}
    for (of, name), found in samples.items():
        if 1 in found:
            scores.setdefault(of, []).append(Score(name, found[1], found.get(0)))
    for told in scores.values():
        told.sort(key=lambda score: (-score.now.count, score.name))
    return scores
