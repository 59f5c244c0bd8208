"""Explains a decision: a verdict for every rule, from the conditions themselves.

Equal conditions of several rules are judged once, so that a table of a thousand rules is explained
in about a millisecond.
"""

from collections.abc import Iterator, Mapping, Sequence

from console.routing.compiled_rule import CompiledRule
from console.routing.conditions import Condition, RolloutCondition
from console.routing.decision import Decision
from console.routing.explanation import ConditionResult, Explanation, RuleVerdict, Verdict
from console.routing.facts import Facts
from console.routing.sentence import decision_sentence
from console.routing.text_scan import PatternSet, TextScan
from console.table.model import Table


def explain(
    table: Table,
    rules: Sequence[CompiledRule],
    sets: Mapping[str, PatternSet],
    facts: Facts,
    decision: Decision,
    evaluate_all: bool,
) -> Explanation:
    """Return the explanation of `decision`, made of `facts` by `table`."""
    judge = _Judge(facts, TextScan(sets, facts))
    verdicts = tuple(judge.verdicts(rules, decision.rule, evaluate_all))
    sentence = decision_sentence(table, decision, verdicts, facts)
    return Explanation(sentence, verdicts)


class _Judge:
    """Judges the rules of one table for one request, each distinct condition once."""

    def __init__(self, facts: Facts, scan: TextScan) -> None:
        self._facts, self._scan = facts, scan
        self._results: dict[Condition, ConditionResult] = {}

    def verdicts(
        self, rules: Sequence[CompiledRule], winner: str | None, evaluate_all: bool
    ) -> Iterator[RuleVerdict]:
        """Yield a verdict for every rule, in the order of the table."""
        after = False
        for compiled in rules:
            if not compiled.rule.enabled:
                yield RuleVerdict(compiled.rule.id, compiled.position, "disabled")
            elif after and not evaluate_all:
                yield RuleVerdict(compiled.rule.id, compiled.position, "not_reached")
            else:
                yield self._judged(compiled, after)
            after = after or compiled.rule.id == winner

    def _judged(self, compiled: CompiledRule, after_winner: bool) -> RuleVerdict:
        known = self._results
        results: list[ConditionResult] = []
        failing: list[ConditionResult] = []
        unknown = False
        for condition in compiled.conditions:
            result = known.get(condition)
            if result is None:
                result = known[condition] = condition.result(self._facts, self._scan)
            results.append(result)
            if result.result == "false":
                failing.append(result)
            elif result.result == "unknown":
                unknown = True
        verdict: Verdict
        if failing:
            verdict = _why_not(failing, compiled, unknown)
        elif unknown:
            verdict = "unknown"
        else:
            verdict = "shadowed" if after_winner else "matched"
        near = len(failing) == 1 and not unknown
        return RuleVerdict(
            compiled.rule.id,
            compiled.position,
            verdict,
            tuple(results),
            failing[0] if failing else None,
            needs_words(failing[0]) if near else None,
            compiled.rollout.bucket(self._facts) if compiled.rollout is not None else None,
        )


def _why_not(failing: list[ConditionResult], compiled: CompiledRule, unknown: bool) -> Verdict:
    first = failing[0]
    if first.absent:
        return "missing_fact"
    alone = len(failing) == 1 and not unknown
    if alone and compiled.rollout is not None and first.matcher == RolloutCondition.matcher:
        return "outside_rollout"
    return "failed"


def needs_words(failed: ConditionResult) -> str:
    """Say what would have made a failed condition hold: `needs input_tokens ≥ 8000, saw 7412`."""
    if failed.absent and failed.fact:
        return f"needs {failed.wanted}, {failed.fact} is absent"
    if failed.saw is None:
        return f"needs {failed.wanted}"
    return f"needs {failed.wanted}, saw {failed.saw}"
