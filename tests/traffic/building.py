"""Records for tests: each with as little said as the test needs."""

from typing import Any

from console.routing.decision import Decision, Target
from console.routing.explanation import ConditionResult, Explanation, RuleVerdict, Span
from console.traffic.records import AttemptRow, BodyRow, FactsRow, GatewayRow, RequestRow

NOON = 1_795_435_200.0
"""2026-11-23T12:00:00Z, the beginning of a minute."""


def request(number: int = 1, **fields: Any) -> RequestRow:
    fields.setdefault("ts_start", NOON + number / 100)
    fields.setdefault("reason", "rule_match")
    return RequestRow(request_id=request_id(number), table_version="v1", **fields)


def ended(number: int = 1, **fields: Any) -> RequestRow:
    fields = {"status": "ok", "duration_ms": 120.0, "route": "small", **fields}
    return request(number, **fields)


def request_id(number: int) -> str:
    return f"0199-{number:08d}"


def facts(number: int = 1, **fields: Any) -> FactsRow:
    given: dict[str, Any] = {
        "task": "coding",
        "model": "auto",
        "client": "ide",
        "tags": {"team": "platform"},
        "input_tokens": 12,
        "max_output_tokens": None,
        "turns": 1,
        "hidden_chars": 0,
        "tools": False,
        "images": False,
        "audio": False,
        "stream": True,
        "response_format": "text",
        **fields,
    }
    return FactsRow(request_id(number), **given)


def attempt(number: int = 1, attempt_no: int = 1, **fields: Any) -> AttemptRow:
    given: dict[str, Any] = {"kind": "primary", "provider_name": "acorn", "model": "mini", **fields}
    return AttemptRow(request_id(number), attempt_no, ts_start=NOON, **given)


def body(number: int = 1, **texts: Any) -> BodyRow:
    return BodyRow(request_id(number), **texts)


def gateway(gateway_id: str = "g1", **fields: Any) -> GatewayRow:
    given: dict[str, Any] = {
        "pid": 7,
        "host": "here",
        "address": "127.0.0.1:8484",
        "started_ts": NOON,
        "heartbeat_ts": NOON,
        "table_name": "workday",
        "table_version": "v1",
        "table_since_ts": NOON,
        **fields,
    }
    return GatewayRow(gateway_id, **given)


DECISION = Decision(
    route="small",
    task="coding",
    task_source="declared",
    rule="code",
    reason="rule_match",
    override_id=None,
    unknown_task=False,
    targets=(Target("mini", "acorn", True), Target("pro", "acorn", False, "drained")),
    model="mini",
    error=None,
    table_version="v1",
)

FOUND = ConditionResult(
    "when.prompt.contains",
    "prompt",
    "contains",
    '"traceback"',
    None,
    "true",
    (Span("prompt", 4, 13),),
)
MISSED = ConditionResult("when.turns", "turns", "range", "turns ≥ 9", "1", "false")

EXPLANATION = Explanation(
    "`code` sent this to `small`.",
    (
        RuleVerdict("long", 1, "failed", (MISSED,), MISSED, "needs turns ≥ 9, saw 1"),
        RuleVerdict("off", 2, "disabled"),
        RuleVerdict("code", 3, "matched", (FOUND,)),
        RuleVerdict("late", 4, "not_reached"),
    ),
)
