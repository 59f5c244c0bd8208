"""What `/metrics` counts and times: each instrument with its name, its labels and its bounds.

Names, attributes and bucket boundaries are those of OpenTelemetry's GenAI conventions where they
have one ("Semantic conventions for generative AI metrics", status Development), in Prometheus
spelling: dots become underscores and the unit comes last. A provider is what the gateway is a
client of (`gen_ai_client_…`); to its own clients it is the server (`gen_ai_server_…`). All else is
`route_console_…`.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary

DURATION_BOUNDS_S = tuple(0.01 * 2**step for step in range(14))
"""10 ms to 82 s, as the conventions advise for operations and requests."""

FIRST_TOKEN_BOUNDS_S = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1),
    *(0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0),
)
"""As the conventions advise for `gen_ai.server.time_to_first_token`."""

TOKEN_BOUNDS = tuple(4**step for step in range(14))
"""1 to 67 million, as the conventions advise for `gen_ai.client.token.usage`."""

_OPERATION = ("gen_ai_operation_name", "openai_api_type")
_SERVED = (*_OPERATION, "gen_ai_provider_name", "gen_ai_response_model", "route")
_CALLED = (*_OPERATION, "gen_ai_provider_name", "gen_ai_request_model")


class Instruments:
    """The instruments of one gateway, in a registry of its own: two gateways may share a process.

    A label that is empty says "none": no rule matched, no model answered, nothing failed.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, told: str, *labels: str) -> Counter:
            return Counter(name, told, labels, registry=registry)

        def histogram(
            name: str, told: str, labels: tuple[str, ...], bounds: tuple[float, ...]
        ) -> Histogram:
            return Histogram(name, told, labels, buckets=bounds, registry=registry)

        self.request_duration = histogram(
            "gen_ai_server_request_duration_seconds",
            "Requests as clients saw them, from the first byte to the last.",
            (*_SERVED, "error_type"),
            DURATION_BOUNDS_S,
        )
        self.request_first_token = histogram(
            "gen_ai_server_time_to_first_token_seconds",
            "Streamed requests as clients saw them, until the first content was sent on.",
            _SERVED,
            FIRST_TOKEN_BOUNDS_S,
        )
        self.attempt_duration = histogram(
            "gen_ai_client_operation_duration_seconds",
            "Calls to providers, those that failed included.",
            (*_CALLED, "error_type"),
            DURATION_BOUNDS_S,
        )
        self.attempt_first_chunk = histogram(
            "gen_ai_client_operation_time_to_first_chunk_seconds",
            "Streamed calls to providers, until their first content came.",
            _CALLED,
            DURATION_BOUNDS_S,
        )
        self.tokens = histogram(
            "gen_ai_client_token_usage",
            "Tokens of a call as its provider counted them; estimates are left out.",
            (*_CALLED, "gen_ai_token_type"),
            TOKEN_BOUNDS,
        )
        self.requests = counter(
            "route_console_requests",
            "Requests that were decided and have ended.",
            *("route", "rule", "task", "status"),
        )
        self.refused = counter(
            "route_console_refused_requests",
            "Requests that were not taken: malformed, too large, not allowed in.",
            *("http_status", "code"),
        )
        self.attempts = counter(
            "route_console_attempts",
            "Calls to providers.",
            *("provider", "model", "kind", "error_type"),
        )
        self.fallbacks = counter(
            "route_console_fallbacks", "Steps to the next target of a route.", "route"
        )
        self.escalations = counter(
            "route_console_escalations",
            "Requests sent on to another route, by the first reason.",
            *("route", "reason"),
        )
        self.cost = counter(
            "route_console_cost_usd",
            "What calls to providers cost by the table's prices, in US dollars.",
            *("route", "provider", "model"),
        )
        self.cost_unknown = counter(
            "route_console_cost_unknown",
            "Calls that were answered but whose cost is unknown: no price, or no usage told.",
            *("route", "provider", "model"),
        )
        self.outcomes = counter(
            "route_console_outcomes",
            "Outcomes reported by clients, joined to what answered the request.",
            *("name", "route", "rule", "model"),
        )
        self.outcome_scores = Summary(
            "route_console_outcome_score",
            "Their scores, of those that have one: the mean is sum over count.",
            ("name", "route", "rule", "model"),
            registry=registry,
        )
