"""A log of requests that a table really decided, for what is decided again."""

from pathlib import Path

from console.routing.facts import Facts, draw_facts
from console.routing.router import Router
from console.table.load import parse_table
from console.traffic.records import BodyRow, FactsRow, RequestRow, TableVersionRow
from console.traffic.writer import LogWriter
from tests.traffic.building import NOON

TABLE = """\
version: 1
name: desk
default: small
providers:
  acorn: {base_url: https://acorn.example/v1}
  birch: {base_url: https://birch.example/v1}
models:
  mini: {provider: acorn, context_tokens: 1000, usd_per_million: {input: 1, output: 2}}
  pro: {provider: birch, usd_per_million: {input: 10, output: 20}}
  dark: {provider: birch}
routes:
  small: {model: mini, fallbacks: [pro]}
  large: {model: pro}
  hidden: {model: dark}
rules:
  - id: money
    because: Money needs care.
    when: {prompt: refund}
    route: large
"""


def router(text: str = TABLE) -> Router:
    table = parse_table(text).table
    assert table is not None
    return Router(table)


def facts(prompt: str) -> Facts:
    return draw_facts(
        {"model": "auto", "messages": [{"role": "user", "content": prompt}]}, {}, "web"
    )


class MadeLog:
    """Requests decided by a router and logged; each costs 100 tokens in and 10 out."""

    def __init__(self, path: Path, text: str = TABLE, ts: float = NOON) -> None:
        self.path = path
        self._writer = LogWriter(path)
        self._ts = ts
        self._count = 0
        self.serve(text)

    def serve(self, text: str, author: str | None = None, because: str | None = None) -> None:
        """Put a table into service from now on."""
        self.router = router(text)
        version = self.router.table.version
        self._writer.table_served(TableVersionRow(version, self._ts, author, because, text))
        self._ts += 60

    def add(
        self,
        prompt: str,
        *,
        capture: bool = True,
        facts_kept: bool = True,
        cost_usd: float | None = None,
    ) -> str:
        """Log one request; return its id."""
        self._count += 1
        self._ts += 1
        drawn = facts(prompt)
        decision = self.router.decide(drawn)
        request_id = f"req-{self._count:04d}"
        row = RequestRow(
            request_id,
            self._ts,
            decision.table_version,
            decision.reason,
            route=decision.route,
            rule_id=decision.rule,
            response_model=decision.model,
            input_tokens=100,
            output_tokens=10,
            usage_source="provider",
            cost_usd=cost_usd,
            prompt_preview=prompt if capture else None,
        )
        kept = FactsRow(
            request_id,
            None,
            "auto",
            "web",
            {},
            drawn.input_tokens,
            None,
            1,
            0,
            False,
            False,
            False,
            False,
            "text",
        )
        texts = BodyRow(request_id, prompt=prompt, system="", conversation=prompt)
        if facts_kept:
            self._writer.begin(
                row,
                kept,
                decision,
                lambda: self.router.explain(drawn, decision),
                texts if capture else None,
            )
        row.status = "ok"
        self._writer.finish(row)
        return request_id

    def close(self) -> None:
        assert self._writer.flush()
        self._writer.close()
