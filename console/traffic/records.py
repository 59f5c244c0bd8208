"""One request, one attempt, one decision as the log holds them. Names follow OpenTelemetry's GenAI
conventions where they have one.

Times are Unix seconds as floats (`ts_*`) or milliseconds (`*_ms`). None means unknown and is never
replaced by 0.
"""

from typing import Literal

import msgspec

Status = Literal["in_flight", "ok", "degraded", "error", "client_cancelled"]
StreamEnd = Literal["done", "finish_no_done", "eof_no_finish", "upstream_error", "client_abort"]
UsageSource = Literal["provider", "estimated", "missing"]
AttemptKind = Literal["primary", "retry", "fallback", "escalation"]


class RequestRow(msgspec.Struct):
    """A client's call: written when it is decided, completed when it ends.

    `seq` is the log's own ascending number (None before it is written); pages are keyed by it.
    """

    request_id: str
    ts_start: float
    table_version: str
    reason: str
    seq: int | None = None
    duration_ms: float | None = None
    time_to_first_chunk_ms: float | None = None
    gateway_overhead_ms: float | None = None
    operation_name: str = "chat"
    client: str | None = None
    conversation_id: str | None = None
    client_retry_count: int | None = None
    client_timeout_s: float | None = None
    task: str | None = None
    task_source: str = "none"
    request_model: str | None = None
    route: str | None = None
    rule_id: str | None = None
    override_id: str | None = None
    rollout_bucket: int | None = None
    provider_name: str | None = None
    response_model: str | None = None
    n_attempts: int = 0
    n_fallbacks: int = 0
    escalated: bool = False
    escalation_reason: str | None = None
    status: Status = "in_flight"
    http_status: int | None = None
    error_type: str | None = None
    finish_reason: str | None = None
    stream_end: StreamEnd | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    reasoning_tokens: int | None = None
    usage_source: UsageSource = "missing"
    cost_usd: float | None = None
    cost_source: str | None = None
    stream: bool = False
    prompt_hash: str | None = None
    prompt_preview: str | None = None


class AttemptRow(msgspec.Struct):
    """One call upstream on behalf of a request. `why_next` says why it was not the last."""

    request_id: str
    attempt_no: int
    kind: AttemptKind
    provider_name: str
    model: str
    ts_start: float
    duration_ms: float | None = None
    time_to_first_chunk_ms: float | None = None
    http_status: int | None = None
    error_type: str | None = None
    retry_after_s: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    why_next: str | None = None


class FactsRow(msgspec.Struct):
    """What deciding a request again needs, its texts apart (those are in `BodyRow`)."""

    request_id: str
    task: str | None
    model: str
    client: str | None
    tags: dict[str, str]
    input_tokens: int
    max_output_tokens: int | None
    turns: int
    hidden_chars: int
    tools: bool
    images: bool
    audio: bool
    stream: bool
    response_format: str


class BodyRow(msgspec.Struct):
    """The texts of a request as far as the table's `capture` keeps them.

    `truncated` says that a text was cut at `max_bytes`; None means not captured.
    """

    request_id: str
    prompt: str | None = None
    system: str | None = None
    conversation: str | None = None
    answer: str | None = None
    truncated: bool = False


class GatewayRow(msgspec.Struct):
    """A gateway's heartbeat: which process serves which version of which table since when."""

    gateway_id: str
    pid: int
    host: str
    address: str
    started_ts: float
    heartbeat_ts: float
    table_name: str
    table_version: str
    table_since_ts: float
    last_problem: str | None = None


class TableVersionRow(msgspec.Struct):
    """A version of a table that was seen in service, with its text."""

    version: str
    ts: float
    author: str | None
    because: str | None
    text: str
