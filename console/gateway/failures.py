"""What can go wrong with an attempt, what is done about it, and what the client is told at the end.

| failure                              | the same model again           | then           |
|--------------------------------------|--------------------------------|----------------|
| `rate_limited` (429)                 | if Retry-After is at most 2 s  | next target    |
| `timeout`                            | no: it has had its time        | next target    |
| `connection_*`                       | yes                            | next target    |
| `upstream_5xx`, 408, 409             | yes                            | next target    |
| `upstream_error` (an error in a 200) | yes                            | next target    |
| `bad_answer`, `eof_no_finish`        | yes                            | next target    |
| any other 4xx                        | no                             | told as it is  |

Nothing is tried again once the first content of a stream has been sent on.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

FailureType = Literal[
    "rate_limited",
    "timeout",
    "connection_refused",
    "connection_reset",
    "connection_failed",
    "upstream_5xx",
    "upstream_4xx",
    "upstream_error",
    "bad_answer",
    "eof_no_finish",
]
"""Why an attempt failed. `connection_failed` is any other trouble in connecting (name, TLS, proxy);
`upstream_4xx` here is 408 or 409; `upstream_error` is an error the provider told inside a 200."""

ErrorType = (
    FailureType | Literal["no_eligible_target", "client_abort", "gateway_stopped", "internal"]
)
"""Why a request failed, as logged: the last attempt's failure, or what kept it from having one."""

WhyNext = Literal[
    "retry_after_rate_limited",
    "retry_after_connection_refused",
    "retry_after_connection_reset",
    "retry_after_connection_failed",
    "retry_after_upstream_5xx",
    "retry_after_upstream_4xx",
    "retry_after_upstream_error",
    "retry_after_bad_answer",
    "retry_after_eof_no_finish",
    "fallback_after_rate_limited",
    "fallback_after_timeout",
    "fallback_after_connection_refused",
    "fallback_after_connection_reset",
    "fallback_after_connection_failed",
    "fallback_after_upstream_5xx",
    "fallback_after_upstream_4xx",
    "fallback_after_upstream_error",
    "fallback_after_bad_answer",
    "fallback_after_eof_no_finish",
    "escalation_after_failed",
]
"""Why an attempt was not the last: the next one was another try of the same model (`retry`), the
next target (`fallback`), or the route this one escalates to when all of it failed."""

RETRY: dict[FailureType, WhyNext] = {
    "rate_limited": "retry_after_rate_limited",
    "connection_refused": "retry_after_connection_refused",
    "connection_reset": "retry_after_connection_reset",
    "connection_failed": "retry_after_connection_failed",
    "upstream_5xx": "retry_after_upstream_5xx",
    "upstream_4xx": "retry_after_upstream_4xx",
    "upstream_error": "retry_after_upstream_error",
    "bad_answer": "retry_after_bad_answer",
    "eof_no_finish": "retry_after_eof_no_finish",
}
"""The failures worth another try of the same model, and how that is told."""

FALLBACK: dict[FailureType, WhyNext] = {
    "rate_limited": "fallback_after_rate_limited",
    "timeout": "fallback_after_timeout",
    "connection_refused": "fallback_after_connection_refused",
    "connection_reset": "fallback_after_connection_reset",
    "connection_failed": "fallback_after_connection_failed",
    "upstream_5xx": "fallback_after_upstream_5xx",
    "upstream_4xx": "fallback_after_upstream_4xx",
    "upstream_error": "fallback_after_upstream_error",
    "bad_answer": "fallback_after_bad_answer",
    "eof_no_finish": "fallback_after_eof_no_finish",
}
"""How going on to the next target is told, for every failure there is."""


class Failure(msgspec.Struct, frozen=True):
    """How one attempt failed. `http_status` is the provider's, None where it gave none."""

    error_type: FailureType
    http_status: int | None = None
    retry_after_s: float | None = None


class AttemptError(Exception):
    """An attempt failed in a way that another attempt may mend."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.error_type)
        self.failure = failure


class ProviderRefusalError(Exception):
    """A provider refused the request itself (4xx): no other attempt would mend it.

    `body` is JSON in the OpenAI error shape, ready to be sent on with `status`.
    """

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"the provider answered {status}")
        self.status = status
        self.body = body


class ExhaustedError(Exception):
    """Every attempt failed. `failures` are theirs with the models' keys, in order, never empty."""

    def __init__(self, failures: Sequence[tuple[str, Failure]]) -> None:
        super().__init__("every attempt failed")
        self.failures = tuple(failures)

    @property
    def last(self) -> Failure:
        """The failure of the last attempt."""
        return self.failures[-1][1]

    @property
    def status(self) -> int:
        """The HTTP status to tell: 429, 503 or 504 where all attempts agree on it, else 502."""
        kinds = {failure.error_type for _, failure in self.failures}
        if kinds == {"rate_limited"}:
            return 429
        if kinds == {"timeout"}:
            return 504
        if {failure.http_status for _, failure in self.failures} == {503}:
            return 503
        return 502

    @property
    def retry_after_s(self) -> float | None:
        """When the first of the models may take requests again, in seconds, where one said so."""
        waits = [f.retry_after_s for _, f in self.failures if f.retry_after_s is not None]
        return min(waits, default=None)
