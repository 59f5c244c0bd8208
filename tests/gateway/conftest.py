"""A real gateway on loopback between OpenAI's own client and scripted providers."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from console.gateway.running import RunningGateway
from console.gateway.settings import GatewaySettings
from console.traffic.reader import LogReader
from console.traffic.records import AttemptRow, RequestRow
from tests.gateway.scripted_provider import Act, ScriptedProvider

CANARY = "sk-canary-5f2b9c7e1d"
"""The provider key that must turn up nowhere."""

DEADLINE_S = 5.0


class Desk:
    """One gateway under test, with its providers, its table file and its log."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.table_path = folder / "desk.yaml"
        self.log_path = folder / "traffic.sqlite"
        self.providers: dict[str, ScriptedProvider] = {}

    async def provider(self, name: str, *acts: Act) -> ScriptedProvider:
        """Start a provider; the table names it and one model of it, `<name>-model`."""
        provider = await self._stack.enter_async_context(ScriptedProvider(*acts))
        self.providers[name] = provider
        return provider

    def table(self, **changes: Any) -> dict[str, Any]:
        """Return a table: one model a provider, one route that tries them in order."""
        models = {
            f"{name}-model": {
                "provider": name,
                "upstream_model": f"{name}-upstream",
                "usd_per_million": {"input": 1.0, "cached_input": 0.5, "output": 2.0},
                "supports": ["tools", "images", "json_schema"],
            }
            for name in self.providers
        }
        first, *others = models
        return {
            "version": 1,
            "name": "desk",
            "default": "general",
            "providers": {
                name: {"base_url": provider.url, "api_key_env": "DESK_KEY"}
                for name, provider in self.providers.items()
            },
            "models": models,
            "routes": {
                "general": {"model": first, "fallbacks": others, "timeout_s": 5, "retries": 0}
            },
            **changes,
        }

    def write_table(self, table: dict[str, Any]) -> None:
        self.table_path.write_text(yaml.safe_dump(table, sort_keys=False))

    async def open(self, table: dict[str, Any] | None = None, **settings: Any) -> AsyncOpenAI:
        """Start the gateway and return a client of it."""
        self.write_table(table if table is not None else self.table())
        given = GatewaySettings(self.table_path, self.log_path, port=0, **settings)
        self.gateway = await self._stack.enter_async_context(RunningGateway(given))
        self.url = self.gateway.url
        self.http = await self._stack.enter_async_context(
            httpx.AsyncClient(base_url=self.url.removesuffix("/v1"), verify=False)
        )
        # Loading the certificates nobody asks for here is most of what making a client takes.
        client = AsyncOpenAI(
            base_url=self.url,
            api_key="client-s-own",
            max_retries=0,
            http_client=DefaultAsyncHttpxClient(verify=False),
        )
        return await self._stack.enter_async_context(client)

    async def until(
        self, holds: Callable[[], Awaitable[Any]], state: Callable[[], str] = lambda: ""
    ) -> Any:
        """Return what `holds` gives as soon as it is something; fail after a deadline."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            found = await holds()
            if found:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"nothing came of {holds} in {DEADLINE_S} s; {state()}")

    async def logged(self, count: int = 1) -> list[RequestRow]:
        """Return the requests of the log once `count` have ended; none may stay in flight."""
        rows: list[RequestRow] = []

        async def ended() -> bool:
            rows[:] = self.read_log(lambda reader: reader.newest(100))
            return len(rows) >= count and all(row.status != "in_flight" for row in rows)

        await self.until(ended, lambda: f"logged: {[row.status for row in rows]}")
        assert len(rows) == count
        return rows

    async def one_logged(self) -> tuple[RequestRow, Sequence[AttemptRow]]:
        """Return the one request of the log and its attempts."""
        [row] = await self.logged()
        return row, self.read_log(lambda reader: reader.attempts(row.request_id))

    def read_log(self, ask: Callable[[LogReader], Any]) -> Any:
        reader = LogReader(self.log_path)
        try:
            return ask(reader)
        finally:
            reader.close()


def assert_nowhere_in(folder: Path, secret: str) -> None:
    for file in folder.iterdir():
        assert secret.encode() not in file.read_bytes(), file


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A desk whose every log is searched for the provider's key when the test is over."""
    monkeypatch.setenv("DESK_KEY", CANARY)
    async with AsyncExitStack() as stack:
        desk = Desk(tmp_path, stack)
        yield desk
    assert_nowhere_in(tmp_path, CANARY)
