"""One rule put to one request on its own, while it is being written: would it take it, and why."""

import msgspec

from console.routing.explanation import RuleVerdict
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.model import Rule, Table


def try_rule(table: Table, rule: Rule, facts: Facts) -> RuleVerdict:
    """Return what a rule of `table` makes of a request, as if it stood alone and were enabled."""
    alone = msgspec.structs.replace(rule, enabled=True)
    router = Router(msgspec.structs.replace(table, rules=(alone,)))
    return router.explain(facts, router.decide(facts), evaluate_all=True).rules[0]
