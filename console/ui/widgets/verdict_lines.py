"""A decision as lines: the sentence, the route and its reason, the targets and their cost."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from console.quantities import dollars
from console.routing.decision import Decision, Reason, SkipReason, Target, TaskSource
from console.routing.facts import Facts
from console.table.model import Table
from console.table.overrides import Override
from console.ui.foreign_text import foreign
from console.ui.preview_document import PreviewResult, TargetCost
from console.ui.theme import route_style
from console.ui.widgets.lines import QUIET, Line, line, say, titled

REASON_WORDS: dict[Reason, str] = {
    "rule_match": "the first rule that holds",
    "task_default": "no rule holds; the route of its task",
    "table_default": "no rule holds and no task takes it; the table's default",
    "undecidable": "a fact that was not captured could have changed it",
}
SOURCE_WORDS: dict[TaskSource, str] = {
    "declared": "declared by the client",
    "rule": "set by the rule",
    "none": "none declared",
}
SKIP_WORDS: dict[SkipReason, str] = {
    "drained": "drained by an override",
    "context_too_small": "context too small",
    "lacks_tools": "does not support tools",
    "lacks_images": "does not support images",
    "lacks_json_schema": "does not support json_schema",
    "cooling_down": "cooling down after failures",
    "missing_key": "its key is not set",
}
MODEL_WIDTH = 28
"""Cells a model's name may take before what stands beside it moves down a line."""


def verdict_lines(result: PreviewResult, table: Table, overrides: Sequence[Override]) -> list[Line]:
    """Return what was decided, in the order in which one asks for it."""
    decision = result.decision
    return [
        line((result.explanation.sentence, "bold")),
        _route_line(decision, table),
        *_override_lines(decision, overrides),
        *_target_lines(result, table),
        *_reason_lines(decision, table),
        _task_line(decision),
        _input_line(result.facts),
    ]


def skip_words(skip: SkipReason, facts: Facts, context_tokens: int | None) -> str:
    """Say why a target is left out: `context too small: needs 41,200, has 32,000`."""
    words = SKIP_WORDS[skip]
    if skip == "context_too_small" and context_tokens is not None:
        needs = facts.input_tokens + (facts.max_output_tokens or 0)
        return f"{words}: needs {needs:,}, has {context_tokens:,}"
    return words


def cost_words(cost: TargetCost) -> str:
    """Say what a target would cost: an estimate, or that it cannot be known."""
    if cost.input_usd is None:
        return "cost unknown: the table has no price"
    if cost.at_most_usd is None:
        return f"input {_about(cost.input_usd)}, answer unknown"
    return f"{_about(cost.at_most_usd)} at most, input {_about(cost.input_usd)}"


def _about(usd: float) -> str:
    """Say an estimated sum: `≈ $0.0012`, or that it is next to nothing."""
    if usd == 0:
        return "$0"
    said = dollars(usd)
    return f"< {said[1:]}" if said.startswith("<") else f"≈ {said}"


def _route_line(decision: Decision, table: Table) -> Line:
    if decision.route is None:
        return titled("route", ("cannot be decided", "bold $outcome-error"))
    names = list(table.routes)
    index = names.index(decision.route) if decision.route in names else None
    description = table.routes[decision.route].description if index is not None else ""
    parts: list[str | tuple[str, str]] = [(f"→ {decision.route}", f"bold {route_style(index)}")]
    if description:
        parts.append((f"  {description}", QUIET))
    return titled("route", *parts)


def _reason_lines(decision: Decision, table: Table) -> Iterator[Line]:
    words = (f"  {REASON_WORDS[decision.reason]}", QUIET)
    rule = next((rule for rule in table.rules if rule.id == decision.rule), None)
    if rule is None:
        yield titled("reason", decision.reason, words)
    else:
        yield titled("reason", decision.reason, words, ": ", (rule.id, "bold"))
        yield titled("because", rule.because)


def _override_lines(decision: Decision, overrides: Sequence[Override]) -> Iterator[Line]:
    for override in overrides:
        if override.id == decision.override_id and override.pin is not None:
            words = f"{override.id} pins {override.pin.route} to {override.pin.to}"
            yield titled(
                "override", (words, "bold $outcome-degraded"), (f"  {override.because}", QUIET)
            )


def _task_line(decision: Decision) -> Line:
    if decision.task is None:
        return titled("task", (SOURCE_WORDS["none"], QUIET))
    parts: list[str | tuple[str, str]] = [
        decision.task,
        (f"  {SOURCE_WORDS[decision.task_source]}", QUIET),
    ]
    if decision.unknown_task:
        parts.append(("  not a task of this table", "$outcome-degraded"))
    return titled("task", *parts)


def _input_line(facts: Facts) -> Line:
    parts: list[str | tuple[str, str]] = [
        f"≈ {facts.input_tokens:,} tokens",
        (" (estimated: bytes ÷ 4)", QUIET),
    ]
    if facts.max_output_tokens is not None:
        parts.append(f", {facts.max_output_tokens:,} at most out")
    if facts.turns > 1:
        parts.append(f", {facts.turns} turns")
    if facts.hidden_chars:
        parts.append((f", {facts.hidden_chars:,} hidden characters", "$hidden-text bold"))
    return titled("input", *parts)


def _target_lines(result: PreviewResult, table: Table) -> Iterator[Line]:
    decision = result.decision
    costs = {cost.model: cost for cost in result.costs}
    if not decision.targets:
        yield titled("targets", ("none", QUIET))
        return
    for number, target in enumerate(decision.targets, start=1):
        first = target.model == decision.model
        yield line(
            *_target_parts(target, result, costs, table),
            lead=_target_lead(number, target, first),
        )
    if decision.error is not None:
        yield titled(
            "", ("no eligible target: the gateway would answer 503", "bold $outcome-error")
        )


def _target_lead(number: int, target: Target, first: bool) -> Content:
    sign, style = ("✓", "$outcome-ok") if target.eligible else ("✗", "$outcome-error")
    word = "targets" if number == 1 else ""
    name = foreign(target.model, "bold" if first else "" if target.eligible else QUIET, limit=60)
    padding = max(MODEL_WIDTH - name.cell_length - len(target.provider) - 2, 1)
    return Content.assemble(
        say((f"{word:<9} ", QUIET), (f"{sign} ", style)),
        name,
        say((f" {target.provider}", QUIET)),
        " " * padding,
    )


def _target_parts(
    target: Target, result: PreviewResult, costs: dict[str, TargetCost], table: Table
) -> Iterator[str | tuple[str, str]]:
    if target.skipped is not None:
        model = table.models.get(target.model)
        context = model.context_tokens if model is not None else None
        yield (skip_words(target.skipped, result.facts, context), "$outcome-error")
    elif target.model in costs:
        yield (cost_words(costs[target.model]), QUIET)
