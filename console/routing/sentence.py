"""A decision in one sentence, the first of an explanation's three zoom levels."""

from collections.abc import Sequence

from console.routing.decision import Decision, Target
from console.routing.explanation import ConditionResult, RuleVerdict
from console.routing.facts import Facts
from console.routing.words import listed
from console.table.model import Table

_WORDS_SHOWN = 3
_WORD_LENGTH = 40

SKIP_WORDS = {
    "drained": "drained",
    "context_too_small": "context too small",
    "lacks_tools": "lacks tools",
    "lacks_images": "lacks images",
    "lacks_json_schema": "lacks JSON schema",
    "cooling_down": "cooling down",
    "missing_key": "its key is missing",
}
"""Why a target is left out, as a person would say it."""


def decision_sentence(
    table: Table, decision: Decision, verdicts: Sequence[RuleVerdict], facts: Facts
) -> str:
    """Return one sentence that says where a request goes and why, its exceptions included.

    It may quote foreign text (matched words, tasks), so it passes `console.inert` when shown.
    """
    parts = [_because(table, decision, verdicts, facts)]
    if decision.override_id is not None:
        parts.append(f"the pin `{decision.override_id}` sends it to `{decision.route}` instead")
    if decision.unknown_task:
        parts.append(f"the declared task `{decision.task or facts.task}` is not in the table")
    parts += _target_words(decision.targets)
    return "; ".join(parts) + "."


def _because(
    table: Table, decision: Decision, verdicts: Sequence[RuleVerdict], facts: Facts
) -> str:
    if decision.reason == "undecidable":
        if decision.rule is None:
            return "Undecidable: the declared task was not captured and no rule matched"
        return f"Undecidable: rule `{decision.rule}` looks at a fact that was not captured"
    if decision.reason == "rule_match":
        winner = next(verdict for verdict in verdicts if verdict.rule == decision.rule)
        route = _route_before_pin(table, decision)
        place = f"rule {winner.position} of {len(table.rules)}"
        reasons = listed([_held(result, facts) for result in winner.conditions], "and")
        return f"`{winner.rule}` ({place}) sent this to `{route}` because {reasons}"
    count = len(table.rules)
    none_matched = "no rule matched" if count else "the table has no rules"
    if decision.reason == "task_default":
        route = _route_before_pin(table, decision)
        return f"The declared task `{decision.task}` takes `{route}`; {none_matched}"
    return f"The default route `{table.default}` took this; {none_matched}"


def _route_before_pin(table: Table, decision: Decision) -> str | None:
    if decision.override_id is None:
        return decision.route
    rule = next((rule for rule in table.rules if rule.id == decision.rule), None)
    if rule is not None and rule.route is not None:
        return rule.route
    return table.tasks[decision.task or ""].route


def _held(result: ConditionResult, facts: Facts) -> str:
    """Say why one condition held, quoting the words that were found."""
    if result.matcher in ("contains", "contains_all", "matches"):
        text = getattr(facts, result.fact)
        found = dict.fromkeys(text[span.start : span.end] for span in result.spans)
        found.pop("", None)
        if not found:
            return result.wanted
        words = [f"*{_shortened(word)}*" for word in list(found)[:_WORDS_SHOWN]]
        return f"the {result.fact} contains {listed(words, 'and')}"
    if result.matcher == "rollout":
        return f"it is within {result.wanted.partition(':')[0]} ({result.saw})"
    if result.matcher == "range":
        return f"{result.wanted} (it has {result.saw})"
    if result.matcher == "flag":
        return f"{result.fact} is {result.saw}"
    if result.matcher == "equals":
        return f"{result.fact} is {_shortened(result.saw or '')}"
    if result.matcher in ("any_of", "all_of"):
        held = [_held(member, facts) for member in result.members if member.result == "true"]
        return listed(held[:_WORDS_SHOWN], "and")
    return result.wanted


def _shortened(word: str) -> str:
    return word if len(word) <= _WORD_LENGTH else word[: _WORD_LENGTH - 1] + "…"


def _target_words(targets: Sequence[Target]) -> list[str]:
    if not targets:
        return []
    skipped = [f"{t.model} {SKIP_WORDS[t.skipped]}" for t in targets if t.skipped is not None]
    if not any(target.eligible for target in targets):
        return [f"no target is eligible ({'; '.join(skipped)})"]
    return [f"skipped: {', '.join(skipped)}"] if skipped else []
