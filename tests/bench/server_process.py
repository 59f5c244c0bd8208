"""Servers under measurement: processes on one core, started, asked for their memory, and ended."""

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.wrk import on_core

STARTED_WITHIN_S = 90.0
"""LiteLLM's proxy takes half a minute on a slow machine."""

_ANY_URL = re.compile(r"http://[\w.:\[\]]+")


class ServerProcess:
    """`with ServerProcess(command, core=1) as server:` ends it again, whatever happens."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        core: int | None,
        environment: dict[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self._command = [*on_core(core), *command]
        self._environment = environment
        self._log = log

    def __enter__(self) -> Self:
        told = subprocess.PIPE if self._log is None else self._log.open("w")
        self.process = subprocess.Popen(
            self._command,
            stdout=told,
            stderr=subprocess.STDOUT if self._log else None,
            text=True,
            env=self._environment,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def first_line(self) -> str:
        """Return the first line it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{self._command} ended without a word")
        return line

    def answers_at(self, port: int, path: str) -> None:
        """Wait until it answers at all."""
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline and self.process.poll() is None:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            try:
                connection.request("GET", path)
                connection.getresponse().read()
            except OSError:
                time.sleep(0.2)
            else:
                return
            finally:
                connection.close()
        raise RuntimeError(f"{self._command} does not answer on port {port}")

    @property
    def resident_mb(self) -> float:
        """Resident memory now, in MB of 1024 KiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        resident = next(line for line in lines if line.startswith("VmRSS"))
        return int(resident.split()[1]) / 1024


def fast_provider(core: int | None) -> ServerProcess:
    """Return the provider that answers at once; its first line is its port."""
    return ServerProcess([sys.executable, "-m", "tests.bench.fast_upstream"], core=core)


def bare_proxy(provider_url: str, core: int | None) -> ServerProcess:
    """Return the pass-through to one URL; its first line is its address."""
    command = [sys.executable, "-m", "tests.bench.bare_proxy", provider_url]
    return ServerProcess(command, core=core)


def gateway(table: Path, log: Path, core: int | None) -> ServerProcess:
    """Return this project's gateway on any free port; its first line holds its address."""
    serve = ["-m", "console", "serve", "--table", str(table), "--log", str(log), "--port", "0"]
    return ServerProcess([sys.executable, *serve], core=core)


def url_in(line: str) -> str:
    """Return the first address named in a line, without its path."""
    found = _ANY_URL.search(line)
    if found is None:
        raise RuntimeError(f"no address in {line!r}")
    return found[0].rstrip(":")
