"""`route-console serve`: the gateway as a process of its own, until it is told to stop."""

import asyncio
import gc
import signal

from console.gateway.process_log import say_without_keys
from console.gateway.running import RunningGateway
from console.gateway.settings import GatewaySettings, ServeProblem
from console.inert import inert

__all__ = ["GatewaySettings", "ServeProblem", "serve"]


def serve(settings: GatewaySettings) -> int:
    """Serve until SIGTERM or SIGINT, then finish what runs and return the exit code, 0.

    A second of these signals cuts off what still runs.
    SIGHUP reads the table and its overrides anew at once.
    Prints one line when clients can connect. Raises `ServeProblem` where it cannot be started.
    """
    return asyncio.run(_serve(settings))


async def _serve(settings: GatewaySettings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    gateway = RunningGateway(settings)

    def stop_or_hurry() -> None:
        if stop.is_set():
            gateway.hurry()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_or_hurry)
    # A hangup before there is anything to read anew must not end the process.
    loop.add_signal_handler(signal.SIGHUP, lambda: None)
    async with gateway:
        # What was made until now stays; to look through it again at every full collection would
        # hold all requests up for tens of milliseconds.
        gc.collect()
        gc.freeze()
        say_without_keys(gateway.redactor)
        title = f"table {gateway.served.title}, log {settings.log_path}"
        loop.add_signal_handler(signal.SIGHUP, gateway.reload)
        print(f"Gateway at {gateway.url}: {inert(title)}", flush=True)
        await stop.wait()
    return 0
