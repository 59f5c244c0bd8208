"""Keeps a gateway under load with faults of every kind and holds its log against its clients:
`python -m tests.bench.soak --minutes 10 --rate 300`. Exits with 1 where they disagree on a request.
"""

import argparse
import asyncio
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import aiohttp
import yaml

from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from tests.bench.faulty_provider import SLOW_TASK, FaultyProvider
from tests.bench.server_process import gateway, url_in
from tests.bench.tables import body_of, prompt_of

ABORTS = 0.005
REFUSED = 0.005
"""The share sent to a provider that takes no connections first."""

MODELS = 12
"""Enough that some always serve: one that is left alone for seconds is nothing unusual here."""

Seen = dict[str, str]
"""How each request ended for its client, by request id."""


class Client:
    """Sends requests at a rate whatever becomes of them, and notes the end of every one."""

    def __init__(self, url: str, seed: int) -> None:
        self._url = f"{url}/v1/chat/completions"
        self._chance = random.Random(seed)
        self._prompts = [prompt_of(500, seed) for seed in range(50)]
        self.seen: Seen = {}
        self.unanswered: Counter[str] = Counter()
        """Requests that ended without so much as a request id."""

    async def send_for(self, seconds: float, rate: float) -> int:
        """Send for that long; return how many were sent, once the last has ended."""
        timeout, connector = aiohttp.ClientTimeout(total=60), aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            running: set[asyncio.Task[None]] = set()
            sent, start = 0, time.monotonic()
            while (now := time.monotonic() - start) < seconds:
                while sent < now * rate:
                    task = asyncio.create_task(self._one(session))
                    running.add(task)
                    task.add_done_callback(running.discard)
                    sent += 1
                await asyncio.sleep(0.002)
            await asyncio.gather(*running)
        return sent

    async def _one(self, session: aiohttp.ClientSession) -> None:
        chance, request_id = self._chance, None
        aborts = chance.random() < ABORTS
        is_stream = aborts or chance.random() < 0.5
        body = {**body_of(chance.choice(self._prompts)), "stream": is_stream}
        task = "refused" if chance.random() < REFUSED else f"task-{chance.randrange(MODELS)}"
        body["metadata"] = {"task": SLOW_TASK if aborts else task}
        try:
            async with session.post(self._url, json=body) as answer:
                request_id = answer.headers["x-request-id"]
                if aborts and answer.status == 200:
                    await answer.content.readany()
                    answer.close()
                    self.seen[request_id] = "left"
                else:
                    self.seen[request_id] = _end(answer.status, await answer.read(), is_stream)
        except (aiohttp.ClientError, TimeoutError) as error:
            if request_id is None:
                self.unanswered[type(error).__name__] += 1
            else:
                self.seen[request_id] = f"broken off: {type(error).__name__}"


def _end(status: int, body: bytes, is_stream: bool) -> str:
    if status != 200:
        return f"error {status}"
    if not is_stream:
        return "ok"
    # An error that comes after the stream has begun is told in an event of its own.
    if b'data: {"error"' in body:
        return "error 200"
    return "ok" if body.endswith(b"data: [DONE]\n\n") else "cut off"


def end_in_log(row: RequestRow) -> str:
    """Return how a request ended by the log, in the words for how it ended for its client."""
    if row.status in ("ok", "degraded"):
        return "ok"
    return "left" if row.status == "client_cancelled" else f"{row.status} {row.http_status}"


def disagreements(seen: Seen, rows: dict[str, RequestRow]) -> list[str]:
    """Return a line for each request on which client and log differ, or that one of them lacks.

    A client that leaves while the last of its answer is on the way has had all of it sent.
    """
    found = [f"{i}: not in the log, {seen[i]} for its client" for i in seen.keys() - rows.keys()]
    found += [f"{i}: unknown to the client, {rows[i].status}" for i in rows.keys() - seen.keys()]
    for request_id in seen.keys() & rows.keys():
        client, log = seen[request_id], end_in_log(rows[request_id])
        if client != log and (client, log) != ("left", "ok"):
            found.append(f"{request_id}: {client} for its client, {log} in the log")
    return found


def _rows(log: Path) -> dict[str, RequestRow]:
    reader = LogReader(log)
    try:
        rows: dict[str, RequestRow] = {}
        seq = 0
        while page := reader.after(seq, 5_000):
            rows.update((row.request_id, row) for row in page)
            seq = page[-1].seq or seq
        return rows
    finally:
        reader.close()


def _table(url: str) -> str:
    # A port that was free a moment ago takes no connections.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        closed = held.getsockname()[1]
    models = {f"model-{i}": {"provider": "faulty"} for i in range(MODELS)}
    models["nobody"] = {"provider": "closed"}
    patience = {"timeout_s": 3, "first_chunk_timeout_s": 1.5, "retries": 1}
    routes = {
        f"route-{i}": {"model": f"model-{i}", "fallbacks": [f"model-{(i + 1) % MODELS}"]}
        for i in range(MODELS)
    }
    routes["refused"] = {"model": "nobody", "fallbacks": ["model-0"]}
    return yaml.safe_dump(
        {
            "version": 1,
            "name": "soak",
            "default": "route-0",
            "providers": {
                "faulty": {"base_url": url},
                "closed": {"base_url": f"http://127.0.0.1:{closed}/v1"},
            },
            "models": models,
            "tasks": {
                "refused": {"route": "refused"},
                **{f"task-{i}": {"route": f"route-{i}"} for i in range(MODELS)},
            },
            "routes": {name: {**route, **patience} for name, route in routes.items()},
        },
        sort_keys=False,
    )


async def soak(minutes: float, rate: float, faults: float, seed: int) -> list[str]:
    """Run a soak, print what became of the requests, and return the disagreements."""
    with tempfile.TemporaryDirectory() as folder:
        table, log = Path(folder) / "soak.yaml", Path(folder) / "traffic.sqlite"
        async with FaultyProvider(faults, seed) as provider:
            table.write_text(_table(provider.url))
            with gateway(table, log, core=None) as server:
                client = Client(url_in(server.first_line()), seed)
                sent = await client.send_for(minutes * 60, rate)
                memory = server.resident_mb
            await asyncio.sleep(0.2)  # lets the provider see that its connections are closed
        # The gateway was stopped by SIGTERM: what it still held is on disk now.
        rows = _rows(log)
    print(f"{sent:,} requests sent, {len(rows):,} in the log; gateway {memory:.0f} MB resident")
    print("for clients:", dict(Counter(client.seen.values()).most_common()))
    print("in the log:", dict(Counter(map(end_in_log, rows.values())).most_common()))
    print("saved by another attempt:", sum(row.status == "degraded" for row in rows.values()))
    print("faults played:", dict(sorted(provider.played.items())))
    unanswered = [f"{count} × {kind}: unanswered" for kind, count in client.unanswered.items()]
    return unanswered + disagreements(client.seen, rows)


def main() -> int:
    """Soak as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=300.0, help="requests a second")
    parser.add_argument("--faults", type=float, default=0.05, help="share of faulty answers")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = asyncio.run(soak(options.minutes, options.rate, options.faults, options.seed))
    print(f"{len(found)} disagreements")
    for line in found[:20]:
        print(f"  {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
