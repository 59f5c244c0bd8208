"""Checks what one part of a table says of another: names that exist, ids once, no cycles."""

from console.table.findings import Findings, did_you_mean
from console.table.sections import Sections
from console.table.yaml_source import join

_MOST_HINTS = 20
_ONE = {"providers": "provider", "models": "model", "tasks": "task", "routes": "route"}


def check_references(sections: Sections, findings: Findings) -> None:
    """Tell every name that is used and not declared, every id given twice, every cycle."""

    def refers(path: str, section: str, name: str | None) -> None:
        declared = sections.declared[section]
        if name is not None and name not in declared:
            message = f"There is no {_ONE[section]} `{name}`."
            # Looking for the nearest name takes a while; a table wrong throughout needs no hints.
            hint = did_you_mean(name, declared) if findings.count < _MOST_HINTS else None
            if hint is None and len(declared) <= 8:
                hint = f"Declared: {', '.join(sorted(declared)) or 'none'}."
            findings.error("missing-reference", path, message, hint)

    refers("default", "routes", sections.default)
    for key, model in sections.models.items():
        refers(join(join("models", key), "provider"), "providers", model.provider)
    for key, task in sections.tasks.items():
        refers(join(join("tasks", key), "route"), "routes", task.route)
    for key, route in sections.routes.items():
        path = join("routes", key)
        refers(join(path, "model"), "models", route.model)
        for index, fallback in enumerate(route.fallbacks):
            here = join(join(path, "fallbacks"), index)
            refers(here, "models", fallback)
            if fallback in route.targets[: index + 1]:
                message = f"`{fallback}` is a target of this route already."
                findings.warning("repeated-target", here, message)
        if route.escalate is not None:
            refers(join(join(path, "escalate"), "to"), "routes", route.escalate.to)
    for index, rule in sections.rules.items():
        path = join("rules", index)
        refers(join(path, "task"), "tasks", rule.task)
        refers(join(path, "route"), "routes", rule.route)
    _check_ids(sections, findings)
    _check_cycles(sections, findings)


def _check_ids(sections: Sections, findings: Findings) -> None:
    first: dict[str, int] = {}
    for index, rule in sections.rules.items():
        path = join(join("rules", index), "id")
        if findings.has_error(path):
            continue
        if rule.id in first:
            line, _ = findings.source.place(join("rules", first[rule.id]))
            message = f"The rule id `{rule.id}` is given twice; it stands on line {line} already."
            findings.error("duplicate-id", path, message)
        else:
            first[rule.id] = index


def _check_cycles(sections: Sections, findings: Findings) -> None:
    """Tell each escalation cycle once, at the first of its routes in the file."""
    told: set[str] = set()
    for start in sections.routes:
        if start in told:
            continue
        chain: list[str] = []
        name: str | None = start
        while name is not None and name not in chain and name not in told:
            chain.append(name)
            route = sections.routes.get(name)
            name = route.escalate.to if route and route.escalate else None
        if name == start:
            told.update(chain)
            path = join(join(join("routes", start), "escalate"), "to")
            around = " → ".join([*chain, start])
            findings.error("escalation-cycle", path, f"Escalation goes in a circle: {around}.")
