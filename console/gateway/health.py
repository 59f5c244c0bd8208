"""What `/healthz` tells: which table serves since when, and what is not as it should be."""

import time
from typing import Any

from console.gateway.service import Service
from console.table.model import Table

CHECKED_TRIGGERS = frozenset({"failed"})
"""The escalation triggers this gateway acts on."""


def health(service: Service) -> dict[str, Any]:
    """Return the state of a gateway as plain data.

    `status` is `ok`, or `degraded` where requests are served but a file or the log has a problem.
    """
    tables, log, now = service.tables, service.log, time.time()
    served = tables.current
    problem = tables.last_problem or log.problem
    return {
        "status": "ok" if problem is None and log.lost == 0 else "degraded",
        "gateway_id": service.gateway_id,
        "uptime_s": round(now - service.started_ts, 3),
        "in_flight": len(service.running),
        "table": {
            "name": served.table.name,
            "version": served.table.version,
            "since": served.since_ts,
            "problem": tables.table_problem,
            "missing_keys": sorted(served.missing_keys),
        },
        "overrides": {
            "live": [override.id for override in tables.overrides if override.is_live(now)],
            "problem": tables.overrides_problem,
        },
        "log": {"pending": log.pending, "lost": log.lost, "problem": log.problem},
        "not_yet_enforced": triggers_not_checked(served.table),
    }


def triggers_not_checked(table: Table) -> list[str]:
    """Return the escalation triggers `table` asks for that this gateway does not act on."""
    asked = {
        trigger
        for route in table.routes.values()
        if route.escalate is not None
        for trigger in route.escalate.on
    }
    return sorted(asked - CHECKED_TRIGGERS)
