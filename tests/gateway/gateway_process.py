"""A gateway in a process of its own, for tests that kill it, stop it, or read what it prints."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Self

START_S = 30.0
"""A process starts slowly on a busy machine."""

SERVE = "import sys; from console.cli import main; sys.exit(main(sys.argv[1:]))"


class GatewayProcess:
    """`async with GatewayProcess(table, log, "--durable") as gateway:`; killed at the end."""

    def __init__(self, table: Path, log: Path, *options: str, program: str = SERVE) -> None:
        where = ("--table", str(table), "--log", str(log), "--port", "0")
        self._command = (sys.executable, "-c", program, "serve", *where, *options)
        self.url = ""

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            *self._command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ,
        )
        assert self.process.stdout is not None
        self.line = (await asyncio.wait_for(self.process.stdout.readline(), START_S)).decode()
        if not self.line:
            raise AssertionError((await self.process.communicate())[1].decode())
        self.url = self.line.split()[2].rstrip(":")
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self.process.returncode is None:
            await self.kill()

    async def kill(self) -> None:
        """End it at once, as nothing it could do would be noticed (SIGKILL)."""
        self.process.send_signal(signal.SIGKILL)
        await self.process.communicate()

    async def stop(self) -> tuple[str, str]:
        """Ask it to stop and return the rest of what it printed, and its errors."""
        self.process.send_signal(signal.SIGTERM)
        out, errors = await asyncio.wait_for(self.process.communicate(), START_S)
        return out.decode(), errors.decode()
