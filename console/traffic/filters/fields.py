"""What a filter may ask about: fields with names, fields with numbers, and words of their own.

A column is named here and nowhere else: what somebody types chooses among these and is never part
of a statement itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["ms", "usd", "count"]


@dataclass(frozen=True)
class NameField:
    """A field whose values are names. `index` serves it in the log; `values` are all there are."""

    column: str
    told: str
    index: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class NumberField:
    """A field whose values are numbers; `expression` gives NULL where the number is unknown.

    `index` has the rows in which it is `indexed_from` or more, which are few.
    """

    expression: str
    told: str
    unit: Unit = "count"
    index: str | None = None
    indexed_from: float = 0.0


@dataclass(frozen=True)
class FlagWord:
    """A word that stands for a condition of ours; `of_field` names the field it is short for."""

    condition: str
    told: str
    short_for: tuple[str, str] | None = None


STATUSES = ("ok", "degraded", "error", "client_cancelled", "in_flight")

NAME_FIELDS: Mapping[str, NameField] = {
    "route": NameField("route", "the route it was decided on", "requests_route"),
    "status": NameField("status", "how it ended", "requests_status", STATUSES),
    "error": NameField("error_type", "the kind of failure", "requests_error_type"),
    "task": NameField("task", "the task class", "requests_task"),
    "rule": NameField("rule_id", "the rule that matched", "requests_rule"),
    "model": NameField("response_model", "the model that answered", "requests_model"),
    "asked": NameField("request_model", "the model the client asked for"),
    "provider": NameField("provider_name", "the provider that answered"),
    "client": NameField("client", "the name of the client's key", "requests_client"),
    "override": NameField("override_id", "the override that stood in", "requests_override"),
    "reason": NameField(
        "reason",
        "why the route was chosen",
        values=("rule_match", "task_default", "table_default", "undecidable"),
    ),
    "escalation": NameField("escalation_reason", "the check that escalated it"),
    "version": NameField("table_version", "the table's version"),
    "conversation": NameField("conversation_id", "the conversation it belongs to"),
    "operation": NameField(
        "operation_name", "what was asked for", values=("chat", "embeddings", "responses")
    ),
    "finish": NameField("finish_reason", "why the answer ended"),
    "end": NameField("stream_end", "how the stream ended"),
    "tag": NameField("tags", "a tag of the request: team=billing, team=*"),
    "id": NameField("request_id", "the request's own id", "requests_id_tail"),
}

SLOW_FROM_MS = 10_000
DEAR_FROM_USD = 0.1
"""From where on a number has an index: of most traffic that is a row in a hundred or fewer."""

NUMBER_FIELDS: Mapping[str, NumberField] = {
    "latency": NumberField(
        "r.duration_ms", "from first byte to last", "ms", "requests_slow", SLOW_FROM_MS
    ),
    "ttfc": NumberField("r.time_to_first_chunk_ms", "time to the first chunk of a stream", "ms"),
    "overhead": NumberField("r.gateway_overhead_ms", "what the gateway itself took", "ms"),
    "cost": NumberField(
        "r.cost_usd", "dollars, where they are known", "usd", "requests_dear", DEAR_FROM_USD
    ),
    "tokens": NumberField("(r.input_tokens + r.output_tokens)", "tokens in and out"),
    "input": NumberField("r.input_tokens", "tokens in"),
    "output": NumberField("r.output_tokens", "tokens out"),
    "attempts": NumberField("r.n_attempts", "calls to providers"),
    "fallbacks": NumberField("r.n_fallbacks", "steps to another target"),
    "http": NumberField("r.http_status", "the status the client got"),
}

FLAG_WORDS: Mapping[str, FlagWord] = {
    "ok": FlagWord("r.status = 'ok'", "served at once", ("status", "ok")),
    "degraded": FlagWord(
        "r.status = 'degraded'",
        "saved by a fallback or an escalation",
        ("status", "degraded"),
    ),
    "error": FlagWord("r.status = 'error'", "failed", ("status", "error")),
    "cancelled": FlagWord(
        "r.status = 'client_cancelled'", "the client left", ("status", "client_cancelled")
    ),
    "running": FlagWord("r.status = 'in_flight'", "not ended yet", ("status", "in_flight")),
    "escalated": FlagWord("r.escalated", "sent to a stronger route"),
    "retried": FlagWord("r.n_attempts > 1", "took more than one attempt"),
    "fallback": FlagWord("r.n_fallbacks > 0", "took another target"),
    "stream": FlagWord("r.stream", "asked for as a stream"),
}

TEXT_FIELDS: Mapping[str, str] = {
    "contains": "these very characters, also within a word; every text is looked at",
}

MOMENT_FIELDS: Mapping[str, str] = {
    "since": "began then or later: 15m, 2h, 14:05, 2026-11-25, 2026-11-25T14:05",
    "until": "began before then, written the same",
}
