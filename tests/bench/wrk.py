"""Runs `wrk` against an address and reads what it measured."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = io.open("{body}"):read("*a")
{headers}
done = function(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '\\nMEASURED {{"requests": %d, "us": %d, "failed": %d, "p50": %d, "p99": %d}}\\n',
    summary.requests, summary.duration,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Load:
    """What one run measured; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    requests: int
    failed: int


def is_here() -> bool:
    """Tell whether there is a `wrk` to run."""
    return shutil.which("wrk") is not None


def run_wrk(
    url: str,
    body: bytes,
    *,
    connections: int,
    seconds: float,
    core: int | None,
    headers: Sequence[tuple[str, str]] = (),
) -> Load:
    """Post `body` to `url` over that many connections, each sending as soon as it is answered.

    Runs on `core` where one is given. A run with failed requests measures nothing: it raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        body_file, script = Path(folder) / "body.json", Path(folder) / "post.lua"
        body_file.write_bytes(body)
        lines = [f"wrk.headers[{json.dumps(name)}] = {json.dumps(text)}" for name, text in headers]
        script.write_text(_SCRIPT.format(body=body_file, headers="\n".join(lines)))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s"]
        told = subprocess.run(
            [*on_core(core), *command, "-s", str(script), url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    [line] = [line for line in told.splitlines() if line.startswith("MEASURED ")]
    found = json.loads(line.removeprefix("MEASURED "))
    if found["failed"] or not found["requests"]:
        raise RuntimeError(f"{url}: {found['failed']} of {found['requests']} requests failed")
    return Load(
        per_second=found["requests"] / found["us"] * 1e6,
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        requests=found["requests"],
        failed=found["failed"],
    )


def on_core(core: int | None) -> list[str]:
    """Return what is put before a command to keep it on one core, where that can be done."""
    if core is None or shutil.which("taskset") is None or (os.cpu_count() or 1) < 2:
        return []
    return ["taskset", "-c", str(core)]
