"""Which models of a route may serve a request, and why the others are left out."""

from collections.abc import Mapping, Sequence

from console.routing.decision import SkipReason, Target
from console.routing.facts import Facts
from console.table.model import Table
from console.table.overrides import Override

_NO_SKIPS: Mapping[str, SkipReason] = {}


class Targets:
    """The targets of every route of a table, judged a request at a time."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._all_eligible = {
            name: tuple(
                Target(model, table.models[model].provider, True) for model in route.targets
            )
            for name, route in table.routes.items()
        }
        self._roomy = {
            name: min(
                (table.models[m].context_tokens or _UNBOUNDED for m in route.targets),
                default=_UNBOUNDED,
            )
            for name, route in table.routes.items()
        }

    def of(
        self,
        route: str,
        facts: Facts,
        drains: Sequence[Override] = (),
        skips: Mapping[str, SkipReason] = _NO_SKIPS,
    ) -> tuple[Target, ...]:
        """Return the targets of `route` in order, each eligible or skipped with one reason.

        `drains` are the live overrides that drain; `skips` is what a running gateway knows of a
        model (`cooling_down`, `missing_key`).
        """
        needed = facts.input_tokens + (facts.max_output_tokens or 0)
        plain = not (drains or skips or facts.tools or facts.images)
        if plain and facts.response_format != "json_schema" and needed <= self._roomy[route]:
            return self._all_eligible[route]
        return tuple(
            self._judged(model, facts, needed, drains, skips)
            for model in self._table.routes[route].targets
        )

    def lacking(self, model: str, facts: Facts) -> SkipReason | None:
        """Return what a model of the table lacks for a request, None where it could carry it."""
        return self._lacks(model, facts, facts.input_tokens + (facts.max_output_tokens or 0))

    def _judged(
        self,
        key: str,
        facts: Facts,
        needed: int,
        drains: Sequence[Override],
        skips: Mapping[str, SkipReason],
    ) -> Target:
        provider = self._table.models[key].provider
        reason: SkipReason | None = None
        if any(drain.drains(key, provider) for drain in drains):
            reason = "drained"
        else:
            reason = self._lacks(key, facts, needed) or skips.get(key)
        return Target(key, provider, reason is None, reason)

    def _lacks(self, key: str, facts: Facts, needed: int) -> SkipReason | None:
        model = self._table.models[key]
        if model.context_tokens is not None and needed > model.context_tokens:
            return "context_too_small"
        if facts.tools and "tools" not in model.supports:
            return "lacks_tools"
        if facts.images and "images" not in model.supports:
            return "lacks_images"
        if facts.response_format == "json_schema" and "json_schema" not in model.supports:
            return "lacks_json_schema"
        return None


_UNBOUNDED = 1 << 62
"""Stands for a context size the table does not tell: no request is too large for it."""
