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
OverrideChange = Literal["made", "lifted", "expired"]
AttemptKind = Literal["primary", "retry", "fallback", "escalation"]


class RequestRow(msgspec.Struct):
    """A client's call: written when it is decided, completed when it ends.

    `seq` is the log's own ascending number (None before it is written); pages are keyed by it.
    `gateway_id` is the gateway that serves it; None where that is not known.
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
    gateway_id: str | None = None


class AttemptRow(msgspec.Struct):
    """One call upstream on behalf of a request. `why_next` says why it was not the last.

    `held_back` tells of a streamed attempt whether its answer was held back until it was whole
    and judged (True) or sent on as it came (False); None where it was not streamed.
    `error_message` is what the provider or the transport said, at most 500 code points of it;
    what kind of failure it was is `error_type`.
    """

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
    held_back: bool | None = None
    error_message: str | None = None


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
    """A gateway's heartbeat: which process serves which version of which table since when.

    `health` is the JSON text of the targets it leaves alone (`target_states.decode_states`); None
    where the gateway does not tell. `process` tells its process from every other, see
    `process_identity`; None where the system does not say.
    """

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
    health: str | None = None
    process: str | None = None


class OverrideRow(msgspec.Struct):
    """An override that was made, lifted or ran out. `ts` is when a gateway saw it, to the moment
    for one that ran out; `until_ts` is when it was to run out.

    A drain has a `provider` or a `model`, a pin a `route` and the one it is pinned to.
    """

    ts: float
    change: OverrideChange
    override_id: str
    until_ts: float
    because: str
    by: str
    provider: str | None = None
    model: str | None = None
    route: str | None = None
    to_route: str | None = None


class TableVersionRow(msgspec.Struct):
    """A version of a table that was seen in service, with its text."""

    version: str
    ts: float
    author: str | None
    because: str | None
    text: str


class OutcomeRow(msgspec.Struct):
    """What somebody says about an answer: a score under a name, in their own scale.

    A repeat is known by its `idempotency_key`, which a log holds once. `source` is who said it: the
    name of the client's key, or `cli`.
    """

    request_id: str
    ts: float
    name: str
    score: float | None = None
    label: str | None = None
    comment: str | None = None
    source: str | None = None
    idempotency_key: str | None = None
