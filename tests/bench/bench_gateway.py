"""What the gateway adds to a request, and what it carries: on one core, logging into a real log.

The provider and the load run on the other core. Needs `wrk`; says so where it is absent.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.first_chunk import first_chunk_ms
from tests.bench.peers import Peers, measure_peers
from tests.bench.report import Row
from tests.bench.server_process import (
    ServerProcess,
    bare_proxy,
    fast_provider,
    gateway,
    url_in,
)
from tests.bench.tables import body_of, prompt_of, table_text
from tests.bench.wrk import Load, is_here, run_wrk

RULES = 50
PROMPT_CHARACTERS = 500
STREAMS_EACH = 50
SERVER_CORE, LOAD_CORE = 1, 0


@dataclass(frozen=True)
class Plan:
    """How much is measured: seconds a run, requests until memory is read again, and which peers."""

    seconds: float = 8.0
    requests: int = 200_000
    peers: Peers = field(default_factory=Peers)


def measure(plan: Plan) -> list[Row]:
    if not is_here() or shutil.which("taskset") is None or (os.cpu_count() or 1) < 2:
        print("gateway: skipped; it takes `wrk`, `taskset` and two cores.", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder, fast_provider(LOAD_CORE) as provider:
        base_url = f"http://127.0.0.1:{provider.first_line()}/v1"
        table = Path(folder) / "bench.yaml"
        table.write_text(table_text(RULES).replace("https://one.example/v1", base_url))
        with gateway(table, Path(folder) / "traffic.sqlite", SERVER_CORE) as server:
            bench = _Bench(plan, base_url, server, url_in(server.first_line()))
            rows = [*bench.whole(), *bench.streamed(), *bench.memory(), bench.log()]
        rows += bench.against_bare_proxy()
        peers = measure_peers(plan.peers, base_url, bench.body, plan.seconds, SERVER_CORE)
    ours = bench.at_16.per_second
    return rows + [
        Row(
            f"… of {peer.name} at 16 at a time",
            f"≥ {peer.goal:g}× its throughput",
            f"{peer.load.per_second:,.0f}/s: {ours / peer.load.per_second:.2f}×; {peer.added}",
            _sample(peer.load),
        )
        for peer in peers
    ]


class _Bench:
    """One gateway, measured from several sides; `at_16` is what its peers are compared with."""

    def __init__(self, plan: Plan, base_url: str, server: ServerProcess, url: str) -> None:
        self._plan = plan
        self._server = server
        self._url = url
        self._address = f"{url}/v1/chat/completions"
        self._direct = f"{base_url}/chat/completions"
        body = {**body_of(prompt_of(PROMPT_CHARACTERS)), "stream": False}
        self.body = json.dumps(body).encode()
        self._stream_body = json.dumps({**body, "stream": True}).encode()
        self.at_16 = self._run(self._address, 16, seconds=min(2.0, plan.seconds))  # warms up
        self.streams = self.at_16

    def whole(self) -> list[Row]:
        direct, alone = self._run(self._direct, 1), self._run(self._address, 1)
        self.at_16 = self._run(self._address, 16)
        at_64 = self._run(self._address, 64)
        added = f"{alone.p50 - direct.p50:.2f} ms ({alone.p50:.2f} against {direct.p50:.2f} direct)"
        return [
            Row("added latency, one at a time, p50", "≤ 0.7 ms", added, _sample(alone)),
            _throughput("throughput, 16 at a time", "≥ 2,200/s", self.at_16),
            _throughput("… 64 at a time", "≥ 2,200/s, p99 ≤ 60 ms", at_64),
        ]

    def streamed(self) -> list[Row]:
        direct, ours = (self._first_chunk(url) for url in (self._direct, self._address))
        self.streams = streams = self._run(self._address, 8, body=self._stream_body)
        first = f"{ours - direct:.2f} ms ({ours:.2f} against {direct:.2f} direct), median"
        return [
            Row(
                "time to first chunk, added, 8 streams at a time",
                "≤ 5 ms",
                first,
                f"{8 * STREAMS_EACH} streams",
            ),
            _throughput("streams of 50 chunks, 8 at a time", "≥ 1,000/s", streams),
        ]

    def memory(self) -> list[Row]:
        self._run(self._address, 64)
        before, sent = self._server.resident_mb, 0
        while sent < self._plan.requests:
            sent += self._run(self._address, 64).requests
        after = self._server.resident_mb
        return [
            Row("resident memory, 64 at a time", "≤ 90 MB", f"{before:.0f} MB", "1 reading"),
            Row("… and after more of the same", "flat", f"{after:.0f} MB", f"{sent:,} requests"),
        ]

    def log(self) -> Row:
        with urllib.request.urlopen(f"{self._url}/healthz", timeout=10) as answer:
            log = json.load(answer)["log"]
        told = f"{log['lost']} lost, {log['pending']} pending, problem: {log['problem']}"
        return Row("records the log did not take meanwhile", "none lost", told, "all of the above")

    def against_bare_proxy(self) -> list[Row]:
        """Measure the same libraries with nothing between them: what this machine allows."""
        with bare_proxy(self._direct, SERVER_CORE) as proxy:
            url = f"{proxy.first_line()}/"
            self._run(url, 16)
            whole = self._run(url, 16)
            streams = self._run(url, 8, body=self._stream_body)
            first = self._first_chunk(url)
        what, reach = "a bare pass-through on the same libraries", "for orientation"
        share = self.at_16.per_second / whole.per_second
        streamed = self.streams.per_second / streams.per_second
        carried = f"{whole.per_second:,.0f}/s: the gateway carries {share:.0%} of it"
        told = (
            f"{streams.per_second:,.0f}/s: the gateway {streamed:.0%}; first chunk {first:.2f} ms"
        )
        return [
            Row(f"{what}, 16 at a time", reach, carried, _sample(whole)),
            Row("… its streams of 50 chunks, 8 at a time", reach, told, _sample(streams)),
        ]

    def _first_chunk(self, url: str) -> float:
        times = first_chunk_ms(url, self._stream_body, concurrent=8, each=STREAMS_EACH)
        return statistics.median(times)

    def _run(
        self,
        url: str,
        connections: int,
        *,
        seconds: float | None = None,
        body: bytes | None = None,
    ) -> Load:
        return run_wrk(
            url,
            body or self.body,
            connections=connections,
            seconds=seconds or self._plan.seconds,
            core=LOAD_CORE,
        )


def _throughput(what: str, reach: str, load: Load) -> Row:
    measured = f"{load.per_second:,.0f}/s, p50 {load.p50:.1f} ms, p99 {load.p99:.1f} ms"
    return Row(what, reach, measured, _sample(load))


def _sample(load: Load) -> str:
    return f"{load.requests:,} requests"
