"""A condition as boxes: it holds exactly for the requests that lie in one of them."""

from collections.abc import Iterable, Sequence

from console.routing.lint.phrase_order import TextAtom
from console.routing.lint.space import FOUND, NOT_FOUND, Box, Space, UndecidableError, phrase_atom
from console.table.model import TextMatcher, When

MOST_BOXES = 400
"""Boxes of one condition; one that needs more is not decided."""


def boxes_of(space: Space, when: When, rule_id: str) -> list[Box]:
    """Return the boxes of a condition, none where it contradicts itself.

    Raises UndecidableError where it needs too many, or looks at a fact that is not cut into cells.
    """
    return _Writer(space, rule_id).holds(when)


def overlap(one: Box, other: Box, full: Sequence[int]) -> Box | None:
    """Return what lies in both boxes, None where nothing does."""
    both = dict(one)
    for dimension, mask in other.items():
        mask &= both.get(dimension, full[dimension])
        if not mask:
            return None
        both[dimension] = mask
    return both


class _Writer:
    """Writes the conditions of one rule as boxes."""

    def __init__(self, space: Space, rule_id: str) -> None:
        self._space, self._rule_id = space, rule_id

    def holds(self, when: When) -> list[Box]:
        """Return where all parts of `when` hold."""
        every: list[Box] = [{}]
        for part in self._parts(when):
            every = self._both(every, part)
        return every

    def fails(self, when: When) -> list[Box]:
        """Return where at least one part of `when` does not hold."""
        return self._bounded(box for part in self._parts(when, negated=True) for box in part)

    def _parts(self, when: When, *, negated: bool = False) -> Iterable[list[Box]]:
        """Yield the boxes of each part of a conjunction, or of each part's contrary."""
        space = self._space
        for fact, names in when.names.items():
            yield self._simple(space.names(fact, names), negated)
        for fact, bounds in when.numbers.items():
            yield self._simple(space.numbers(fact, bounds), negated)
        for fact, flag in when.flags.items():
            yield self._simple(space.flag(fact, flag), negated)
        for fact, matcher in when.texts.items():
            yield from self._texts(fact, matcher, negated)
        if when.any_of:
            yield self._all_fail(when.any_of) if negated else self._one_holds(when.any_of)
        for member in when.all_of:
            yield self.fails(member) if negated else self.holds(member)
        if when.none_of:
            yield self._one_holds(when.none_of) if negated else self._all_fail(when.none_of)
        if when.rollout is not None:
            yield self._simple(space.rollout(when.rollout, self._rule_id), negated)

    def _simple(self, condition: tuple[int, int], negated: bool) -> list[Box]:
        dimension, mask = condition
        full = self._space.full[dimension]
        mask = full & ~mask if negated else mask
        if mask == full:
            return [{}]
        return [{dimension: mask}] if mask else []

    def _texts(self, fact: str, matcher: TextMatcher, negated: bool) -> Iterable[list[Box]]:
        contains = [phrase_atom(fact, phrase) for phrase in matcher.contains]
        each = [[phrase_atom(fact, phrase)] for phrase in matcher.contains_all]
        patterns = [TextAtom(fact, pattern) for pattern in matcher.matches]
        for atoms in (contains, *each, patterns):
            if atoms:
                yield self._found(atoms, negated)

    def _found(self, atoms: list[TextAtom], negated: bool) -> list[Box]:
        dimensions = list(dict.fromkeys(self._space.dimension(atom) for atom in atoms))
        if negated:
            return [dict.fromkeys(dimensions, NOT_FOUND)]
        return [{dimension: FOUND} for dimension in dimensions]

    def _one_holds(self, members: Iterable[When]) -> list[Box]:
        return self._bounded(box for member in members for box in self.holds(member))

    def _all_fail(self, members: Iterable[When]) -> list[Box]:
        every: list[Box] = [{}]
        for member in members:
            every = self._both(every, self.fails(member))
        return every

    def _both(self, some: list[Box], others: list[Box]) -> list[Box]:
        full = self._space.full
        pairs = (overlap(one, other, full) for one in some for other in others)
        return self._bounded(box for box in pairs if box is not None)

    def _bounded(self, boxes: Iterable[Box]) -> list[Box]:
        kept: dict[frozenset[tuple[int, int]], Box] = {}
        for box in boxes:
            kept[frozenset(box.items())] = box
            if len(kept) > MOST_BOXES:
                raise UndecidableError
        if any(not box for box in kept.values()):
            return [{}]
        return list(kept.values())
