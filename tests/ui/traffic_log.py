"""A real log for screens to look at: requests decided by a real table, written by the writer."""

import time
from pathlib import Path
from typing import Any

from console.routing.decision import Decision
from console.routing.facts import Facts, draw_facts
from console.routing.router import Router
from console.table.load import parse_table
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    OutcomeRow,
    RequestRow,
    TableVersionRow,
)
from console.traffic.writer import LogWriter

TABLE = """\
version: 1
name: desk
default: general
providers: {acorn: {base_url: "https://acorn.example/v1"}}
models:
  mini: {provider: acorn, usd_per_million: {input: 1, output: 2}}
  pro: {provider: acorn}
tasks: {triage: {route: small}}
routes:
  general: {model: pro}
  small: {model: mini, fallbacks: [pro]}
rules:
  - id: money
    because: Money needs care.
    when: {prompt: refund}
    route: general
  - id: long
    because: The small model forgets.
    when: {input_tokens: {min: 1000}}
    route: general
"""
NOON = 1_795_435_200.0
"""2026-11-23T12:00:00Z."""


class TrafficLog:
    """Writes requests one after another; what is said to be added is on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.table_path = path.with_name("desk.yaml")
        self.table_path.write_text(TABLE)
        table = parse_table(TABLE).table
        assert table is not None
        self.table = table
        self.router = Router(table)
        self._writer = LogWriter(path, interval_s=0.002)
        self._count = 0
        self._writer.table_served(TableVersionRow(table.version, NOON, None, None, TABLE))
        self.flush()

    def add(self, count: int = 1, **fields: Any) -> list[RequestRow]:
        """Add requests that have ended."""
        rows = [self._begin(fields) for _ in range(count)]
        for row in rows:
            self._finish(row, fields)
        self.flush()
        return rows

    def add_quietly(self, **fields: Any) -> RequestRow:
        """Add a request that has ended, without waiting for the disk: `flush` does."""
        row = self._begin(fields)
        self._finish(row, fields)
        return row

    def begin(self, **fields: Any) -> RequestRow:
        """Add a request in flight."""
        row = self._begin(fields)
        self.flush()
        return row

    def end(self, row: RequestRow, **fields: Any) -> None:
        """End a request in flight."""
        self._finish(row, fields)
        self.flush()

    def beat(self, at: float | None = None, **fields: Any) -> None:
        """Let a gateway be heard of."""
        now = time.time() if at is None else at
        given = {
            "gateway_id": "g1",
            "pid": 7,
            "host": "here",
            "address": "127.0.0.1:8484",
            "started_ts": now - 60,
            "heartbeat_ts": now,
            "table_name": "desk",
            "table_version": self.table.version,
            "table_since_ts": now - 60,
            **fields,
        }
        self._writer.heartbeat(GatewayRow(**given))
        self.flush()

    def serve(self, version: TableVersionRow) -> None:
        """Let a version of the table come into service."""
        self._writer.table_served(version)
        self.flush()

    def outcome(self, request_id: str, name: str, score: float) -> None:
        """Let somebody say how good an answer was."""
        self._writer.outcome(OutcomeRow(request_id, time.time(), name, score))
        self.flush()

    def flush(self) -> None:
        assert self._writer.flush()

    def close(self) -> None:
        self._writer.close()

    def _begin(self, fields: dict[str, Any]) -> RequestRow:
        self._count += 1
        number = self._count
        prompt = fields.get("prompt_preview") or f"question {number}: may I have a refund?"
        body = {"model": "auto", "messages": [{"role": "user", "content": prompt}]}
        facts = draw_facts(body, {}, "web")
        decision = self.router.decide(facts)
        row = RequestRow(
            f"req-{number:06d}",
            NOON + number,
            self.table.version,
            decision.reason,
            client="web",
            task=decision.task,
            request_model="auto",
            route=decision.route,
            rule_id=decision.rule,
            prompt_preview=prompt,
        )
        _set(row, fields, RequestRow.__struct_fields__)
        row.status = "in_flight"
        self._write_begin(row, facts, decision, prompt)
        return row

    def _write_begin(self, row: RequestRow, facts: Facts, decision: Decision, prompt: str) -> None:
        kept = FactsRow(
            row.request_id,
            facts.task,
            facts.model,
            facts.client,
            facts.tags,
            facts.input_tokens,
            facts.max_output_tokens,
            facts.turns,
            facts.hidden_chars,
            facts.tools,
            facts.images,
            facts.audio,
            facts.stream,
            facts.response_format,
        )
        texts = BodyRow(row.request_id, prompt=prompt, system="", conversation=prompt)
        self._writer.begin(row, kept, decision, lambda: self.router.explain(facts, decision), texts)

    def _finish(self, row: RequestRow, fields: dict[str, Any]) -> None:
        row.status = "ok"
        row.http_status, row.duration_ms, row.n_attempts = 200, 1234.0, 1
        row.input_tokens, row.output_tokens, row.usage_source = 1200, 34, "provider"
        row.response_model, row.provider_name = "pro", "acorn"
        _set(row, fields, RequestRow.__struct_fields__)
        names = AttemptRow.__struct_fields__
        given: dict[str, Any] = {"provider_name": "acorn", "model": "pro", "kind": "primary"}
        given |= {key: fields[f"attempt_{key}"] for key in names if f"attempt_{key}" in fields}
        attempt = AttemptRow(
            row.request_id, 1, ts_start=row.ts_start + 0.01, duration_ms=1200.0, **given
        )
        self._writer.attempt(attempt)
        self._writer.finish(row)


def _set(row: RequestRow, fields: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in fields:
            setattr(row, name, fields[name])
