"""What a table names and never uses, and routes that make no difference."""

from collections.abc import Iterator

from console.table.lint.finding import Finding, finding
from console.table.model import Table
from console.table.yaml_source import join


def structure_findings(table: Table) -> Iterator[Finding]:
    """Yield unused routes, models and providers, models without a price, and a table of one model.

    Tasks are left out: callers declare them, so a table cannot tell whether one is used.
    """
    reached = routes_reached(table)
    for name in table.routes:
        if name not in reached:
            message = f"Nothing leads to the route `{name}`."
            yield finding("unused-route", join("routes", name), message)
    targets = {model for route in table.routes.values() for model in route.targets}
    for name, model in table.models.items():
        path = join("models", name)
        if name not in targets:
            yield finding("unused-model", path, f"No route uses the model `{name}`.")
        elif model.usd_per_million is None:
            message = f"The model `{name}` has no price, so what it answers costs an unknown sum."
            yield finding("no-price", path, message, "Add `usd_per_million`.")
    used = {model.provider for model in table.models.values()}
    for name in table.providers:
        if name not in used:
            message = f"No model uses the provider `{name}`."
            yield finding("unused-provider", join("providers", name), message)
    yield from _one_model(table, reached)


def routes_reached(table: Table) -> set[str]:
    """Return the routes that the default, a task, an enabled rule or an escalation leads to.

    An escalation counts where its own route is reached.
    """
    left = [table.default, *(task.route for task in table.tasks.values())]
    left += [rule.route for rule in table.rules if rule.enabled and rule.route is not None]
    reached: set[str] = set()
    while left:
        name = left.pop()
        if name in reached:
            continue
        reached.add(name)
        escalate = table.routes[name].escalate
        if escalate is not None:
            left.append(escalate.to)
    return reached


def _one_model(table: Table, reached: set[str]) -> Iterator[Finding]:
    models = {table.routes[name].model for name in reached}
    if len(reached) > 1 and len(models) == 1:
        [model] = models
        message = f"All {len(reached)} routes in use begin with the model `{model}`."
        yield finding("one-model", "routes", message)
