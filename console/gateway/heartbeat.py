"""Says in the log, every two seconds, that this gateway is alive and what it serves."""

import asyncio
import os
import socket
import time

from console.gateway.service import Service
from console.traffic.records import GatewayRow

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
        last_problem=service.tables.last_problem or service.log.problem,
    )


async def beat(service: Service, address: str) -> None:
    """Write the gateway's row again and again, until cancelled."""
    while True:
        service.log.heartbeat(heartbeat_row(service, address))
        await asyncio.sleep(HEARTBEAT_S)
