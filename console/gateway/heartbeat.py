"""Says in the log that this gateway is alive, what it serves, and which targets it leaves alone.

Every two seconds, and at once when a target comes to be left alone or is taken back.
"""

import asyncio
import os
import socket
import time
from contextlib import suppress

from console.gateway.service import Service
from console.traffic.process_identity import this_process
from console.traffic.records import GatewayRow
from console.traffic.target_states import encode_states
from console.traffic.writer import LogWriter

HEARTBEAT_S = 2.0


def heartbeat_row(service: Service, address: str) -> GatewayRow:
    """Return the gateway's row as of now. `address` is where it listens, `host:port`."""
    served = service.tables.current
    return GatewayRow(
        gateway_id=service.gateway_id,
        pid=os.getpid(),
        host=socket.gethostname(),
        address=address,
        started_ts=service.started_ts,
        heartbeat_ts=time.time(),
        table_name=served.table.name,
        table_version=served.table.version,
        table_since_ts=served.since_ts,
        last_problem=service.tables.last_problem or service.log.problem or _loss(service.log),
        health=encode_states(service.health.states(served.table)),
        process=this_process(),
    )


def _loss(log: LogWriter) -> str | None:
    """Return what the log never got, for those who only see the log; None where nothing is lost."""
    if not log.lost:
        return None
    return f"The log lacks {log.lost:,} records: it could not be written for too long."


async def beat(service: Service, address: str) -> None:
    """Write the gateway's row again and again, until cancelled."""
    changed = service.health.changed
    while True:
        changed.clear()
        service.health.keep_only(service.tables.current.table)
        service.log.heartbeat(heartbeat_row(service, address))
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_S):
                await changed.wait()
