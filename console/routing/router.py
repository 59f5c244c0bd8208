"""The router: a table compiled once, which decides requests and explains its decisions.

It is the one way to a decision: the gateway, the preview, the table's tests and every what-if call
`Router.decide`. A router does not change after it is made, so threads may share one.
"""

import time
from collections.abc import Mapping, Sequence
from functools import cached_property

from console.routing.compiled_rule import CompiledRule, RuleCompiler
from console.routing.decision import Decision, Reason, SkipReason, Target, TaskSource
from console.routing.explain import Explainer
from console.routing.explanation import Explanation
from console.routing.facts import Facts
from console.routing.first_match import FirstMatch
from console.routing.targets import Targets
from console.routing.text_scan import TextScan
from console.table.model import Rule, Table
from console.table.overrides import Override

_NO_SKIPS: Mapping[str, SkipReason] = {}


class Router:
    """Decides by one version of a table and one set of overrides."""

    def __init__(self, table: Table, overrides: Sequence[Override] = ()) -> None:
        self.table = table
        self.overrides = tuple(overrides)
        compiler = RuleCompiler()
        self.rules = tuple(compiler.compile(rule, i) for i, rule in enumerate(table.rules, 1))
        self.sets = compiler.pattern_sets()
        self._enabled = tuple(compiled for compiled in self.rules if compiled.rule.enabled)
        self._by_id = {compiled.rule.id: compiled for compiled in self.rules}
        self._first_match = FirstMatch(self._enabled, self.sets)
        self._targets = Targets(table)

    def decide(
        self,
        facts: Facts,
        at: float | None = None,
        skips: Mapping[str, SkipReason] = _NO_SKIPS,
    ) -> Decision:
        """Decide one request.

        `at` is the moment in Unix seconds, now where left out; it matters for overrides alone.
        `skips` is what a running gateway knows of a model: `cooling_down` or `missing_key`.
        """
        if facts.not_captured:
            rule, known = self._first_judged(facts)
            if not known:
                return self._undecidable(rule, facts)
        else:
            rule = self._first_match.find(facts)
        return self._decided(rule.rule if rule else None, facts, self._live(at), skips)

    def explain(self, facts: Facts, decision: Decision, evaluate_all: bool = False) -> Explanation:
        """Explain `decision`, which this router made of `facts`.

        Rules after the winner are `not_reached` unless `evaluate_all`; then they are judged too.
        """
        return self._explainer.explain(facts, decision, evaluate_all)

    def explain_briefly(self, facts: Facts, decision: Decision, near_misses: int) -> Explanation:
        """Explain `decision` by the winning rule and the first `near_misses` alone.

        What `explain` says of these, for a part of its time. Every fact must have been captured.
        """
        return self._explainer.explain_briefly(facts, decision, near_misses)

    @cached_property
    def _explainer(self) -> Explainer:
        """Made when somebody first asks: serving alone never does."""
        return Explainer(self.table, self.rules, self.sets)

    def targets_of(
        self,
        route: str,
        facts: Facts,
        at: float | None = None,
        skips: Mapping[str, SkipReason] = _NO_SKIPS,
    ) -> tuple[Target, ...]:
        """Judge the targets of a route, as where a request escalates to it."""
        drains = [override for override in self._live(at) if override.drain is not None]
        return self._targets.of(route, facts, drains, skips)

    def rollout_bucket(self, decision: Decision, facts: Facts) -> int | None:
        """Return the request's bucket in the winning rule's rollout; None where it has none."""
        winner = self._by_id.get(decision.rule or "")
        return winner.rollout.bucket(facts) if winner and winner.rollout else None

    def _live(self, at: float | None) -> Sequence[Override]:
        if not self.overrides:
            return ()
        now = time.time() if at is None else at
        return [override for override in self.overrides if override.is_live(now)]

    def _first_judged(self, facts: Facts) -> tuple[CompiledRule | None, bool]:
        """Return the first rule that is not false, and whether it is known to hold."""
        scan = TextScan(self.sets, facts)
        for compiled in self._enabled:
            truth = compiled.when.holds(facts, scan)
            if truth is not False:
                return compiled, truth is True
        # What no rule takes depends on the declared task.
        return None, "task" not in facts.not_captured

    def _undecidable(self, rule: CompiledRule | None, facts: Facts) -> Decision:
        declared = facts.task if "task" not in facts.not_captured else None
        return Decision(
            route=None,
            task=declared,
            task_source="declared" if declared is not None else "none",
            rule=rule.rule.id if rule else None,
            reason="undecidable",
            override_id=None,
            unknown_task=declared is not None and declared not in self.table.tasks,
            targets=(),
            model=None,
            error=None,
            table_version=self.table.version,
        )

    def _decided(
        self,
        rule: Rule | None,
        facts: Facts,
        live: Sequence[Override],
        skips: Mapping[str, SkipReason],
    ) -> Decision:
        table, declared = self.table, facts.task
        task, route, reason = _landing(table, rule, declared)
        override_id = None
        pin = next((o for o in live if o.pin is not None and o.pin.route == route), None)
        if pin is not None and pin.pin is not None and pin.pin.to in table.routes:
            route, override_id = pin.pin.to, pin.id
        drains = [override for override in live if override.drain is not None] if live else ()
        targets = self._targets.of(route, facts, drains, skips)
        model = _first_eligible(targets)
        return Decision(
            route,
            task,
            "rule" if rule is not None and rule.task is not None else _declared_source(declared),
            rule.id if rule is not None else None,
            reason,
            override_id,
            declared is not None and declared not in table.tasks,
            targets,
            model,
            None if model is not None else "no_eligible_target",
            table.version,
        )


def _landing(
    table: Table, rule: Rule | None, declared: str | None
) -> tuple[str | None, str, Reason]:
    """Return the task, the route and the reason (table format, "The decision", steps 1 to 3)."""
    if rule is not None:
        task = rule.task if rule.task is not None else declared
        route = rule.route if rule.route is not None else table.tasks[rule.task or ""].route
        return task, route, "rule_match"
    if declared is not None and declared in table.tasks:
        return declared, table.tasks[declared].route, "task_default"
    return declared, table.default, "table_default"


def _declared_source(declared: str | None) -> TaskSource:
    return "none" if declared is None else "declared"


def _first_eligible(targets: tuple[Target, ...]) -> str | None:
    for target in targets:
        if target.eligible:
            return target.model
    return None
