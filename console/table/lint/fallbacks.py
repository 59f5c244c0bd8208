"""Fallbacks and escalations that could not help when they are needed."""

from collections.abc import Iterator

from console.table.lint.finding import Finding, finding
from console.table.model import Model, Route, Table
from console.table.yaml_source import join

_FLAGS = ("tools", "images")
"""Facts of a request that a model has to support by the same name."""

_SAID = {"tools": "tools", "images": "images", "json_schema": "JSON schemas"}


def fallback_findings(table: Table) -> Iterator[Finding]:
    """Yield what is wrong with each route's targets and escalation, in the order of the file."""
    asked = _asked_of(table)
    for name, route in table.routes.items():
        path = join("routes", name)
        yield from _providers(table, name, route, path)
        yield from _context(table, route, path)
        yield from _abilities(table, route, path, asked.get(name, {}))
        yield from _escalation(table, name, route, path)


def _providers(table: Table, name: str, route: Route, path: str) -> Iterator[Finding]:
    providers = {table.models[model].provider for model in route.targets}
    if route.fallbacks and len(providers) == 1:
        [provider] = providers
        message = f"All targets of `{name}` are at `{provider}`: when it fails, they fail together."
        yield finding("fallback-same-provider", join(path, "fallbacks"), message)


def _context(table: Table, route: Route, path: str) -> Iterator[Finding]:
    first = table.models[route.model].context_tokens
    for index, name in enumerate(route.fallbacks):
        context = table.models[name].context_tokens
        if first is not None and context is not None and 2 * context < first:
            message = (
                f"`{name}` takes {context:,} tokens, `{route.model}` before it {first:,}:"
                " the longest requests have no such fallback."
            )
            place = join(join(path, "fallbacks"), index)
            yield finding("fallback-less-context", place, message)


def _abilities(table: Table, route: Route, path: str, asked: dict[str, str]) -> Iterator[Finding]:
    """Compare each target with what rules ask for, each fallback with the first target too."""
    first = table.models[route.model]
    for index, name in enumerate(route.targets):
        place = join(path, "model") if index == 0 else join(join(path, "fallbacks"), index - 1)
        lacking = _lacking(table.models[name], asked)
        for ability in lacking:
            message = f"`{name}` does not support {_SAID[ability]}, which the rule"
            message += f" `{asked[ability]}` sends here."
            yield finding("target-lacks", place, message)
        fewer = [_SAID[a] for a in _lacking(table.models[name], first.supports) if a not in lacking]
        if fewer:
            message = f"`{name}` does not support {' and '.join(fewer)}, as `{route.model}` does."
            yield finding("target-lacks", place, message, severity="note")


def _lacking(model: Model, wanted: dict[str, str] | tuple[str, ...]) -> list[str]:
    return [ability for ability in _SAID if ability in wanted and ability not in model.supports]


def _asked_of(table: Table) -> dict[str, dict[str, str]]:
    """Return for each route what rules that lead to it ask of a model, each with such a rule."""
    asked: dict[str, dict[str, str]] = {}
    for rule in table.rules:
        if not rule.enabled:
            continue
        here = asked.setdefault(rule.route or table.tasks[rule.task or ""].route, {})
        for flag in _FLAGS:
            if rule.when.flags.get(flag):
                here.setdefault(flag, rule.id)
        if rule.when.names.get("response_format") == ("json_schema",):
            here.setdefault("json_schema", rule.id)
    return asked


def _escalation(table: Table, name: str, route: Route, path: str) -> Iterator[Finding]:
    """Judge by what has answered when a trigger fires: the first target, or none of them."""
    if route.escalate is None:
        return
    to = table.routes[route.escalate.to]
    said = f"`{name}` escalates to `{route.escalate.to}`, which"
    if route.escalate.on == ("failed",):
        if not set(to.targets) <= set(route.targets):
            return
        message = f"{said} has no target that has not failed by then."
        hint = "Escalate to a route with another model."
    elif to.model == route.model:
        message = f"{said} begins with the same model, `{to.model}`."
        hint = "Escalate to a route that begins with a stronger model."
    elif _is_weaker(table, to.model, route.model):
        message = f"{said} begins with `{to.model}`: it costs less than `{route.model}` and takes"
        message += " no more context."
        hint = "Escalate to a route that begins with a stronger model."
    else:
        return
    yield finding("escalation-no-stronger", join(join(path, "escalate"), "to"), message, hint)


def _is_weaker(table: Table, name: str, than: str) -> bool:
    """Tell whether a model costs less and takes no more; unknown prices and sizes tell nothing."""
    one, other = table.models[name], table.models[than]
    if one.usd_per_million is None or other.usd_per_million is None:
        return False
    if one.context_tokens is None or other.context_tokens is None:
        return False
    return (
        one.usd_per_million.input < other.usd_per_million.input
        and one.usd_per_million.output < other.usd_per_million.output
        and one.context_tokens <= other.context_tokens
    )
