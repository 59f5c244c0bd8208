"""A gateway at work, from its first request to the last: started, stopped, and cleaned up after.

Used by `serve`, by the demo and by tests, in any event loop; it installs no signal handlers.
"""

import asyncio
import contextlib
import errno
import socket
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self, cast

import uvicorn
from starlette.types import ASGIApp

from console.gateway.access import Access
from console.gateway.app import gateway_app
from console.gateway.client_keys import ClientKeys, read_client_keys
from console.gateway.endpoints import this_environment
from console.gateway.heartbeat import beat, heartbeat_row
from console.gateway.override_watch import OverrideWatch
from console.gateway.served_table import Served, TableInService
from console.gateway.service import Service
from console.gateway.settings import GatewaySettings, ServeProblem, listening_address
from console.gateway.state_metrics import StateMetrics
from console.gateway.upstream import Upstream
from console.gateway.uuid7 import gateway_id as new_gateway_id
from console.table.overrides import Override, overrides_beside
from console.traffic.problem import LogProblem
from console.traffic.records import TableVersionRow
from console.traffic.redaction import Redactor
from console.traffic.upkeep import LogUpkeep
from console.traffic.writer import LogWriter

CLIENT_KEEPALIVE_S = 75
"""Longer than clients keep their idle connections, so that it is not the gateway that closes one
just as a request is being sent on it."""


class RunningGateway:
    """`async with RunningGateway(settings) as gateway:` serves at `gateway.url` within the block.

    Entering raises `ServeProblem` where the table, the log or the address cannot be used.
    """

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._closing = contextlib.AsyncExitStack()
        self.url = ""
        """Where clients point their base URL, `/v1` included; known once it runs."""

    @property
    def served(self) -> Served:
        """The version of the table in service now."""
        return self._service.tables.current

    @property
    def redactor(self) -> Redactor:
        """What takes keys out of everything the gateway writes."""
        return self._log.redactor

    def hurry(self) -> None:
        """Cut off what still runs, each request told and logged so: the grace is over now."""
        for task in tuple(self._service.running):
            task.cancel()

    def reload(self) -> None:
        """Read the table and its overrides anew at once, as on SIGHUP, without waiting for it.

        What is good is swapped in between requests; what is not is told, as when the files change.
        """
        self._service.tables.reload()

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            await self._start(stack)
            self._closing = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._closing.aclose()

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        """Start one thing after the other; `stack` undoes them in the opposite order."""
        settings = self._settings
        client_keys = read_client_keys(settings.client_keys_path, this_environment())
        host = listening_address(settings.host, asks_for_keys=bool(client_keys))
        listener = _listener(host, settings.port)
        stack.callback(listener.close)
        overrides = settings.overrides_path or overrides_beside(settings.table_path)
        self._override_watch = OverrideWatch()
        tables = TableInService(
            settings.table_path, overrides, self._log_version, self._log_overrides
        )
        gateway_id = new_gateway_id()
        self._log = _log_at(settings, gateway_id)
        self._log.redactor.hide(client_keys.values())
        stack.push_async_callback(asyncio.to_thread, self._log.close)
        upstream = Upstream()
        stack.push_async_callback(upstream.aclose)
        upkeep = LogUpkeep(settings.log_path, settings.retention)
        self._service = service = Service(
            tables, self._log, upstream, upkeep=upkeep, gateway_id=gateway_id
        )
        service.metrics.registry.register(StateMetrics(service))
        tables.start()
        stack.callback(tables.stop)
        host, port = listener.getsockname()[:2]
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.url = f"http://{address}/v1"
        # Before the first request: who reads of one can tell whether its gateway is alive.
        service.log.heartbeat(heartbeat_row(service, address))
        beating = asyncio.create_task(beat(service, address))
        stack.callback(beating.cancel)
        upkeep.start()
        stack.push_async_callback(asyncio.to_thread, upkeep.stop)
        await self._serve(stack, service, listener, ClientKeys(client_keys))

    async def _serve(
        self,
        stack: contextlib.AsyncExitStack,
        service: Service,
        listener: socket.socket,
        keys: ClientKeys,
    ) -> None:
        app = gateway_app(service)
        grace_s = self._settings.grace_s
        server = _Server(_server_config(Access(app, service, keys) if keys else app, grace_s))
        serving = asyncio.create_task(server.serve(sockets=[listener]))

        async def stop() -> None:
            server.should_exit = True
            await serving
            # What was still running after the grace was cancelled and now writes its end.
            await service.finish_running(1.0)

        stack.push_async_callback(stop)
        await server.listening.wait()

    def _log_overrides(self, overrides: Sequence[Override]) -> None:
        for row in self._override_watch.look(overrides, time.time()):
            self._log.override_seen(row)

    def _log_version(self, served: Served) -> None:
        self._log.redactor.hide(
            endpoint.key.decode() for endpoint in served.endpoints.values() if endpoint.key
        )
        self._log.table_served(
            TableVersionRow(
                version=served.table.version,
                ts=served.since_ts,
                author=None,
                because=None,
                text=served.text,
            )
        )


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: whoever runs the gateway decides when it stops."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server_config(app: ASGIApp, grace_s: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        # Every error that concerns a request is told to its client and in the traffic log.
        log_level="critical",
        server_header=False,
        # Nothing here depends on where a request came from.
        proxy_headers=False,
        timeout_keep_alive=CLIENT_KEEPALIVE_S,
        # Uvicorn only hands it to asyncio, which takes fractions of a second.
        timeout_graceful_shutdown=cast("int", grace_s),
    )


def _listener(address: str, port: int) -> socket.socket:
    """Return a socket bound to `address`. Raises `ServeProblem` where that cannot be had."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio sends small writes at once only on sockets that name TCP; else answers wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except (OSError, OverflowError) as problem:
        listener.close()
        if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
            raise ServeProblem(
                f"Port {port} on {address} is in use.",
                "Perhaps a gateway runs already; --port takes another, --port 0 any free one.",
            ) from None
        reason = problem.strerror if isinstance(problem, OSError) else "no such port"
        raise ServeProblem(
            f"The gateway cannot listen on {address}, port {port}: {reason}.",
            "Ports below 1024 need privileges; --port takes another.",
        ) from None
    return listener


def _log_at(settings: GatewaySettings, gateway_id: str) -> LogWriter:
    try:
        return LogWriter(settings.log_path, durable=settings.durable, gateway_id=gateway_id)
    except LogProblem as problem:
        raise ServeProblem(problem.message, problem.hint) from None
