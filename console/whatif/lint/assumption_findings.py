"""Assumptions that can never be proven or broken, since nothing measures their metric."""

from collections.abc import Iterator

from console.table.findings import did_you_mean
from console.table.lint.finding import Finding, finding
from console.table.model import Table
from console.table.yaml_source import join
from console.traffic.metrics.metric_names import COST, METRICS, RATES, is_measured


def assumption_findings(table: Table) -> Iterator[Finding]:
    """Yield each assumption on a metric that nothing measures."""
    known = (
        *RATES,
        COST,
        "latency_p50_ms",
        "latency_p90_ms",
        "latency_p99_ms",
        "first_chunk_p90_ms",
    )
    for name, route in table.routes.items():
        for index, assumption in enumerate(route.assumptions):
            if not is_measured(assumption.metric):
                path = join(join(join("routes", name), "assumptions"), index)
                message = f"Nothing measures `{assumption.metric}`, so this stays unproven."
                hint = did_you_mean(assumption.metric, known)
                hint = hint or f"Measured are {', '.join(METRICS)}."
                yield finding("unmeasured-assumption", join(path, "metric"), message, hint)
