"""Counts and times what becomes of requests, for `/metrics`; fed with the rows the log gets.

Everything here is called on the request's way, so what a set of labels needs is looked up once and
kept: the sets are bounded by the table's names.
"""

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import choose_encoder

from console.gateway.metric_instruments import Instruments
from console.gateway.metric_labels import NONE, OPERATION_LABELS, OutcomeNames, bounded
from console.table.model import Table
from console.traffic.records import AttemptRow, RequestRow


class _OfRequest(NamedTuple):
    """What one set of labels of an ended request moves."""

    ended: Counter
    duration: Histogram
    first_token: Histogram | None


class _OfAttempt(NamedTuple):
    """What one set of labels of an ended attempt moves."""

    ended: Counter
    duration: Histogram
    first_chunk: Histogram | None
    cost: Counter
    cost_unknown: Counter


class Metrics:
    """The metrics of one gateway. `registry` takes further collectors."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._instruments = Instruments(self.registry)
        self._outcome_names = OutcomeNames()
        self._requests: dict[tuple[str, ...], _OfRequest] = {}
        self._attempts: dict[tuple[str, ...], _OfAttempt] = {}
        self._tokens: dict[tuple[str, ...], Histogram] = {}

    def request_ended(self, row: RequestRow, table: Table) -> None:
        """Take note of a request as it ended. `table` is the version it was served by."""
        key = (
            row.operation_name,
            row.provider_name or NONE,
            row.response_model or NONE,
            row.route or NONE,
            row.rule_id or NONE,
            bounded(row.task, table.tasks),
            row.status,
            row.error_type or NONE,
            "stream" if row.time_to_first_chunk_ms is not None else NONE,
        )
        found = self._requests.get(key) or self._request_moves(key)
        found.ended.inc()
        if row.duration_ms is not None:
            found.duration.observe(row.duration_ms / 1000)
        if found.first_token is not None and row.time_to_first_chunk_ms is not None:
            found.first_token.observe(row.time_to_first_chunk_ms / 1000)
        if row.n_fallbacks:
            self._instruments.fallbacks.labels(key[3]).inc(row.n_fallbacks)
        if row.escalated:
            self._instruments.escalations.labels(key[3], row.escalation_reason or NONE).inc()

    def attempt_ended(self, attempt: AttemptRow, request: RequestRow) -> None:
        """Take note of a call to a provider as it ended; `request` is what it was made for."""
        key = (
            request.operation_name,
            attempt.provider_name,
            attempt.model,
            request.route or NONE,
            attempt.kind,
            attempt.error_type or NONE,
            "stream" if attempt.time_to_first_chunk_ms is not None else NONE,
        )
        found = self._attempts.get(key) or self._attempt_moves(key)
        found.ended.inc()
        if attempt.duration_ms is not None:
            found.duration.observe(attempt.duration_ms / 1000)
        if found.first_chunk is not None and attempt.time_to_first_chunk_ms is not None:
            found.first_chunk.observe(attempt.time_to_first_chunk_ms / 1000)
        if attempt.cost_usd is not None:
            found.cost.inc(attempt.cost_usd)
        elif attempt.error_type is None:
            found.cost_unknown.inc()
        if request.usage_source == "provider":
            self._tokens_counted(key[:3], "input", attempt.input_tokens)
            self._tokens_counted(key[:3], "output", attempt.output_tokens)

    def request_refused(self, http_status: int, code: str) -> None:
        """Take note of a request that was not taken; `code` is one of the gateway's own words."""
        self._instruments.refused.labels(str(http_status), code).inc()

    def outcome(self, name: str, score: float | None, row: RequestRow, table: Table) -> None:
        """Take note of what became of an answer; `row` is its request as logged.

        `table` is the one in service now: names of an older one that are gone count as `other`.
        """
        labels = (
            self._outcome_names.bounded(name),
            bounded(row.route, table.routes),
            bounded(row.rule_id, {rule.id for rule in table.rules}),
            bounded(row.response_model, table.models),
        )
        self._instruments.outcomes.labels(*labels).inc()
        if score is not None:
            self._instruments.outcome_scores.labels(*labels).observe(score)

    def page(self, accept: str) -> tuple[bytes, str]:
        """Return the page and its content type, in the newest of the formats `accept` names.

        May be called from any thread.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def _request_moves(self, key: tuple[str, ...]) -> _OfRequest:
        operation, provider, model, route, rule, task, status, error_type, stream = key
        of, served = self._instruments, (*OPERATION_LABELS[operation], provider, model, route)
        found = self._requests[key] = _OfRequest(
            of.requests.labels(route, rule, task, status),
            of.request_duration.labels(*served, error_type),
            of.request_first_token.labels(*served) if stream else None,
        )
        return found

    def _attempt_moves(self, key: tuple[str, ...]) -> _OfAttempt:
        operation, provider, model, route, kind, error_type, stream = key
        of, paid = self._instruments, (route, provider, model)
        called = (*OPERATION_LABELS[operation], provider, model)
        found = self._attempts[key] = _OfAttempt(
            of.attempts.labels(provider, model, kind, error_type),
            of.attempt_duration.labels(*called, error_type),
            of.attempt_first_chunk.labels(*called) if stream else None,
            of.cost.labels(*paid),
            of.cost_unknown.labels(*paid),
        )
        return found

    def _tokens_counted(self, called: tuple[str, ...], kind: str, count: int | None) -> None:
        if count is None:
            return
        key = (*called, kind)
        found = self._tokens.get(key)
        if found is None:
            labels = (*OPERATION_LABELS[key[0]], *key[1:])
            found = self._tokens[key] = self._instruments.tokens.labels(*labels)
        found.observe(count)
