"""Traffic by the minute and the hour: what completed requests add up to, per route and so on.

A request counts once it has ended, in the minute in which it started, once for each dimension.
Latencies are those of answered requests (`ok`, `degraded`): errors, quick or after a timeout, are
counted apart and would only blur them.
"""

import math
from collections.abc import Mapping

import msgspec

from console.traffic.histogram import Histogram
from console.traffic.records import RequestRow

TAG = "tag"
OF_ROWS = ("route", "task", "model", "provider", "rule", "client")
DIMENSIONS = (*OF_ROWS, TAG)
"""What traffic is added up by. `model` is the model that answered; a request counts under each of
its tags, written `name=value`."""

MOST_TAGS = 8
TAG_LENGTH = 100
"""Tags of one request that are added up, in the order of their names, and code points of each:
clients choose them."""

MINUTES_AN_HOUR = 60

SECONDS_A_MINUTE = 60


class MinuteRollup(msgspec.Struct):
    """The completed requests of one minute, or one hour, that share a value of one dimension.

    `minute` is the Unix time of its start divided by 60; `value` None stands for requests that had
    none (no rule matched, no model answered). `fallbacks` and `escalations` count requests that
    needed at least one. `cost_usd` and the tokens are the sums over the requests where they are
    known; `cost_unknown` and `tokens_unknown` count the others. Histograms are in milliseconds.
    """

    dimension: str
    minute: int
    value: str | None
    requests: int = 0
    errors: int = 0
    cancelled: int = 0
    degraded: int = 0
    fallbacks: int = 0
    escalations: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    tokens_unknown: int = 0
    cost_usd: float = 0.0
    cost_unknown: int = 0
    latency: Histogram = msgspec.field(default_factory=Histogram)
    first_chunk: Histogram = msgspec.field(default_factory=Histogram)

    def add(self, row: RequestRow) -> None:
        """Count one completed request."""
        self.requests += 1
        self.errors += row.status == "error"
        self.cancelled += row.status == "client_cancelled"
        self.degraded += row.status == "degraded"
        self.fallbacks += row.n_fallbacks > 0
        self.escalations += row.escalated
        self.input_tokens += row.input_tokens or 0
        self.output_tokens += row.output_tokens or 0
        self.tokens_unknown += row.input_tokens is None or row.output_tokens is None
        self.cost_usd += row.cost_usd or 0.0
        self.cost_unknown += row.cost_usd is None
        if row.status in ("ok", "degraded"):
            if row.duration_ms is not None:
                self.latency.add(row.duration_ms)
            if row.time_to_first_chunk_ms is not None:
                self.first_chunk.add(row.time_to_first_chunk_ms)

    def merge(self, other: "MinuteRollup") -> None:
        """Count everything the other has counted, too; the two keep their names."""
        self.requests += other.requests
        self.errors += other.errors
        self.cancelled += other.cancelled
        self.degraded += other.degraded
        self.fallbacks += other.fallbacks
        self.escalations += other.escalations
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.tokens_unknown += other.tokens_unknown
        self.cost_usd += other.cost_usd
        self.cost_unknown += other.cost_unknown
        self.latency.merge(other.latency)
        self.first_chunk.merge(other.first_chunk)


class Rollups:
    """Rollups in the making: add completed requests, then take the sums."""

    def __init__(self) -> None:
        self._alike: dict[tuple[int, tuple[str | None, ...]], MinuteRollup] = {}
        self._tagged: dict[tuple[int, str | None], MinuteRollup] = {}

    def add(self, row: RequestRow, tags: Mapping[str, str]) -> None:
        """Count a request in all dimensions; one that is still in flight is left out."""
        if row.status == "in_flight":
            return
        minute = minute_of(row.ts_start)
        model, provider = row.response_model, row.provider_name
        values = (row.route, row.task, model, provider, row.rule_id, row.client)
        alike = self._alike.get((minute, values))
        if alike is None:
            alike = self._alike[minute, values] = MinuteRollup("", minute, None)
        alike.add(row)
        for tag in _counted(tags):
            if (minute, tag) not in self._tagged:
                self._tagged[minute, tag] = MinuteRollup("", minute, None)
            self._tagged[minute, tag].add(row)

    def sums(self, minutes: int = 1) -> list[MinuteRollup]:
        """Return one rollup for each dimension, span of so many minutes and value that occurred.

        A span is named by its first minute, a multiple of `minutes`.
        """
        sums: dict[tuple[str, int, str | None], MinuteRollup] = {}

        def add(dimension: str, minute: int, value: str | None, part: MinuteRollup) -> None:
            key = (dimension, minute // minutes * minutes, value or None)
            if key not in sums:
                sums[key] = MinuteRollup(*key)
            sums[key].merge(part)

        for (minute, values), alike in self._alike.items():
            for dimension, name in zip(OF_ROWS, values, strict=True):
                add(dimension, minute, name, alike)
        for (minute, tag), tagged in self._tagged.items():
            add(TAG, minute, tag, tagged)
        return list(sums.values())


def _counted(tags: Mapping[str, str]) -> list[str | None]:
    """Return the tags a request counts under; one without any counts under None."""
    named = [f"{name}={tags[name]}"[:TAG_LENGTH] for name in sorted(tags)[:MOST_TAGS]]
    return list(dict.fromkeys(named)) or [None]


def minute_of(ts: float) -> int:
    """Return the minute, counted from 1970, in which a Unix time lies."""
    return math.floor(ts / SECONDS_A_MINUTE)
