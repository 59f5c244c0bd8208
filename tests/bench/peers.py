"""Other gateways before the same provider, for comparison; installed apart, their paths given."""

import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.bench.server_process import ServerProcess
from tests.bench.wrk import Load, run_wrk

_LITELLM_KEY = ("authorization", "Bearer sk-for-this-bench-alone-and-on-loopback-only")


@dataclass(frozen=True)
class Peers:
    """Where they are: LiteLLM's command `litellm`, and Portkey's `build/start-server.js`."""

    litellm: Path | None = None
    portkey: Path | None = None


@dataclass(frozen=True)
class PeerLoad:
    """What a peer carried at 16 at a time, what it adds one at a time, and the goal against it."""

    name: str
    goal: float
    load: Load
    added: str


def measure_peers(
    peers: Peers, base_url: str, body: bytes, seconds: float, core: int
) -> list[PeerLoad]:
    """Measure each peer that is there, pinned to `core` as our own gateway is."""
    found = []
    if peers.litellm is not None:
        with _litellm(peers.litellm, base_url, core) as url:
            found.append(_measured("LiteLLM's proxy", 15, url, body, seconds, [_LITELLM_KEY]))
    if peers.portkey is not None:
        headers = [
            ("x-portkey-provider", "openai"),
            ("x-portkey-custom-host", base_url),
            ("authorization", "Bearer none"),
        ]
        with _portkey(peers.portkey, core) as url:
            found.append(_measured("Portkey", 2, url, body, seconds, headers))
    return found


def _measured(
    name: str,
    goal: float,
    url: str,
    body: bytes,
    seconds: float,
    headers: Sequence[tuple[str, str]],
) -> PeerLoad:
    runs = [
        run_wrk(url, body, connections=connections, seconds=seconds, core=0, headers=headers)
        for connections in (16, 1, 16)
    ]
    return PeerLoad(name, goal, runs[2], f"one at a time {runs[1].p50:.2f} ms")


@contextmanager
def _litellm(command: Path, base_url: str, core: int) -> Iterator[str]:
    port = _free_port()
    upstream = {"model": "openai/bench-upstream", "api_base": base_url, "api_key": "none"}
    config = {"model_list": [{"model_name": "auto", "litellm_params": upstream}]}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "litellm.yaml"
        file.write_text(yaml.safe_dump(config))
        start = [str(command), "--config", str(file), "--port", str(port), "--host", "127.0.0.1"]
        environment = {
            **os.environ,
            # Its price list is looked for on the network unless it is told not to.
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            # Without a key it refuses to start.
            "LITELLM_MASTER_KEY": _LITELLM_KEY[1].removeprefix("Bearer "),
        }
        environment["PATH"] = f"{command.parent}:{os.environ.get('PATH', '')}"
        log = Path(folder) / "output"
        with ServerProcess(start, core=core, environment=environment, log=log) as server:
            server.answers_at(port, "/health/liveliness")
            yield f"http://127.0.0.1:{port}/v1/chat/completions"


@contextmanager
def _portkey(script: Path, core: int) -> Iterator[str]:
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        start = ["node", str(script), f"--port={port}", "--headless"]
        # A provider on loopback is refused unless it is named as trusted.
        environment = {**os.environ, "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost"}
        log = Path(folder) / "output"
        with ServerProcess(start, core=core, environment=environment, log=log) as server:
            server.answers_at(port, "/")
            yield f"http://127.0.0.1:{port}/v1/chat/completions"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
