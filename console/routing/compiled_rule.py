"""A rule with its conditions ready to be put to requests."""

from console.routing.conditions import (
    Condition,
    Conjunction,
    FlagCondition,
    GroupCondition,
    NameCondition,
    NumberCondition,
    RolloutCondition,
    TextCondition,
)
from console.routing.text_scan import PatternSet
from console.routing.words import text_parts
from console.table.model import Rule, When
from console.table.patterns import phrase_pattern


class CompiledRule:
    """One rule: its place in the table, and its top-level conditions in the order judged."""

    def __init__(self, rule: Rule, position: int, conditions: tuple[Condition, ...]) -> None:
        self.rule, self.position, self.conditions = rule, position, conditions
        self.when = Conjunction(conditions)
        self.rollout = next((c for c in conditions if isinstance(c, RolloutCondition)), None)


class RuleCompiler:
    """Compiles rules one after the other, sharing equal conditions and equal patterns."""

    def __init__(self) -> None:
        self._patterns: dict[str, dict[str, int]] = {}
        self._conditions: dict[tuple[object, ...], Condition] = {}

    def compile(self, rule: Rule, position: int) -> CompiledRule:
        """Return the rule, compiled. Call `pattern_sets` once after the last."""
        return CompiledRule(rule, position, self._conjunction(rule.when, rule.id))

    def pattern_sets(self) -> dict[str, PatternSet]:
        """Return the set of patterns on each text fact that any rule looks at."""
        return {fact: PatternSet(list(patterns)) for fact, patterns in self._patterns.items()}

    def _conjunction(self, when: When, rule_id: str) -> tuple[Condition, ...]:
        conditions: list[Condition] = []
        for fact, names in when.names.items():
            conditions.append(self._shared(NameCondition, fact, names))
        for fact, bounds in when.numbers.items():
            conditions.append(self._shared(NumberCondition, fact, bounds))
        for fact, flag in when.flags.items():
            conditions.append(self._shared(FlagCondition, fact, flag))
        for fact, matcher in when.texts.items():
            for kind, parts in text_parts(matcher):
                conditions.append(self._text(fact, kind, parts))
        for group in ("any_of", "all_of", "none_of"):
            members: tuple[When, ...] = getattr(when, group)
            if members:
                inner = tuple(Conjunction(self._conjunction(w, rule_id)) for w in members)
                conditions.append(GroupCondition(group, inner))
        if when.rollout is not None:
            conditions.append(RolloutCondition(when.rollout, rule_id))
        return tuple(conditions)

    def _shared(self, kind: type, fact: str, wanted: object) -> Condition:
        key = (kind, fact, wanted)
        if key not in self._conditions:
            self._conditions[key] = kind(fact, wanted)
        return self._conditions[key]

    def _text(self, fact: str, kind: str, parts: tuple[str, ...]) -> Condition:
        key = (fact, kind, parts)
        if key not in self._conditions:
            known = self._patterns.setdefault(fact, {})
            patterns = parts if kind == "matches" else tuple(map(phrase_pattern, parts))
            indexes = tuple(known.setdefault(pattern, len(known)) for pattern in patterns)
            self._conditions[key] = TextCondition(fact, kind, parts, indexes)
        return self._conditions[key]
