"""How the gateway is at the moment `/metrics` is read: its table, its log, what is under way."""

import time
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.gateway.service import Service


class StateMetrics(Collector):
    """Reads the state of a gateway anew for every page; nothing of it is kept."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Yield what Prometheus is told."""
        yield from self._requests()
        yield from self._log()
        yield from self._files()
        yield self._targets()

    def _requests(self) -> Iterator[Metric]:
        yield _gauge(
            "route_console_in_flight_requests",
            "Requests under way now.",
            len(self._service.running),
        )
        yield _gauge(
            "route_console_start_time_seconds",
            "When this gateway was started, in Unix time.",
            self._service.started_ts,
        )

    def _log(self) -> Iterator[Metric]:
        log = self._service.log
        yield _gauge("route_console_log_pending_records", "Records not on disk yet.", log.pending)
        lost = CounterMetricFamily(
            "route_console_log_lost_records", "Records that never reached the traffic log."
        )
        lost.add_metric((), log.lost)
        yield lost
        early = CounterMetricFamily(
            "route_console_log_answers_before_rows",
            "Answers that went out before their rows were on disk although none should.",
        )
        early.add_metric((), log.answers_before_rows)
        yield early
        yield _gauge(
            "route_console_log_problem",
            "1 while something keeps the traffic log from being written.",
            log.problem is not None,
        )

    def _files(self) -> Iterator[Metric]:
        tables = self._service.tables
        served = tables.current
        yield _labelled(
            "route_console_table_info",
            "The table in service, always 1.",
            {"name": served.table.name, "version": served.table.version},
        )
        yield _gauge(
            "route_console_table_since_seconds",
            "Since when this version serves, in Unix time.",
            served.since_ts,
        )
        yield _gauge(
            "route_console_table_problem",
            "1 while the file holds a table that cannot be served: an older one still is.",
            tables.table_problem is not None,
        )
        yield _gauge(
            "route_console_overrides_problem",
            "1 while the overrides' file cannot be taken over as it stands.",
            tables.overrides_problem is not None,
        )
        now = time.time()
        yield _gauge(
            "route_console_live_overrides",
            "Drains and pins in effect.",
            sum(override.is_live(now) for override in tables.overrides),
        )
        yield _gauge(
            "route_console_models_without_key",
            "Models that are skipped because the environment lacks their provider's key.",
            len(served.missing_keys),
        )

    def _targets(self) -> Metric:
        """Tell the state of every target's breaker: 1 for the one it is in.

        A page is made beside the event loop; the breakers are only read, over a table that never
        changes.
        """
        table = self._service.tables.current.table
        troubled = {target.model: target.state for target in self._service.health.states(table)}
        family = GaugeMetricFamily(
            "route_console_target_state",
            "Whether a target is in use (closed) or left alone, and how; always 1.",
            labels=("provider", "model", "state"),
        )
        for model, described in table.models.items():
            state = troubled.get(model, "closed")
            family.add_metric((described.provider, model, state), 1.0)
        return family


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value=float(value))


def _labelled(name: str, told: str, labels: dict[str, str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), 1.0)
    return family
