"""The metrics an assumption may be on, by name; measuring them is `assumptions`' part."""

import re

QUANTILE = re.compile(r"(latency|(?:time_to_)?first_chunk)_p(\d{1,2})_ms")
RATES = ("error_rate", "degraded_rate", "fallback_rate", "escalation_rate")
COST = "cost_per_request_usd"
METRICS = (*RATES, COST, "latency_pNN_ms", "time_to_first_chunk_pNN_ms")
"""The metrics there are, for words."""


def is_measured(metric: str) -> bool:
    """Tell whether there is a metric of this name."""
    return metric in (*RATES, COST) or QUANTILE.fullmatch(metric) is not None
