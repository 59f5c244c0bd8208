"""Looks for a request that lies in a box and in none of others, or shows that there is none.

The search narrows the cells a request may have, dimension by dimension. A value that fewer of the
other boxes take in than any other value is always as good; a box left by one way only leaves no
choice; otherwise a way out of the box with the fewest is tried, then the rest without it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from console.routing.lint.space import FOUND, NOT_FOUND, Box, Space, UndecidableError

MOST_STEPS = 3000
"""Choices tried for one question before giving up on it: a few tenths of a second."""


class Search:
    """The boxes of all rules in their order, to be put questions to.

    A set of boxes is an integer with a bit a box. The first bits are what is impossible in the
    space; they belong to every question.
    """

    def __init__(self, space: Space, boxes: Sequence[Box]) -> None:
        self._space = space
        self.boxes = [*space.impossible, *boxes]
        self.offset = len(space.impossible)
        """The bit of the first of `boxes`."""
        self.background = (1 << self.offset) - 1
        self._constrained: dict[int, int] = defaultdict(int)
        self._allowing: dict[int, list[int]] = {}
        for bit, box in enumerate(self.boxes):
            for dimension, mask in box.items():
                self._constrained[dimension] |= 1 << bit
                allowing = self._allowing.setdefault(
                    dimension, [0] * space.full[dimension].bit_length()
                )
                for cell in bits_of(mask):
                    allowing[cell] |= 1 << bit
        self.is_cancelled: Callable[[], bool] = lambda: False
        """Set by whoever may lose interest: no further question is answered then."""
        self._texts = _Texts(space, self.boxes, self.background)
        self._meeting: dict[tuple[int, int], int] = {}
        self._cells: dict[int, tuple[int, ...]] = {}
        self._rollouts = [
            number
            for number in range(len(space.facts), space.first_atom)
            if number in self._allowing
        ]
        self._plain = [number for number in self._allowing if number < space.first_atom]

    def outside(self, box: Box, others: int) -> tuple[Box | None, int]:
        """Look for a request in `box` and in none of the boxes `others`.

        Returns the cells it may have, which is what is left of `box`, and 0; or None and the boxes
        of `others` that together cover `box`. Raises UndecidableError when that takes too long, or
        is not wanted any more.
        """
        if self.is_cancelled():
            raise UndecidableError
        if not all(box.values()):
            return None, 0
        left = self._relevant(box, others | self.background)
        attempt = _Attempt(self)
        found = attempt.solve(dict(box), left)
        return found, 0 if found is not None else attempt.used & ~self.background

    def meeting(self, box: Box, others: int) -> int:
        """Return those of `others` that have a cell in common with `box` in every dimension."""
        for dimension, mask in box.items():
            others &= self.not_left(dimension, mask)
        return others

    def not_left(self, dimension: int, mask: int) -> int:
        """Return the boxes that a request with these cells in one dimension may still lie in."""
        known = self._meeting.get((dimension, mask))
        if known is None:
            allowing = self._allowing.get(dimension)
            known = -1
            if allowing is not None:
                known = ~self._constrained[dimension]
                for cell in bits_of(mask):
                    known |= allowing[cell]
            self._meeting[dimension, mask] = known
        return known

    def within(self, dimensions: frozenset[int], others: int) -> int:
        """Return those of `others` that ask for nothing but these dimensions."""
        for number in self._plain:
            if number not in dimensions:
                others &= ~self._constrained[number]
        return self._texts.within(dimensions, others)

    def _relevant(self, box: Box, others: int) -> int:
        left = self._texts.relevant(box, self.meeting(box, others))
        asked = left & ~self.background
        for number in self._rollouts:
            # What is known of a rollout's buckets matters only where somebody asks for them.
            if number not in box and not self._constrained[number] & asked:
                left &= ~self._constrained[number]
        return left

    def settle(self, request: Box, left: int) -> int:
        """Choose cells that leave a box wherever any other cell would; return the boxes left."""
        full = self._space.full
        again = True
        while again and left:
            again = False
            for number in self._plain:
                if not self._constrained[number] & left:
                    continue
                mask = request.get(number, full[number])
                if mask & (mask - 1) == 0:
                    continue
                best = self._best_cell(number, mask, left)
                if best is not None:
                    request[number] = 1 << best
                    left &= ~self._constrained[number] | self._allowing[number][best]
                    again = True
        return left

    def _best_cell(self, number: int, mask: int, left: int) -> int | None:
        """Return a cell that is in no box of `left` that is not around every other cell as well."""
        allowing = self._allowing[number]
        cells = self._cells.get(mask)
        if cells is None:
            cells = self._cells[mask] = tuple(bits_of(mask))
        least, last = left, -1
        for cell in cells:
            allowed = allowing[cell] & left
            if not allowed:
                return cell
            least &= allowed
            if allowed == least:
                last = cell
        if last < 0:
            return None
        return last if allowing[last] & left == least else None

    def around(self, request: Box, *, highest: bool = False) -> int:
        """Return the boxes, impossible ones too, that one of the requests in `request` lies in.

        It is the one with the lowest cell in each dimension, or with the highest, and with no words
        but those that `request` wants found.
        """
        boxes = (1 << len(self.boxes)) - 1
        for number in self._plain:
            mask = request.get(number, self._space.full[number])
            cell = mask.bit_length() - 1 if highest else (mask & -mask).bit_length() - 1
            boxes &= self.not_left(number, 1 << cell)
        first = self._space.first_atom
        found = frozenset(n for n, mask in request.items() if n >= first and mask == FOUND)
        for number in found:
            boxes &= self.not_left(number, FOUND)
        return self._texts.within(found, boxes)


class _Attempt:
    """One question being answered; `used` gathers the boxes that the answer "none" rests on."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._full = search._space.full
        self._steps = 0
        self.used = 0

    def solve(self, request: Box, left: int) -> Box | None:
        """Return the cells of a request outside the boxes `left`, None where there is none."""
        search = self._search
        while True:
            left = search.settle(request, left)
            if not left:
                return request
            narrowed = False
            fewest: dict[int, int] | None = None
            for bit in bits_of(left):
                ways = self._ways_out(request, search.boxes[bit])
                if len(ways) > 1:
                    if fewest is None or len(ways) < len(fewest):
                        fewest, fewest_bit = ways, bit
                    continue
                self.used |= 1 << bit
                if not ways:
                    return None
                [(dimension, mask)] = ways.items()
                request[dimension] = mask
                left &= search.not_left(dimension, mask)
                narrowed = True
                break
            if not narrowed:
                assert fewest is not None
                return self._branch(request, left, fewest, fewest_bit)

    def _branch(self, request: Box, left: int, ways: dict[int, int], bit: int) -> Box | None:
        self.used |= 1 << bit
        for dimension, mask in ways.items():
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise UndecidableError
            before = request.get(dimension, self._full[dimension])
            found = self.solve(
                {**request, dimension: mask}, left & self._search.not_left(dimension, mask)
            )
            if found is not None:
                return found
            request[dimension] = before & ~mask
            left &= self._search.not_left(dimension, before & ~mask)
        return None

    def _ways_out(self, request: Box, box: Box) -> dict[int, int]:
        """Return for each dimension in which the request can leave the box, the cells it then has.

        Where there is more than one way, that is all that matters of the others: two may be told.
        """
        ways = {}
        for dimension, mask in box.items():
            outside = request.get(dimension, self._full[dimension]) & ~mask
            if outside:
                ways[dimension] = outside
        return ways


class _Texts:
    """Which boxes can matter, by the phrases and patterns they ask for.

    Words that neither the box asked about brings with it nor any other box wants left out can
    simply be missing from the request, and every box that asks for them is left.
    """

    def __init__(self, space: Space, boxes: Sequence[Box], background: int) -> None:
        self._implied = space.implied
        self._first = space.first_atom
        self._background = background
        self._found: dict[int, int] = defaultdict(int)
        self._wanted: list[frozenset[int]] = []
        self._any_found, self._any_not_found = 0, 0
        for bit, box in enumerate(boxes):
            wanted = frozenset(d for d, m in box.items() if d >= self._first and m == FOUND)
            self._wanted.append(wanted)
            for atom in wanted:
                self._found[atom] |= 1 << bit
            if wanted:
                self._any_found |= 1 << bit
            if any(d >= self._first and m == NOT_FOUND for d, m in box.items()):
                self._any_not_found |= 1 << bit
        self._boxes = boxes

    def relevant(self, box: Mapping[int, int], others: int) -> int:
        """Return those of `others` that a request in `box` cannot leave by lacking some words."""
        open_atoms = self._with_implied(
            d for d, m in box.items() if d >= self._first and m == FOUND
        )
        unwanted = {
            dimension
            for bit in bits_of(others & self._any_not_found & ~self._background)
            for dimension, mask in self._boxes[bit].items()
            if dimension >= self._first and mask == NOT_FOUND
        }
        return self.within(frozenset(open_atoms | self._with_implied(unwanted)), others)

    def within(self, dimensions: frozenset[int], others: int) -> int:
        """Return those of `others` that ask for no words but these to be found."""
        kept = others & ~self._any_found
        some = 0
        for atom in dimensions:
            some |= self._found.get(atom, 0)
        for bit in bits_of(others & some):
            if self._wanted[bit] <= dimensions:
                kept |= 1 << bit
        return kept

    def _with_implied(self, atoms: Iterator[int] | set[int]) -> set[int]:
        found: set[int] = set()
        for atom in atoms:
            found.add(atom)
            found |= self._implied.get(atom, frozenset())
        return found


def bits_of(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
