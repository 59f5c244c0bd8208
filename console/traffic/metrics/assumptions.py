"""What a table's owner believes of its routes, held against traffic: holds, broken, unproven."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from console.table.model import Assumption, Table
from console.traffic.metrics.metric_names import COST, QUANTILE
from console.traffic.metrics.sums import Sums, read_sums
from console.traffic.reader import LogReader
from console.traffic.rollups import SECONDS_A_MINUTE, MinuteRollup, minute_of

Verdict = Literal["holds", "broken", "unproven"]

_UNITS_S: Mapping[str, int] = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

_RATES: Mapping[str, Callable[[MinuteRollup], float]] = {
    "error_rate": lambda sums: sums.errors / sums.requests,
    "degraded_rate": lambda sums: sums.degraded / sums.requests,
    "fallback_rate": lambda sums: sums.fallbacks / sums.requests,
    "escalation_rate": lambda sums: sums.escalations / sums.requests,
}
"""Metrics that are a share of a route's requests, 0 to 1."""


class Judged(msgspec.Struct, frozen=True):
    """An assumption with its verdict. `figure` is in the metric's unit, None where it has none.

    `samples` counts what the figure is over: requests, answers or known costs. `why` says what
    keeps it from being proven, empty otherwise.
    """

    route: str
    assumption: Assumption
    verdict: Verdict
    figure: float | None
    samples: int
    why: str = ""


def judge(reader: LogReader, table: Table, now: float) -> list[Judged]:
    """Return every assumption of a table judged over its window up to `now` (Unix seconds).

    Raises what the reader does.
    """
    last = minute_of(now) + 1
    read: dict[int, Sums] = {}
    judged = []
    for name, route in table.routes.items():
        for assumption in route.assumptions:
            minutes = window_minutes(assumption.window)
            if minutes not in read:
                read[minutes] = read_sums(reader, "route", last - minutes, last)
            sums = read[minutes].get(name, MinuteRollup("route", 0, name))
            judged.append(_judged(name, assumption, sums))
    return judged


def window_minutes(window: str) -> int:
    """Return the minutes of a window such as `1h`, rounded up to whole ones."""
    seconds = float(window[:-1]) * _UNITS_S[window[-1]]
    return max(1, int(-(-seconds // SECONDS_A_MINUTE)))


def _judged(route: str, assumption: Assumption, sums: MinuteRollup) -> Judged:
    found = _measured(assumption.metric, sums)
    if found is None:
        why = f"nothing here measures {assumption.metric}"
        return Judged(route, assumption, "unproven", None, 0, why)
    figure, samples = found
    if figure is None or samples < assumption.min_requests:
        why = f"{samples:,} of the {assumption.min_requests:,} requests it takes"
        return Judged(route, assumption, "unproven", figure, samples, why)
    low, high = assumption.min, assumption.max
    within = (low is None or figure >= low) and (high is None or figure <= high)
    return Judged(route, assumption, "holds" if within else "broken", figure, samples)


def _measured(metric: str, sums: MinuteRollup) -> tuple[float | None, int] | None:
    """Return a metric and over how many samples; None where there is no such metric."""
    if metric in _RATES:
        return (_RATES[metric](sums) if sums.requests else None), sums.requests
    if metric == COST:
        known = sums.requests - sums.cost_unknown
        return (sums.cost_usd / known if known else None), known
    quantile = QUANTILE.fullmatch(metric)
    if quantile is None:
        return None
    sample = sums.latency if quantile[1] == "latency" else sums.first_chunk
    return sample.quantile(int(quantile[2]) / 100), sample.total
