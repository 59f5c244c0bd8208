"""What can go wrong with an attempt, what is done about it, and what the client is told at the end.

| failure                              | the same model again            | then                |
|--------------------------------------|---------------------------------|---------------------|
| `rate_limited` (429)                 | if Retry-After is at most 2 s   | next target         |
| `timeout`                            | no: it has had its time         | next target         |
| `connection_*`                       | yes                             | next target         |
| `upstream_5xx`, 408, 409             | yes                             | next target         |
| `upstream_error` (an error in a 200) | yes                             | next target         |
| `bad_answer`, `eof_no_finish`        | yes                             | next target         |
| `answer_too_large`                   | no: it would be as large again  | next target         |
| any other 4xx                        | no                              | told as it is       |

After the last target a longer Retry-After is waited for where the client's time allows it; then
comes the route's escalation on `failed`, then the client is told: the last provider's own error
where every attempt failed alike and it gave one, else one sentence of all attempts. Nothing is
tried again once the first content of a stream has been sent on.
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
    "answer_too_large",
    "eof_no_finish",
    "cooling_down",
]
"""Why an attempt failed. `connection_failed` is any other trouble in connecting (name, TLS, proxy);
`upstream_4xx` here is 408 or 409; `upstream_error` is an error the provider told inside a 200;
`cooling_down` is no attempt at all: its target came to be left alone since it was decided."""

ErrorType = (
    FailureType | Literal["no_eligible_target", "client_abort", "gateway_stopped", "internal"]
)
"""Why a request failed, as logged: the last attempt's failure, or what kept it from having one."""

AnswerTrigger = Literal["invalid_json", "schema_mismatch", "truncated", "empty", "refusal"]
"""What can be wrong with an answer that came whole (table format, "Escalation")."""

Trigger = AnswerTrigger | Literal["failed"]
"""Everything a route can escalate on."""

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
    "fallback_after_answer_too_large",
    "fallback_after_eof_no_finish",
    "fallback_after_cooling_down",
    "escalation_after_failed",
    "escalation_after_invalid_json",
    "escalation_after_schema_mismatch",
    "escalation_after_truncated",
    "escalation_after_empty",
    "escalation_after_refusal",
    "kept_after_invalid_json",
    "kept_after_schema_mismatch",
    "kept_after_truncated",
    "kept_after_empty",
    "kept_after_refusal",
    "held_back_answer_sent",
    "gave_up_no_time_left",
]
"""What came after an attempt, and why. `retry`: the same model again. `fallback`: the next target.
`escalation`: the route this one escalates to, because all of it failed or the answer was not good
enough. `kept`: the answer was not good enough, but there was no target or no time to escalate to,
so the client got it. `held_back_answer_sent`: the last attempt failed and the client got the best
answer held back before. `gave_up_no_time_left`: something was left to try, but the client's time
was up."""

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
    "answer_too_large": "fallback_after_answer_too_large",
    "eof_no_finish": "fallback_after_eof_no_finish",
    "cooling_down": "fallback_after_cooling_down",
}
"""How going on to the next target is told, for every failure there is."""

ESCALATION: dict[Trigger, WhyNext] = {
    "failed": "escalation_after_failed",
    "invalid_json": "escalation_after_invalid_json",
    "schema_mismatch": "escalation_after_schema_mismatch",
    "truncated": "escalation_after_truncated",
    "empty": "escalation_after_empty",
    "refusal": "escalation_after_refusal",
}
"""How going on to another route is told, for everything a route can escalate on."""

KEPT: dict[AnswerTrigger, WhyNext] = {
    "invalid_json": "kept_after_invalid_json",
    "schema_mismatch": "kept_after_schema_mismatch",
    "truncated": "kept_after_truncated",
    "empty": "kept_after_empty",
    "refusal": "kept_after_refusal",
}
"""How it is told that an answer not good enough was sent all the same."""


class Failure(msgspec.Struct, frozen=True):
    """How one attempt failed. `http_status` is the provider's, None where it gave none.

    `answer_bytes` is the UTF-8 length of the answer's text that had come by then. `said` is what
    the provider or the transport says of it: foreign text, for the log alone. `own_error` is the
    provider's own error in OpenAI's shape, its key blotted out; None where it gave none.
    """

    error_type: FailureType
    http_status: int | None = None
    retry_after_s: float | None = None
    answer_bytes: int = 0
    said: str | None = None
    own_error: bytes | None = None


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
    """Every attempt failed, or there was no time for any.

    `failures` are the attempts' with the models' keys, in order. `is_out_of_time` says that more
    would have been tried, had the client's time not been up.
    """

    def __init__(
        self, failures: Sequence[tuple[str, Failure]], *, is_out_of_time: bool = False
    ) -> None:
        super().__init__("every attempt failed")
        self.failures = tuple(failures)
        self.is_out_of_time = is_out_of_time

    @property
    def last(self) -> Failure:
        """The failure of the last attempt; a timeout where there was no time for any."""
        tried = [failure for _, failure in self.failures if failure.error_type != "cooling_down"]
        left_alone = self.failures[-1][1] if self.failures else Failure("timeout")
        return tried[-1] if tried else left_alone

    @property
    def status(self) -> int:
        """The HTTP status to tell (see `status_after`)."""
        return status_after([failure for _, failure in self.failures] or [self.last])

    @property
    def own_error(self) -> bytes | None:
        """The last provider's own error, where every attempt failed alike; None elsewhere.

        Then it says what the client would have been told without a gateway. After failures of
        several kinds, or where time ran out, no one provider's error says what happened.
        """
        tried = [f for _, f in self.failures if f.error_type != "cooling_down"]
        alike = len({(f.error_type, f.http_status) for f in tried}) == 1
        return tried[-1].own_error if alike and not self.is_out_of_time else None

    @property
    def retry_after_s(self) -> float | None:
        """When the first of the models may take requests again, in seconds, where one said so."""
        waits = [f.retry_after_s for _, f in self.failures if f.retry_after_s is not None]
        return min(waits, default=None)

    @property
    def sentence(self) -> str:
        """What happened, for the client."""
        tried = ", ".join(f"{model} ({f.error_type})" for model, f in self.failures)
        if not tried:
            return "Nothing was tried: the time the client gives is too short for any answer."
        more = " There was no time left for another." if self.is_out_of_time else ""
        return f"Every attempt failed: {tried}.{more}"


def status_after(failures: Sequence[Failure]) -> int:
    """Return the HTTP status told after these failures, at least one.

    429, 503 or 504 where all attempts agree on it, else 502.
    """
    # What was left alone says nothing where something was tried.
    failures = [f for f in failures if f.error_type != "cooling_down"]
    if not failures:
        return 503
    kinds = {failure.error_type for failure in failures}
    if kinds == {"rate_limited"}:
        return 429
    if kinds == {"timeout"}:
        return 504
    if {failure.http_status for failure in failures} == {503}:
        return 503
    return 502
