"""Cuts all texts into the regions that a set of names with `*` tells apart, with one text of each.

All names are run at once as one automaton whose state is an integer with a bit for each place in
each name, so that what is found is complete: a region that is not told holds no text at all.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence, Set

MOST_STATES = 4096
"""States looked at before giving up. Names with a `*` at their end need one a character; those with
a `*` at both ends may double the number with each name."""

_FILLERS = "xqzjkvw0123456789abcdefghilmnoprstuyжшщ"
"""A character that no name holds stands for all of them; one easy to read is preferred."""


class TooManyRegionsError(Exception):
    """The names tell more regions apart than are worth looking at."""


def regions(globs: Collection[str], names: Set[str]) -> list[str]:
    """Return a text from every region that `globs` tell apart, none of which is one of `names`.

    A region is the set of texts that match the same globs; one all of whose texts are in `names`
    is left out. A region's text is empty only where it holds no other. Raises TooManyRegionsError.
    """
    listed = sorted(set(globs))
    found: list[str] = []
    for signature, shortest in _words(listed, names).items():
        text: str | None = shortest
        if shortest in names:
            # The shortest text is a name of its own: look for another that matches the same.
            same = [name for name in names if _signature(listed, name) == signature]
            text = _words([*listed, *same], names).get(signature)
        if text is not None:
            found.append(text)
    return found


def _signature(globs: Sequence[str], text: str) -> int:
    return _Automaton(globs).accepted_by(text)


def _words(globs: Sequence[str], names: Set[str]) -> dict[int, str]:
    """Return the shortest text for each set of globs (bit i for the i-th) that some text matches.

    A text that is not empty and not among `names` is preferred to one that is.
    """
    automaton = _Automaton(globs)
    alphabet = [_filler("".join([*globs, *names])), *sorted(set("".join(globs)) - {"*"})]
    words = {automaton.accepted(automaton.start): ""}
    # The start itself is not seen yet: a text of some length may lead back to it.
    seen: set[int] = set()
    queue = deque([(automaton.start, "")])
    while queue:
        state, word = queue.popleft()
        for char in alphabet:
            after = automaton.step(state, char)
            if after in seen:
                continue
            seen.add(after)
            if len(seen) > MOST_STATES:
                raise TooManyRegionsError
            queue.append((after, word + char))
            signature = automaton.accepted(after)
            known = words.get(signature)
            if not known or (known in names and word + char not in names):
                words[signature] = word + char
    return words


def _filler(taken: str) -> str:
    for char in _FILLERS:
        if char not in taken:
            return char
    return next(chr(point) for point in range(0x4E00, 0x9FFF) if chr(point) not in taken)


class _Automaton:
    """Several globs as one automaton. A state has a bit for every place reached in every glob."""

    def __init__(self, globs: Sequence[str]) -> None:
        self._stars = 0
        self._literals: dict[str, int] = {}
        self._ends: list[int] = []
        start, place = 0, 0
        for glob in globs:
            start |= 1 << place
            for char in _plain(glob):
                if char == "*":
                    self._stars |= 1 << place
                else:
                    self._literals[char] = self._literals.get(char, 0) | 1 << place
                place += 1
            self._ends.append(1 << place)
            place += 1
        self.start = self._closed(start)

    def step(self, state: int, char: str) -> int:
        """Return the state after one more character."""
        return self._closed(((state & self._literals.get(char, 0)) << 1) | (state & self._stars))

    def accepted(self, state: int) -> int:
        """Return which globs match in this state, bit i for the i-th."""
        return sum(1 << i for i, end in enumerate(self._ends) if state & end)

    def accepted_by(self, text: str) -> int:
        """Return which globs match a whole text, bit i for the i-th."""
        state = self.start
        for char in text:
            state = self.step(state, char)
        return self.accepted(state)

    def _closed(self, state: int) -> int:
        """Return the state with what a `*` that stands for nothing reaches."""
        return state | (state & self._stars) << 1


def _plain(glob: str) -> Iterator[str]:
    """Yield the characters of a glob, several `*` in a row as one."""
    before = ""
    for char in glob:
        if char != "*" or before != "*":
            yield char
        before = char
