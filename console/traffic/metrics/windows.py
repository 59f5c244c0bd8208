"""A window of time against the one before: which figures moved, and which only seem to have."""

import time
from math import ceil, sqrt
from typing import Literal

import msgspec

from console.traffic.histogram import Histogram
from console.traffic.metrics.figures import Figures, figures_of
from console.traffic.metrics.intervals import Z, rates_differ
from console.traffic.metrics.scores import Score, read_scores
from console.traffic.metrics.sums import Sums, read_sums
from console.traffic.reader import LogReader
from console.traffic.rollups import SECONDS_A_MINUTE, TAG, MinuteRollup, minute_of

Change = Literal["up", "down", "same", "unknown"]
"""`same` where the difference is within what the samples leave to chance; `unknown` without two."""

FEWEST_LATENCIES = 20
"""Below, a quantile's interval reaches to the ends of the sample."""


class Compared(msgspec.Struct, frozen=True):
    """The figures of one value in a window, and how they stand against the window before."""

    now: Figures
    before: Figures | None
    requests: Change
    error_rate: Change
    degraded_rate: Change
    p50: Change
    p95: Change
    scores: list[Score] = []


class Window(msgspec.Struct, frozen=True):
    """All of a dimension's values over a window, the busiest first.

    `first` and `last` are its minutes, counted from 1970, `last` not included. `whole` is all of
    them together; its value is None.
    """

    dimension: str
    first: int
    last: int
    whole: Compared
    parts: list[Compared]


def read_window(
    reader: LogReader, dimension: str, minutes: int, now: float | None = None
) -> Window:
    """Return a window of so many minutes that ends with the minute that runs at `now`.

    `now` is in Unix seconds. Raises what the reader does.
    """
    last = minute_of(time.time() if now is None else now) + 1
    first = last - minutes
    sums = read_sums(reader, dimension, first, last)
    sums_before = read_sums(reader, dimension, first - minutes, first)
    if dimension == TAG:
        # A request has several tags, or counts once more under each: all of them are by its route.
        whole = _together(read_sums(reader, "route", first, last))
        whole_before = _together(read_sums(reader, "route", first - minutes, first))
    else:
        whole, whole_before = _together(sums), _together(sums_before)
    total, total_before = whole.requests, whole_before.requests
    edges = (first - minutes, last, first)
    scores = read_scores(reader, dimension, *(edge * SECONDS_A_MINUTE for edge in edges))
    parts = [
        msgspec.structs.replace(
            _compared(sums.get(value), sums_before.get(value), value, total, total_before),
            scores=scores.get(value, []),
        )
        for value in {**sums, **sums_before}
    ]
    parts.sort(key=lambda part: (-part.now.requests, part.now.value or ""))
    everything = _compared(whole, whole_before, None, total, total_before)
    return Window(dimension, first, last, everything, parts)


def _together(sums: Sums) -> MinuteRollup:
    whole = MinuteRollup("", 0, None)
    for one in sums.values():
        whole.merge(one)
    return whole


def _compared(
    now: MinuteRollup | None,
    before: MinuteRollup | None,
    value: str | None,
    total: int,
    total_before: int,
) -> Compared:
    now = now or MinuteRollup("", 0, value)
    has_before = before is not None and before.requests > 0
    before = before or MinuteRollup("", 0, value)
    return Compared(
        now=figures_of(now, total),
        before=figures_of(before, total_before) if has_before else None,
        requests=_counts_change(now.requests, before.requests) if total_before else "unknown",
        error_rate=_rates_change(now.errors, now.requests, before.errors, before.requests),
        degraded_rate=_rates_change(now.degraded, now.requests, before.degraded, before.requests),
        p50=_quantiles_change(now.latency, before.latency, 0.5),
        p95=_quantiles_change(now.latency, before.latency, 0.95),
    )


def _counts_change(now: int, before: int) -> Change:
    """Counts of independent events are Poisson: their difference has the variance of their sum."""
    if abs(now - before) <= Z * sqrt(now + before):
        return "same"
    return "up" if now > before else "down"


def _rates_change(hits: int, trials: int, hits_before: int, trials_before: int) -> Change:
    if not trials or not trials_before:
        return "unknown"
    if not rates_differ(hits, trials, hits_before, trials_before):
        return "same"
    return "up" if hits / trials > hits_before / trials_before else "down"


def _quantiles_change(now: Histogram, before: Histogram, q: float) -> Change:
    """Quantiles differ where their intervals, from the sample's own order, do not meet."""
    of_now, of_before = quantile_interval(now, q), quantile_interval(before, q)
    if of_now is None or of_before is None:
        return "unknown"
    if of_now[0] > of_before[1]:
        return "up"
    return "down" if of_now[1] < of_before[0] else "same"


def quantile_interval(sample: Histogram, q: float) -> tuple[float, float] | None:
    """Return where the true quantile `q` lies, by the order of the sample alone.

    The rank of a quantile among n is binomial, here taken as normal (H. A. David and H. N.
    Nagaraja, Order Statistics, 7.1); None for fewer than `FEWEST_LATENCIES`.
    """
    n = sample.total
    if n < FEWEST_LATENCIES:
        return None
    spread = Z * sqrt(n * q * (1 - q))
    low_rank, high_rank = max(1.0, n * q - spread), min(float(n), ceil(n * q + spread))
    low, high = sample.quantile(low_rank / n), sample.quantile(high_rank / n)
    assert low is not None
    assert high is not None
    return low, high
