"""Finds the first rule that holds, for all rules at once: one bit a rule.

For every fact there is an integer whose set bits are the rules that a value of that fact does not
rule out; their conjunction leaves the candidates. Texts are scanned once for all patterns, and
only where a rule that looks at text could still come first. What bits cannot say (groups,
rollouts, patterns matched alone) is asked of the few candidates left, in order.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

from console.routing.compiled_rule import CompiledRule
from console.routing.conditions import (
    Condition,
    FlagCondition,
    NameCondition,
    NumberCondition,
    TextCondition,
    glob_matcher,
)
from console.routing.facts import Facts
from console.routing.text_scan import PatternSet, TextScan
from console.table.model import NAME_FACTS

_NOTHING: Mapping[int, int] = {}

_REMEMBERED = 4096
_LONGEST_REMEMBERED = 100
"""Values of a name fact whose masks are kept, and their length in code points: clients and tasks
are short and repeat, hostile values are neither."""


class FirstMatch:
    """The enabled rules of a table as bit masks. Bit i is the i-th of `rules`."""

    def __init__(self, rules: Sequence[CompiledRule], sets: Mapping[str, PatternSet]) -> None:
        self._rules = rules
        self._sets = sets
        self._all = (1 << len(rules)) - 1
        self._names: dict[str, _NameMasks] = {}
        self._numbers: dict[str, _NumberMasks] = {}
        self._flags: dict[str, tuple[int, int]] = {}
        self._texts = _TextMasks(len(rules))
        self._residual: dict[int, list[Condition]] = defaultdict(list)
        self._fill()
        self._needs_more = sum(1 << i for i in self._residual) | self._texts.rules

    def _fill(self) -> None:
        names: dict[str, dict[int, NameCondition]] = defaultdict(dict)
        numbers: dict[str, dict[int, NumberCondition]] = defaultdict(dict)
        flags: dict[str, list[int]] = defaultdict(lambda: [self._all, self._all])
        for bit, rule in enumerate(self._rules):
            for condition in rule.conditions:
                if isinstance(condition, NameCondition):
                    names[condition.fact][bit] = condition
                elif isinstance(condition, NumberCondition):
                    numbers[condition.fact][bit] = condition
                elif isinstance(condition, FlagCondition):
                    flags[condition.fact][condition.value] &= ~(1 << bit)
                elif isinstance(condition, TextCondition) and self._fits_masks(condition):
                    self._texts.add(bit, condition)
                else:
                    self._residual[bit].append(condition)
        self._names = {fact: _NameMasks(self._all, of) for fact, of in names.items()}
        self._numbers = {fact: _NumberMasks(self._all, of) for fact, of in numbers.items()}
        self._flags = {fact: (masks[0], masks[1]) for fact, masks in flags.items()}

    def _fits_masks(self, condition: TextCondition) -> bool:
        return self._sets[condition.fact].alone.isdisjoint(condition.indexes)

    def find(self, facts: Facts) -> CompiledRule | None:
        """Return the first rule that holds. Every fact must have been captured."""
        candidates = self._all
        for fact, names in self._names.items():
            value = facts.tags.get(fact[5:]) if fact not in NAME_FACTS else getattr(facts, fact)
            candidates &= names.mask(value)
        for fact, numbers in self._numbers.items():
            candidates &= numbers.mask(getattr(facts, fact))
        for fact, masks in self._flags.items():
            # masks[0] is for a flag that is set, masks[1] for one that is not.
            candidates &= masks[not getattr(facts, fact)]
        if not candidates:
            return None
        first = candidates & -candidates
        if not first & self._needs_more:
            return self._rules[first.bit_length() - 1]
        scan = TextScan(self._sets, facts)
        if candidates & self._texts.rules:
            candidates = self._texts.narrow(candidates, scan)
        return self._first_of(candidates, facts, scan)

    def _first_of(self, candidates: int, facts: Facts, scan: TextScan) -> CompiledRule | None:
        while candidates:
            first = candidates & -candidates
            bit = first.bit_length() - 1
            residual = self._residual.get(bit)
            if residual is None or all(condition.holds(facts, scan) for condition in residual):
                return self._rules[bit]
            candidates ^= first
        return None


class _NameMasks:
    """For one name fact: the rules each value leaves in."""

    def __init__(self, every: int, conditions: Mapping[int, NameCondition]) -> None:
        self._free = every & ~sum(1 << bit for bit in conditions)
        self._exact: dict[str, int] = defaultdict(int)
        by_glob: dict[str, int] = defaultdict(int)
        for bit, condition in conditions.items():
            for name in condition.names:
                (by_glob if "*" in name else self._exact)[name] |= 1 << bit
        self._exact = dict(self._exact)
        self._globs = [(glob_matcher([glob]), mask) for glob, mask in by_glob.items()]
        self._seen: dict[str, int] = {}

    def mask(self, value: str | None) -> int:
        if value is None:
            return self._free
        mask = self._seen.get(value)
        if mask is None:
            mask = self._free | self._exact.get(value, 0)
            for matches, bits in self._globs:
                if matches(value):
                    mask |= bits
            if len(self._seen) < _REMEMBERED and len(value) <= _LONGEST_REMEMBERED:
                self._seen[value] = mask
        return mask


class _NumberMasks:
    """For one number fact: the rules each interval between two bounds leaves in."""

    def __init__(self, every: int, conditions: Mapping[int, NumberCondition]) -> None:
        self._free = every & ~sum(1 << bit for bit in conditions)
        starts = {c.bounds.min for c in conditions.values() if c.bounds.min is not None}
        ends = {c.bounds.max + 1 for c in conditions.values() if c.bounds.max is not None}
        self._edges = sorted(starts | ends)
        # One interval below the first edge, then one from each edge to the next.
        masks = [self._free] * (len(self._edges) + 1)
        for bit, condition in conditions.items():
            low, high = condition.bounds.min, condition.bounds.max
            first = 0 if low is None else bisect_left(self._edges, low) + 1
            last = len(self._edges) if high is None else bisect_left(self._edges, high + 1)
            for interval in range(first, last + 1):
                masks[interval] |= 1 << bit
        self._masks = masks

    def mask(self, value: int | None) -> int:
        if value is None:
            return self._free
        return self._masks[bisect_right(self._edges, value)]


class _TextMasks:
    """The text conditions of rules as clauses, each of which needs at least one pattern found.

    A rule's first clause is at level 0, its second at level 1, and so on; a rule stays in where
    every level at which it has a clause was hit.
    """

    def __init__(self, size: int) -> None:
        self.rules = 0
        self._levels: list[int] = []
        self._hits: dict[str, dict[int, dict[int, int]]] = {}
        self._next_level = [0] * size

    def add(self, bit: int, condition: TextCondition) -> None:
        """Add one condition of the rule at `bit` as one clause, or one for each phrase."""
        self.rules |= 1 << bit
        each = [(i,) for i in condition.indexes] if condition.all_of else [condition.indexes]
        for clause in each:
            level = self._next_level[bit]
            self._next_level[bit] += 1
            if level == len(self._levels):
                self._levels.append(0)
            self._levels[level] |= 1 << bit
            by_pattern = self._hits.setdefault(condition.fact, {})
            for index in clause:
                by_level = by_pattern.setdefault(index, {})
                by_level[level] = by_level.get(level, 0) | 1 << bit

    def narrow(self, candidates: int, scan: TextScan) -> int:
        """Return the candidates that the texts leave in."""
        hit = [0] * len(self._levels)
        for fact, by_pattern in self._hits.items():
            for index in scan.found(fact):
                for level, mask in by_pattern.get(index, _NOTHING).items():
                    hit[level] |= mask
        for level, having in enumerate(self._levels):
            candidates &= hit[level] | ~having
        return candidates
