"""The table format's page, read as plainly as it can be: what a table decides, and each verdict.

Written from the page alone, to be held against the router by property tests: no speed, no
cleverness, nothing of the product imported. Tables and overrides are the plain data of their
YAML, requests the plain data of "A request in a file".
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.reference.plain_conditions import condition_holds, holds
from tests.reference.plain_facts import NOT_CAPTURED, draw, facts_of

__all__ = ["NOT_CAPTURED", "decide", "draw", "facts_of", "holds", "verdicts"]


def decide(
    table: Mapping[str, Any],
    facts: Mapping[str, Any],
    at: float,
    overrides: Sequence[Mapping[str, Any]],
    skips: Mapping[str, str],
) -> dict[str, Any]:
    """Return the decision object's fields for a table known to be valid.

    `at` is in Unix seconds; `skips` maps models to what a running gateway holds against them
    (`cooling_down`, `missing_key`).
    """
    tasks = table.get("tasks", {})
    declared = facts.get("task")
    decision: dict[str, Any] = {
        "route": None,
        "task": declared,
        "task_source": "none" if declared is None else "declared",
        "rule": None,
        "reason": "table_default",
        "override_id": None,
        "unknown_task": declared is not None and declared not in tasks,
        "targets": [],
        "model": None,
        "error": None,
    }
    rule = first_rule_not_false(table, facts)
    if rule is not None and holds(rule["when"], facts, rule["id"]) is None:
        return decision | {"reason": "undecidable", "rule": rule["id"]}
    if rule is not None:
        decision.update(_by_rule(rule, tasks))
    elif declared in tasks:
        decision.update(reason="task_default", route=tasks[declared]["route"])
    else:
        decision.update(route=table["default"])

    live = [override for override in overrides if at < _unix(override["until"])]
    decision.update(_pinned(decision["route"], live))
    targets = _targets(table, decision["route"], facts, live, skips)
    eligible = [target["model"] for target in targets if target["eligible"]]
    decision["targets"] = targets
    decision["model"] = eligible[0] if eligible else None
    decision["error"] = None if eligible else "no_eligible_target"
    return decision


def first_rule_not_false(
    table: Mapping[str, Any], facts: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Return the first enabled rule that holds or may hold: the winner, or what nobody can judge.

    An unknown rule before one that holds stops the reading: it might have won.
    """
    for rule in table.get("rules", []):
        if rule.get("enabled", True) and holds(rule["when"], facts, rule["id"]) is not False:
            found: Mapping[str, Any] = rule
            return found
    return None


def verdicts(table: Mapping[str, Any], facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return every rule's id with its verdict, all rules evaluated.

    A rule that holds but comes after the one the reading stopped at is `shadowed`, also where
    that one is unknown.
    """
    stopped_at = first_rule_not_false(table, facts)
    found = []
    for rule in table.get("rules", []):
        truth = holds(rule["when"], facts, rule["id"])
        if not rule.get("enabled", True):
            verdict = "disabled"
        elif truth is None:
            verdict = "unknown"
        elif truth:
            verdict = "matched" if rule is stopped_at else "shadowed"
        else:
            verdict = why_false(rule, facts)
        found.append((rule["id"], verdict))
    return found


def why_false(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Return the verdict of a rule that does not hold.

    `outside_rollout` where the rollout is false of a fact that is there and all else held;
    `missing_fact` where absent facts alone stand in the way; else `failed`. The order in which
    conditions are written plays no part: they are the keys of a YAML mapping, which has none.
    """
    when, rule_id = rule["when"], rule["id"]
    not_true = [
        name for name in when if condition_holds(name, when[name], facts, rule_id) is not True
    ]
    if not_true == ["rollout"] and when["rollout"]["by"] in facts:
        return "outside_rollout"
    return "missing_fact" if only_lacks_facts(when, facts, rule_id) else "failed"


def only_lacks_facts(when: Mapping[str, Any], facts: Mapping[str, Any], rule_id: str) -> bool:
    """Whether each false condition of a `when` is false because of an absent fact.

    A group is looked into: each of its false members must be so. A `none_of` is false because
    something is there, never because something is absent.
    """
    for name, matcher in when.items():
        if condition_holds(name, matcher, facts, rule_id) is not False:
            continue
        if name in ("any_of", "all_of"):
            false = [member for member in matcher if holds(member, facts, rule_id) is False]
            if not all(only_lacks_facts(member, facts, rule_id) for member in false):
                return False
        elif name == "none_of" or (matcher["by"] if name == "rollout" else name) in facts:
            return False
    return True


def _by_rule(rule: Mapping[str, Any], tasks: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a winning rule sets: its task, and its route or else that task's route."""
    fields: dict[str, Any] = {"reason": "rule_match", "rule": rule["id"]}
    if "task" in rule:
        fields.update(task=rule["task"], task_source="rule")
    fields["route"] = rule["route"] if "route" in rule else tasks[rule["task"]]["route"]
    return fields


def _unix(until: datetime | str) -> float:
    moment = until if isinstance(until, datetime) else datetime.fromisoformat(until)
    assert moment.tzinfo is not None, "an override's time has a time zone"
    return moment.timestamp()


def _pinned(route: str, live: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the pinned route and its override, once: a pin of the new route is not followed."""
    for override in live:
        if "pin" in override and override["pin"]["route"] == route:
            return {"route": override["pin"]["to"], "override_id": override["id"]}
    return {}


def _targets(
    table: Mapping[str, Any],
    route: str,
    facts: Mapping[str, Any],
    live: list[Mapping[str, Any]],
    skips: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return the route's model and then its fallbacks, each eligible or with why it is skipped."""
    chosen = table["routes"][route]
    targets = []
    for name in [chosen["model"], *chosen.get("fallbacks", [])]:
        model = table["models"][name]
        skipped = _why_skipped(name, model, facts, live) or skips.get(name)
        targets.append(
            {
                "model": name,
                "provider": model["provider"],
                "eligible": skipped is None,
                "skipped": skipped,
            }
        )
    return targets


def _why_skipped(
    name: str,
    model: Mapping[str, Any],
    facts: Mapping[str, Any],
    live: list[Mapping[str, Any]],
) -> str | None:
    """Return the first reason that applies, in the order in which the page lists them.

    A model without `context_tokens` has no limit that could be passed; one without `supports`
    supports nothing.
    """
    for override in live:
        drained = override.get("drain", {})
        if drained.get("provider") == model["provider"] or drained.get("model") == name:
            return "drained"
    needed = facts["input_tokens"] + facts.get("max_output_tokens", 0)
    if "context_tokens" in model and needed > model["context_tokens"]:
        return "context_too_small"
    supports = model.get("supports", [])
    if facts["tools"] and "tools" not in supports:
        return "lacks_tools"
    if facts["images"] and "images" not in supports:
        return "lacks_images"
    if facts["response_format"] == "json_schema" and "json_schema" not in supports:
        return "lacks_json_schema"
    return None
