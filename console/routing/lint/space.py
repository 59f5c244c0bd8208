"""The space of all requests as a table sees it: a dimension for each fact, phrase and rollout.

A dimension is cut into cells (see `cells`). A phrase or pattern is a dimension of its own with two
cells, not found and found, since what other words a text holds is free; a rollout is one whose
cells are its buckets between the shares that rules take. What is known to go together (a phrase
within a phrase, a name and its bucket) is written as boxes in which no request lies.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from console.routing.lint.cells import FlagCells, NameCells, NumberCells
from console.routing.lint.globs import TooManyRegionsError
from console.routing.lint.phrase_order import TextAtom, implied_by
from console.routing.rollout import BUCKETS, bucket_of, buckets_within, key_of
from console.table.model import (
    FLAG_FACTS,
    NUMBER_FACTS,
    TEXT_FACTS,
    NumberRange,
    Rollout,
    Rule,
    TextMatcher,
    When,
)
from console.table.patterns import phrase_pattern

NOT_FOUND, FOUND = 1, 2
"""The two sets of one cell of a phrase's or pattern's dimension."""

MOST_TOLD_BUCKETS = 20_000
"""Pairs of a name and a rollout whose bucket is worked out beforehand."""

Box = dict[int, int]
"""A part of the space: for some dimensions, by number, the set of cells it takes in."""

RolloutKey = tuple[str, str]
"""The fact a rollout goes by, and its salt."""


class UndecidableError(Exception):
    """A condition is of a kind that lint does not decide; nothing is said of its rule."""


class _Asked:
    """Everything that the conditions of some rules ask for."""

    def __init__(self) -> None:
        self.names: dict[str, set[str]] = defaultdict(set)
        self.numbers: dict[str, set[NumberRange]] = defaultdict(set)
        self.flags: set[str] = set()
        self.atoms: dict[TextAtom, None] = {}
        self.shares: dict[RolloutKey, set[int]] = defaultdict(set)

    def add(self, when: When, rule_id: str) -> None:
        for fact, names in when.names.items():
            self.names[fact].update(names)
        for fact, bounds in when.numbers.items():
            self.numbers[fact].add(bounds)
        self.flags.update(when.flags)
        for fact, matcher in when.texts.items():
            self.atoms.update(dict.fromkeys(atoms_of(fact, matcher)))
        if when.rollout is not None:
            self.shares[rollout_key(when.rollout, rule_id)].add(
                buckets_within(when.rollout.percent)
            )
            self._add_fact(when.rollout.by)
        for member in (*when.any_of, *when.all_of, *when.none_of):
            self.add(member, rule_id)

    def _add_fact(self, fact: str) -> None:
        if fact in NUMBER_FACTS:
            self.numbers.setdefault(fact, set())
        elif fact in FLAG_FACTS:
            self.flags.add(fact)
        elif fact not in TEXT_FACTS:
            self.names.setdefault(fact, set())


class Space:
    """The dimensions that the rules of a table need, and what is known to be impossible."""

    def __init__(self, rules: Iterable[Rule], tasks: Iterable[str] = ()) -> None:
        asked = _Asked()
        asked.names["task"].update(tasks)
        for rule in rules:
            asked.add(rule.when, rule.id)
        self.facts: dict[str, NameCells | NumberCells | FlagCells] = {}
        self.intricate: set[str] = set()
        """Facts whose globs tell too many regions apart; conditions with one are not decided."""
        self._fill(asked)
        self._numbers: dict[str | TextAtom | RolloutKey, int] = {}
        self.atoms = list(asked.atoms)
        self.edges = {
            key: [0, *sorted(s - {0, BUCKETS}), BUCKETS] for key, s in asked.shares.items()
        }
        keys: list[str | TextAtom | RolloutKey] = [*self.facts, *self.edges, *self.atoms]
        for key in keys:
            self._numbers[key] = len(self._numbers)
        self.keys = list(self._numbers)
        """What each dimension stands for, by its number."""
        self.first_atom = len(self.facts) + len(self.edges)
        """The number from which on dimensions are phrases and patterns."""
        self.full = [self._full(key) for key in self.keys]
        self.implied: dict[int, frozenset[int]] = {
            self._numbers[atom]: frozenset(self._numbers[other] for other in others)
            for atom, others in implied_by(self.atoms).items()
        }
        """The phrases that are found wherever a phrase is found, itself left out."""
        self.impossible = [*self._impossible_texts(), *self._impossible_buckets()]

    def _fill(self, asked: _Asked) -> None:
        for fact, names in asked.names.items():
            try:
                self.facts[fact] = NameCells(fact, names)
            except TooManyRegionsError:
                self.intricate.add(fact)
                self.facts[fact] = NameCells(fact, (name for name in names if "*" not in name))
        for fact, ranges in asked.numbers.items():
            self.facts[fact] = NumberCells(fact, ranges)
        for fact in sorted(asked.flags):
            self.facts[fact] = FlagCells(fact)

    def _full(self, key: str | TextAtom | RolloutKey) -> int:
        if isinstance(key, TextAtom):
            return NOT_FOUND | FOUND
        if isinstance(key, str):
            return (1 << self.facts[key].count) - 1
        return (1 << len(self.edges[key])) - 1

    def dimension(self, key: str | TextAtom | RolloutKey) -> int:
        """Return the number of a dimension. Raises KeyError where the rules do not need it."""
        return self._numbers[key]

    def names(self, fact: str, names: Sequence[str]) -> tuple[int, int]:
        """Return dimension and cells of a name condition. May raise UndecidableError."""
        if fact in self.intricate and any("*" in name for name in names):
            raise UndecidableError
        cells = self.facts[fact]
        assert isinstance(cells, NameCells)
        return self._numbers[fact], cells.mask(names)

    def numbers(self, fact: str, bounds: NumberRange) -> tuple[int, int]:
        """Return dimension and cells of a range."""
        cells = self.facts[fact]
        assert isinstance(cells, NumberCells)
        return self._numbers[fact], cells.mask(bounds)

    def flag(self, fact: str, value: bool) -> tuple[int, int]:
        """Return dimension and cells of a flag."""
        return self._numbers[fact], 1 << int(value)

    def rollout(self, rollout: Rollout, rule_id: str) -> tuple[int, int]:
        """Return dimension and cells of a rollout: cell 0 is for the fact's absence."""
        key = rollout_key(rollout, rule_id)
        within = self.edges[key].index(buckets_within(rollout.percent))
        return self._numbers[key], ((1 << within) - 1) << 1

    def bucket_cell(self, key: RolloutKey, value: object) -> int:
        """Return the cell of a rollout that a value of its fact falls into."""
        if value is None:
            return 0
        bucket = bucket_of(key[1], key_of(value))
        return next(cell for cell, edge in enumerate(self.edges[key]) if bucket < edge)

    def _impossible_texts(self) -> Iterator[Box]:
        for atom, others in self.implied.items():
            for other in others:
                yield {atom: FOUND, other: NOT_FOUND}

    def _impossible_buckets(self) -> Iterator[Box]:
        told = 0
        for key in self.edges:
            here, full = self._numbers[key], self.full[self._numbers[key]]
            cells = self.facts.get(key[0])
            if cells is None:
                yield {here: 1}  # a text is never absent
                continue
            fact = self._numbers[key[0]]
            several = 0
            for cell in range(cells.count):
                sole = cells.sole_value(cell)
                if sole is None or told > MOST_TOLD_BUCKETS:
                    several |= 1 << cell
                else:
                    told += 1
                    yield {fact: 1 << cell, here: full & ~(1 << self.bucket_cell(key, sole[0]))}
            if several:
                yield {fact: several, here: 1}


def rollout_key(rollout: Rollout, rule_id: str) -> RolloutKey:
    """Return what makes two rollouts take the same bucket: their fact and their salt."""
    return rollout.by, rule_id if rollout.salt is None else rollout.salt


def atoms_of(fact: str, matcher: TextMatcher) -> Iterator[TextAtom]:
    """Yield the phrases and patterns of a matcher on a text."""
    for phrase in (*matcher.contains, *matcher.contains_all):
        yield phrase_atom(fact, phrase)
    for pattern in matcher.matches:
        yield TextAtom(fact, pattern)


def phrase_atom(fact: str, phrase: str) -> TextAtom:
    """Return a phrase as it is looked for in the text of `fact`."""
    return TextAtom(fact, phrase_pattern(phrase), phrase)
