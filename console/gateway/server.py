"""`route-console serve`: the gateway as a process of its own, until it is told to stop."""

import asyncio
import signal

from console.gateway.running import RunningGateway
from console.gateway.settings import GatewaySettings, ServeProblem
from console.inert import inert

__all__ = ["GatewaySettings", "ServeProblem", "serve"]


def serve(settings: GatewaySettings) -> int:
    """Serve until SIGTERM or SIGINT, then finish what runs and return the exit code, 0.

    Prints one line when clients can connect. Raises `ServeProblem` where it cannot be started.
    """
    return asyncio.run(_serve(settings))


async def _serve(settings: GatewaySettings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with RunningGateway(settings) as gateway:
        title = f"table {gateway.served.title}, log {settings.log_path}"
        print(f"Gateway at {gateway.url}: {inert(title)}", flush=True)
        await stop.wait()
    return 0
