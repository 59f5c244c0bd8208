"""What `/healthz` tells: which table serves since when, and what is not as it should be."""

import time
from typing import Any

import msgspec

from console.gateway.service import Service


def health(service: Service) -> dict[str, Any]:
    """Return the state of a gateway as plain data.

    `status` is `ok`, or `degraded` where requests are served but a file or the log has a problem.
    `targets` are those left alone or being probed; a provider's trouble is not the gateway's.
    """
    tables, log, now = service.tables, service.log, time.time()
    served = tables.current
    problem = tables.last_problem or log.problem
    missing = log.lost + log.answers_before_rows
    return {
        "status": "ok" if problem is None and missing == 0 else "degraded",
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
        "targets": [
            {**msgspec.structs.asdict(state), "left_s": _rounded(state.left_s(now))}
            for state in service.health.states(served.table)
        ],
        "log": {
            "pending": log.pending,
            "lost": log.lost,
            "problem": log.problem,
            "durable": log.is_durable,
            "answers_before_rows": log.answers_before_rows,
            "upkeep_problem": service.upkeep.problem if service.upkeep is not None else None,
        },
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
