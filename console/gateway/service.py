"""What every request of a running gateway shares: the table in service, the log, the way out."""

import asyncio
import time
from dataclasses import dataclass, field

from console.gateway.metrics import Metrics
from console.gateway.served_table import TableInService
from console.gateway.target_health import TargetHealth
from console.gateway.upstream import Upstream
from console.gateway.uuid7 import gateway_id as new_gateway_id
from console.traffic.upkeep import LogUpkeep
from console.traffic.writer import LogWriter


@dataclass
class Service:
    """One gateway at work. `running` holds the tasks of the chat requests under way."""

    tables: TableInService
    log: LogWriter
    upstream: Upstream
    metrics: Metrics = field(default_factory=Metrics)
    health: TargetHealth = field(default_factory=TargetHealth)
    upkeep: LogUpkeep | None = None
    gateway_id: str = field(default_factory=new_gateway_id)
    started_ts: float = field(default_factory=time.time)
    running: set[asyncio.Task[None]] = field(default_factory=set)

    async def finish_running(self, timeout_s: float) -> None:
        """Wait for the requests under way to come to their ends, at most `timeout_s`."""
        if self.running:
            await asyncio.wait(self.running, timeout=timeout_s)
