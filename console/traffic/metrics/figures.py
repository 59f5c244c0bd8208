"""What requests add up to, in the figures people ask for. Unknown is None, never 0."""

import msgspec

from console.traffic.metrics.intervals import Interval, wilson
from console.traffic.rollups import MinuteRollup


class Figures(msgspec.Struct, frozen=True):
    """The figures of completed requests that share a value (None: those that have none).

    Rates and shares are 0 to 1, latencies milliseconds (of answered requests, within the
    histogram's error), costs US dollars. `cost_usd` sums what is known; None where nothing is.
    `cost_per_request` is over the requests whose cost is known, `cost_unknown` counts the others.
    """

    value: str | None
    requests: int
    share: float | None
    errors: int
    degraded: int
    cancelled: int
    fallbacks: int
    escalations: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    first_chunk_p50_ms: float | None
    first_chunk_p95_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    tokens_unknown: int
    cost_usd: float | None
    cost_per_request: float | None
    cost_unknown: int

    @property
    def error_rate(self) -> float | None:
        """The share that failed; None without a request."""
        return self.errors / self.requests if self.requests else None

    @property
    def error_interval(self) -> Interval:
        """Where the true error rate lies."""
        return wilson(self.errors, self.requests)

    @property
    def degraded_rate(self) -> float | None:
        """The share that a fallback or an escalation saved; None without a request."""
        return self.degraded / self.requests if self.requests else None


def figures_of(sums: MinuteRollup, all_requests: int) -> Figures:
    """Return the figures of what was added up, as part of `all_requests`."""
    priced = sums.requests - sums.cost_unknown
    counted = sums.requests - sums.tokens_unknown
    latency, first_chunk = sums.latency, sums.first_chunk
    return Figures(
        value=sums.value,
        requests=sums.requests,
        share=sums.requests / all_requests if all_requests else None,
        errors=sums.errors,
        degraded=sums.degraded,
        cancelled=sums.cancelled,
        fallbacks=sums.fallbacks,
        escalations=sums.escalations,
        p50_ms=latency.quantile(0.5),
        p95_ms=latency.quantile(0.95),
        p99_ms=latency.quantile(0.99),
        first_chunk_p50_ms=first_chunk.quantile(0.5),
        first_chunk_p95_ms=first_chunk.quantile(0.95),
        input_tokens=sums.input_tokens if counted else None,
        output_tokens=sums.output_tokens if counted else None,
        tokens_unknown=sums.tokens_unknown,
        cost_usd=sums.cost_usd if priced else None,
        cost_per_request=sums.cost_usd / priced if priced else None,
        cost_unknown=sums.cost_unknown,
    )
