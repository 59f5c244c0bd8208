"""Makes a traffic log as a busy day leaves it: for benchmarks, and for looking at the screens.

    python -m tests.bench.make_log OUT ROWS [--seed N] [--table TABLE] [--trace CSV]

Routes, rules, models and prices are those of a routing table, the demo's where none is named, and
every decision is made by the router on facts that are in the log; so deciding the log again gives
what is recorded. What happens after a decision is drawn from a seed: latencies, failures that come
in storms, fallbacks, escalations, clients that leave. With a trace of real calls, their lengths in
tokens and when they came within the hour are those of the trace, over and over.
"""

import argparse
import copy
import math
import sys
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from random import Random

import msgspec

from console.demo.problem import DemoProblem
from console.demo.trace import TracedCall, read_trace
from console.routing.cost import estimated_cost
from console.routing.decision import Decision
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import parse_table, read_table
from console.table.model import Table, When
from console.traffic.bulk import RecordedRequest, append
from console.traffic.problem import LogProblem
from console.traffic.recorded_decision import BriefExplanation, brief
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    RequestRow,
    TableVersionRow,
)

REQUESTS_PER_S = 1.5
"""On average over a day, at which 100,000 rows are 18 hours."""

DAY_S = 86_400.0
DAY_WAVE = 0.6
"""How far the busiest and the quietest hour are from the average, as a share of it."""

GATEWAY = "3f9d1c07a2b4"
"""Which gateway served all of it."""

KINDS = 3_000
"""Different requests; a log repeats them, as clients repeat theirs."""

STORM_S = 1_800.0
"""Providers fail in stretches of this length, most of them calm."""

AIMED_AT_A_RULE = 0.4
"""Share of the requests made to fit some rule; the router says whether they do."""

CLIENTS = ("shop", "inbox", "warehouse", "nightly-batch", "reports", "ide", "intern-laptop")
SUBJECTS = ("invoice", "delivery note", "refund", "contract", "login error", "shed", "timetable")
ASKS = (
    "Summarise the {} for the team and name what is missing.",
    "Why was the {} rejected? Answer in two sentences.",
    "Translate this {} into Dutch, names untouched: it arrived on Tuesday.",
    "Write a polite answer about the {} to a customer who waited for a week.",
    "Extract date, number and total from the {} below.\nNo. 48211, 12 March, 340.50 EUR",
    "Was steht in dem {} über die Kündigungsfrist? Bitte kurz.",
    "Fix the test that fails since the {} has a second page: IndexError in parse().",
)
FAILURES: dict[str, int | None] = {
    "rate_limited": 429,
    "upstream_5xx": 503,
    "timeout": None,
    "connection_reset": None,
}
REFUSED = "upstream_4xx"
"""A request the provider will not have: no other is asked, the client is told."""


class Kind(msgspec.Struct):
    """A request as clients send it again and again, and how it is decided.

    `output_tokens` are those of the traced call it was made of; None: each answer has its own.

    `row` and `facts_row` lack their id, and `row` what differs from one sending to the next.
    """

    facts: Facts
    decision: Decision
    explanation: BriefExplanation
    row: RequestRow
    facts_row: FactsRow
    output_tokens: int | None = None


def make_log(
    path: Path,
    rows: int,
    seed: int = 0,
    *,
    table: Table | None = None,
    table_text: str | None = None,
    until_ts: float | None = None,
    trace: Sequence[TracedCall] = (),
) -> None:
    """Add `rows` requests to the log at `path`, the last of them just before `until_ts` (now).

    The same seed, table and `until_ts` give the same rows. Without `table` the demo's is used;
    `table_text` is what the log keeps as its text. Raises LogProblem.
    """
    if table is None:
        table_text = _demo_text()
        table = _checked(table_text)
    until = time.time() if until_ts is None else until_ts
    traffic = Traffic(table, Random(seed), rows, until, trace)
    began = until - rows / REQUESTS_PER_S
    append(
        path,
        traffic.requests(),
        gateways=[_gateway(table, began, until)],
        table_versions=[
            TableVersionRow(table.version, began, "platform", "first version", table_text or "")
        ],
    )


class Traffic:
    """The traffic of one log: which requests come when, and what becomes of them."""

    def __init__(
        self,
        table: Table,
        random: Random,
        rows: int,
        until: float,
        trace: Sequence[TracedCall] = (),
    ) -> None:
        self._trace = trace
        self._table = table
        self._random = random
        self._rows = rows
        self._until = until
        self._storms: dict[tuple[str, int], float] = {}
        router = Router(table)
        self._kinds = [self._kind(router) for _ in range(min(KINDS, max(rows, 1)))]

    def requests(self) -> Iterator[RecordedRequest]:
        """Yield the requests in the order they began."""
        span = self._rows / REQUESTS_PER_S
        wave = DAY_WAVE * DAY_S / math.tau
        for number in range(self._rows):
            ago = span * (1 - self._place_of(number) / self._rows)
            ts = self._until - ago + wave * math.sin(math.tau * ago / DAY_S)
            yield self._request(min(ts, self._until), self._random.choice(self._kinds))

    def _place_of(self, number: int) -> float:
        """Return where in the span of all rows a request lies, in rows."""
        if not self._trace:
            return number + self._random.random()
        round_, call = divmod(number, len(self._trace))
        before = round_ * len(self._trace)
        calls = min(len(self._trace), self._rows - before)
        whole_s = self._trace[calls - 1].at_s or 1.0
        return before + calls * self._trace[call].at_s / whole_s

    def _kind(self, router: Router) -> Kind:
        call = self._random.choice(self._trace) if self._trace else None
        facts = self._facts()
        if call is not None:
            facts = msgspec.structs.replace(facts, input_tokens=call.input_tokens)
        decision = router.decide(facts, at=self._until)
        explanation = brief(router.explain(facts, decision))
        bucket = router.rollout_bucket(decision, facts)
        row = _row_of(facts, decision, bucket)
        output_tokens = None if call is None else call.output_tokens
        return Kind(facts, decision, explanation, row, _facts_row("", facts), output_tokens)

    def _facts(self) -> Facts:
        random = self._random
        prompt = random.choice(ASKS).format(random.choice(SUBJECTS))
        facts = Facts(
            task=random.choice([*self._table.tasks, None]),
            model="auto",
            client=random.choice(CLIENTS),
            tags={"team": random.choice(("support", "documents", "platform"))},
            prompt=prompt,
            conversation=prompt,
            input_tokens=len(prompt.encode()) // 4 + int(random.lognormvariate(6.5, 1.3)),
            max_output_tokens=random.choice((None, None, 256, 1024)),
            turns=1 + int(random.expovariate(0.7)),
            stream=random.random() < 0.6,
            tools=random.random() < 0.1,
            response_format=random.choice(("text", "text", "json_object", "json_schema")),
        )
        if self._table.rules and random.random() < AIMED_AT_A_RULE:
            facts = aimed(facts, random.choice(self._table.rules).when, random)
        return facts

    def _request(self, ts: float, kind: Kind) -> RecordedRequest:
        row, facts_row = copy.copy(kind.row), copy.copy(kind.facts_row)
        row.request_id = facts_row.request_id = _uuid7(ts, self._random)
        row.ts_start = ts
        if kind.facts.turns > 1:
            row.conversation_id = f"conv-{self._random.getrandbits(20):05x}"
        begun = copy.copy(row)
        attempts = self._attempts(row, kind)
        if row.ts_start + (row.duration_ms or 0) / 1000 > self._until:
            row, attempts = begun, []
        body = BodyRow(row.request_id, prompt=kind.facts.prompt)
        return RecordedRequest(row, facts_row, kind.decision, kind.explanation, attempts, body)

    def _attempts(self, row: RequestRow, kind: Kind) -> list[AttemptRow]:
        """Play what the gateway does with the request; completes `row`."""
        attempts: list[AttemptRow] = []
        row.gateway_overhead_ms = self._random.lognormvariate(0, 0.5)
        elapsed = row.gateway_overhead_ms
        models = [target.model for target in kind.decision.targets if target.eligible]
        route = self._table.routes.get(kind.decision.route or "")
        escalates = route is not None and route.escalate is not None and route.escalate.on
        if route and escalates and self._random.random() < 0.04:
            row.escalated = True
            row.escalation_reason = self._random.choice(escalates)
            models.insert(1, self._table.routes[route.escalate.to].model)  # type: ignore[union-attr]
        for place, model in enumerate(models):
            attempt = self._attempt(row, kind, model, elapsed, len(attempts) + 1)
            attempts.append(attempt)
            attempt.kind = "primary" if place == 0 else "fallback"
            elapsed += attempt.duration_ms or 0
            if row.escalated and place == 0:
                attempt.why_next = f"escalation_after_{row.escalation_reason}"
            elif attempt.error_type in FAILURES and place + 1 < len(models):
                attempt.why_next = f"fallback_after_{attempt.error_type}"
            else:
                break
        if row.escalated and len(attempts) > 1:
            attempts[1].kind = "escalation"
        row.duration_ms = elapsed
        row.n_attempts = len(attempts)
        row.n_fallbacks = sum(attempt.kind == "fallback" for attempt in attempts)
        self._end(row, attempts)
        return attempts

    def _attempt(
        self, row: RequestRow, kind: Kind, model: str, elapsed: float, number: int
    ) -> AttemptRow:
        random, facts = self._random, kind.facts
        provider = self._table.models[model].provider
        began = row.ts_start + elapsed / 1000
        attempt = AttemptRow(row.request_id, number, "primary", provider, model, began)
        if random.random() < self._failure_rate(provider, row.ts_start):
            attempt.error_type = random.choice(tuple(FAILURES))
            attempt.http_status = FAILURES[attempt.error_type]
            timed_out = attempt.error_type == "timeout"
            attempt.duration_ms = 20_000.0 if timed_out else random.lognormvariate(5, 0.6)
            attempt.retry_after_s = 2.0 if attempt.http_status == 429 else None
            return attempt
        if random.random() < 0.008:
            attempt.error_type, attempt.http_status, attempt.duration_ms = REFUSED, 400, 85.0
            return attempt
        slowness = 1 + hash_of(model) % 5
        attempt.http_status = 200
        attempt.output_tokens = kind.output_tokens or 1 + int(random.lognormvariate(4.5, 1.0))
        attempt.input_tokens = facts.input_tokens
        first = 120 * slowness * random.lognormvariate(0, 0.4)
        attempt.duration_ms = first + attempt.output_tokens * 4 * slowness
        attempt.time_to_first_chunk_ms = first if facts.stream else None
        price = self._table.models[model].usd_per_million
        attempt.cost_usd = estimated_cost(price, attempt.input_tokens, attempt.output_tokens)
        return attempt

    def _end(self, row: RequestRow, attempts: list[AttemptRow]) -> None:
        last = attempts[-1] if attempts else None
        if last is None:
            row.status, row.http_status, row.error_type = "error", 503, "no_eligible_target"
            return
        row.http_status, row.error_type = last.http_status, last.error_type
        if last.error_type is not None:
            row.status, row.http_status = "error", last.http_status or 502
            return
        row.provider_name, row.response_model = last.provider_name, last.model
        row.input_tokens, row.output_tokens = last.input_tokens, last.output_tokens
        row.usage_source, row.cost_usd = "provider", last.cost_usd
        row.cost_source = None if last.cost_usd is None else "table"
        row.finish_reason = "stop"
        if last.time_to_first_chunk_ms is not None:
            waited = last.ts_start - row.ts_start
            row.time_to_first_chunk_ms = last.time_to_first_chunk_ms + waited * 1000
            row.stream_end = "done"
        row.status = "degraded" if row.n_fallbacks or row.escalated else "ok"
        if row.stream and self._random.random() < 0.01:
            row.status, row.stream_end = "client_cancelled", "client_abort"
            row.error_type, row.finish_reason = "client_abort", None

    def _failure_rate(self, provider: str, ts: float) -> float:
        stretch = (provider, int(ts / STORM_S))
        if stretch not in self._storms:
            self._storms[stretch] = 0.5 if self._random.random() < 0.05 else 0.015
        return self._storms[stretch]


def aimed(facts: Facts, when: When, random: Random) -> Facts:
    """Return the facts changed towards what a rule asks for, as far as that is simple."""
    changes: dict[str, object] = {}
    tags = dict(facts.tags)
    for name, wanted in when.names.items():
        value = random.choice(wanted).replace("*", "x")
        if name.startswith("tags."):
            tags[name.removeprefix("tags.")] = value
        else:
            changes[name] = value
    for name, bounds in when.numbers.items():
        low = bounds.min if bounds.min is not None else 0
        high = bounds.max if bounds.max is not None else 2 * low + 100
        changes[name] = random.randint(low, high)
    changes |= when.flags
    words = [random.choice(m.contains) for m in when.texts.values() if m.contains]
    words += [phrase for m in when.texts.values() for phrase in m.contains_all]
    if words:
        changes["prompt"] = changes["conversation"] = f"{facts.prompt}\n{' '.join(words)}"
    changed = msgspec.structs.replace(facts, tags=tags, **changes)
    inner = [*when.all_of, *([random.choice(when.any_of)] if when.any_of else [])]
    for part in inner:
        changed = aimed(changed, part, random)
    return changed


@lru_cache(maxsize=KINDS)
def hash_of(text: str) -> int:
    """Return a number that is the same for the same text on every run (FNV-1a, 64 bits)."""
    number = 0xCBF29CE484222325
    for byte in text.encode():
        number = (number ^ byte) * 0x100000001B3 % 2**64
    return number


def _row_of(facts: Facts, decision: Decision, rollout_bucket: int | None) -> RequestRow:
    return RequestRow(
        request_id="",
        ts_start=0.0,
        table_version=decision.table_version,
        reason=decision.reason,
        client=facts.client,
        client_retry_count=0,
        client_timeout_s=600.0,
        task=decision.task,
        task_source=decision.task_source,
        request_model=facts.model,
        route=decision.route,
        rule_id=decision.rule,
        override_id=decision.override_id,
        rollout_bucket=rollout_bucket,
        stream=facts.stream,
        prompt_hash=f"{hash_of(facts.prompt):016x}",
        prompt_preview=facts.prompt,
        gateway_id=GATEWAY,
    )


def _facts_row(request_id: str, facts: Facts) -> FactsRow:
    shared = {name: getattr(facts, name) for name in FactsRow.__struct_fields__[1:]}
    return FactsRow(request_id=request_id, **shared)


def _gateway(table: Table, began: float, until: float) -> GatewayRow:
    return GatewayRow(
        gateway_id=GATEWAY,
        pid=1,
        host="localhost",
        address="127.0.0.1:8484",
        started_ts=began,
        heartbeat_ts=until,
        table_name=table.name,
        table_version=table.version,
        table_since_ts=began,
    )


def _uuid7(ts: float, random: Random) -> str:
    value = int(ts * 1000) << 80 | 0x7 << 76 | 0b10 << 62
    value |= random.getrandbits(12) << 64 | random.getrandbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def demo_table() -> Table:
    """Return the table of the demo."""
    return _checked(_demo_text())


def _demo_text() -> str:
    return resources.files("console.demo").joinpath("table.yaml").read_text("utf-8")


def _checked(text: str) -> Table:
    table = parse_table(text).table
    if table is None:
        raise ValueError("the table has problems; route-console check tells them")
    return table


def main() -> int:
    """Make the log the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description="Make a traffic log of made-up requests.")
    parser.add_argument("out", type=Path)
    parser.add_argument("rows", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", type=Path, help="the table to route by (default: the demo's)")
    parser.add_argument("--trace", type=Path, help="real calls whose lengths and times to take")
    asked = parser.parse_args()
    table = text = None
    try:
        if asked.table is not None:
            text = read_table(asked.table).text
            table = _checked(text)
        trace = () if asked.trace is None else read_trace(asked.trace)
        make_log(asked.out, asked.rows, asked.seed, table=table, table_text=text, trace=trace)
    except (LogProblem, DemoProblem) as found:
        print(found, file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"cannot make the log: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
