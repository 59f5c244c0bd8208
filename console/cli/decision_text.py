"""A decision and its explanation as lines for a terminal, the matched words marked."""

from collections.abc import Iterable, Iterator, Sequence

from console.cli.output import Paint
from console.inert import inert
from console.routing.cost import estimated_cost
from console.routing.decision import Decision, Target
from console.routing.explanation import ConditionResult, Explanation, RuleVerdict, Span
from console.routing.facts import Facts
from console.routing.sentence import SKIP_WORDS
from console.table.model import Table

PROMPT_SHOWN = 400
"""Code points of the prompt shown; a long document is cut around the first match."""
NEAR_MISSES_SHOWN = 3
_MARKS = {"true": "✓", "false": "✗", "unknown": "?"}
_VERDICTS = {
    "matched": ("good", "●"),
    "shadowed": ("warn", "○"),
    "failed": ("dim", "✗"),
    "missing_fact": ("dim", "✗"),
    "outside_rollout": ("warn", "◌"),
    "disabled": ("dim", "-"),
    "not_reached": ("dim", "·"),
    "unknown": ("warn", "?"),
}


def decision_lines(
    table: Table,
    facts: Facts,
    decision: Decision,
    explanation: Explanation,
    paint: Paint,
    every_condition: bool,
) -> Iterator[str]:
    """Yield the decision in lines: the sentence, what follows from it, and the explanation.

    Without `every_condition` only the winner's conditions and the nearest misses are told.
    """
    yield paint("bold", explanation.sentence)
    yield ""
    route = paint("route", decision.route or "undecidable")
    yield f"route    {route}  {paint('dim', _why(decision))}"
    task = decision.task or "none"
    note = ", not in the table" if decision.unknown_task else ""
    yield f"task     {paint('bold', task)}  {paint('dim', decision.task_source + note)}"
    for number, target in enumerate(decision.targets):
        label = "targets " if number == 0 else "        "
        yield f"{label} {_target_line(table, facts, target, paint)}"
    if decision.error:
        yield f"         {paint('bad', 'no eligible target: the gateway would answer 503')}"
    yield f"input    {paint('dim', f'about {facts.input_tokens:,} tokens (estimated)')}"
    winner = next((v for v in explanation.rules if v.verdict == "matched"), None)
    spans = [span for span in _spans(winner) if span.fact == "prompt"]
    if facts.prompt:
        yield f"prompt   {lit(facts.prompt, spans, paint)}"
    yield ""
    if every_condition:
        yield from _rules_in_full(table, explanation, paint)
    else:
        yield from _near_misses(explanation, paint)


def _why(decision: Decision) -> str:
    why = f"{decision.reason} by {decision.rule}" if decision.rule else decision.reason
    return f"{why}, pinned by {decision.override_id}" if decision.override_id else why


def _target_line(table: Table, facts: Facts, target: Target, paint: Paint) -> str:
    name = f"{target.model} ({target.provider})"
    if target.skipped is not None:
        return f"{paint('warn', '✗')} {paint('dim', f'{name}: {SKIP_WORDS[target.skipped]}')}"
    price = table.models[target.model].usd_per_million
    cost = estimated_cost(price, facts.input_tokens, facts.max_output_tokens or 0)
    if cost is None:
        words = "cost unknown: the table has no price"
    elif facts.max_output_tokens is None:
        words = f"about ${cost:.6f} for the input"
    else:
        words = f"at most about ${cost:.6f} with {facts.max_output_tokens:,} output tokens"
    return f"{paint('good', '✓')} {paint('bold', name)}  {paint('dim', words)}"


def _spans(verdict: RuleVerdict | None) -> Iterable[Span]:
    if verdict is None:
        return ()
    return [span for condition in verdict.conditions for span in condition.spans]


def lit(text: str, spans: Sequence[Span], paint: Paint) -> str:
    """Return one line of `text` with its spans marked, cut around the first where it is long.

    Without colour the marks are `*asterisks*`, so that nothing is told by colour alone.
    """
    first = min((span.start for span in spans), default=0)
    start = max(0, first - PROMPT_SHOWN // 4) if first > PROMPT_SHOWN else 0
    end = min(len(text), start + PROMPT_SHOWN)
    pieces = ["…" if start else ""]
    place = start
    for span in sorted(spans, key=lambda span: span.start):
        if span.start < place or span.start >= end or span.end == span.start:
            continue
        pieces.append(inert(text[place : span.start]))
        word = inert(text[span.start : min(span.end, end)])
        pieces.append(paint.raw("lit", word) if paint.on else f"*{word}*")
        place = min(span.end, end)
    pieces += [inert(text[place:end]), "…" if end < len(text) else ""]
    return "".join(pieces)


def _near_misses(explanation: Explanation, paint: Paint) -> Iterator[str]:
    number = len(explanation.rules)
    counts = ["1 rule" if number == 1 else f"{number} rules"]
    misses = [v for v in explanation.near_misses() if v.verdict not in ("disabled", "not_reached")]
    if misses:
        counts.append(f"{len(misses)} failed by one condition alone")
    yield paint("dim", ", ".join(counts) + "; --explain tells every condition")
    for verdict in misses[:NEAR_MISSES_SHOWN]:
        yield f"  {paint('dim', '✗')} {verdict.rule}: {paint('dim', verdict.near_miss or '')}"
    if len(misses) > NEAR_MISSES_SHOWN:
        yield paint("dim", f"  … {len(misses) - NEAR_MISSES_SHOWN} more")


def _rules_in_full(table: Table, explanation: Explanation, paint: Paint) -> Iterator[str]:
    reasons = {rule.id: rule.because for rule in table.rules}
    for verdict in explanation.rules:
        style, mark = _VERDICTS[verdict.verdict]
        words = verdict.verdict.replace("_", " ")
        bucket = f", bucket {verdict.bucket}" if verdict.bucket is not None else ""
        yield (
            f"{verdict.position:>4} {paint(style, mark)} {paint('bold', verdict.rule)}"
            f"  {paint(style, words + bucket)}"
        )
        if verdict.verdict in ("matched", "shadowed"):
            yield f"       {paint('dim', reasons[verdict.rule])}"
        for condition in verdict.conditions:
            yield from _condition_lines(condition, paint, 7)


def _condition_lines(condition: ConditionResult, paint: Paint, indent: int) -> Iterator[str]:
    style = "good" if condition.result == "true" else "dim"
    saw = ""
    if condition.absent and condition.fact:
        saw = f", {condition.fact} is absent"
    elif condition.saw is not None:
        saw = f", saw {condition.saw}"
    elif condition.spans:
        places = [f"{span.start}–{span.end}" for span in condition.spans[:3]]
        saw = f", at {', '.join(places)}"
    wanted = f"{condition.matcher.replace('_', ' ')}" if condition.members else condition.wanted
    mark = paint(style, _MARKS[condition.result])
    yield f"{' ' * indent}{mark} {paint(style, wanted + saw, limit=200)}"
    for member in condition.members:
        yield from _condition_lines(member, paint, indent + 2)
