"""Finds which of a table's phrases and patterns occur in a text, all in one pass of RE2.

One set a fact holds every pattern on it. RE2 compiles a set within a memory limit; here the limit
grows with the set, and a set that is still too large is split. A pattern whose automaton is large
(wide gaps such as `.{0,200}`) would slow the whole set down a hundredfold, so it is kept out and
matched alone, only when a rule's outcome hangs on it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import re2

from console.routing.facts import Facts
from console.table.patterns import compiled, options

LARGE_PROGRAM = 200
"""RE2 instructions from which on a pattern is matched alone; most patterns have under 100."""

_MEMORY_STEPS = (16 << 20, 64 << 20, 256 << 20)
"""What a set may take, in bytes, tried in turn. The default of 8 MiB fails near 10,000 patterns."""

SETS_KEPT = 8
"""Sets kept compiled: those of a table's facts before and after an edit, which mostly are equal."""

_ALWAYS = r"\z"
"""Matches every text, once, at its end. RE2 gives an empty answer where a scan runs out of memory;
this pattern missing from an answer tells that from a text in which nothing occurs."""


class PatternSet:
    """The patterns on one text fact. A pattern is known by its index in `patterns`."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self.compiled = [compiled(pattern) for pattern in patterns]
        self.alone = frozenset(
            i for i, pattern in enumerate(self.compiled) if pattern.programsize > LARGE_PROGRAM
        )
        together = sorted(set(range(len(patterns))) - self.alone, key=patterns.__getitem__)
        # In the order of the patterns, which is the same wherever their rules stand.
        shards = _shards(tuple(patterns[i] for i in together)) if together else []
        self._shards = [
            (matcher, [*(together[i] for i in members), -1]) for matcher, members in shards
        ]

    def scan(self, text: str) -> set[int]:
        """Return the indexes of the patterns found in `text`, those matched alone left out."""
        found: set[int] = set()
        for matcher, members in self._shards:
            hits = matcher.Match(text)
            if hits and len(hits) == 1:
                continue  # the pattern that always matches, and no other
            if hits:
                found.update([members[hit] for hit in hits])
            else:
                found.update(i for i in members if i >= 0 and self.compiled[i].search(text))
        found.discard(-1)
        return found

    def found_alone(self, index: int, text: str) -> bool:
        """Tell whether one pattern occurs in `text`."""
        return self.compiled[index].search(text) is not None

    def spans(self, index: int, text: str, limit: int) -> list[tuple[int, int]]:
        """Return where pattern `index` occurs, at most `limit` places, in code points."""
        return places_of(self.compiled[index], text, limit)


def places_of(pattern: Any, text: str, limit: int) -> list[tuple[int, int]]:
    """Return where a compiled pattern occurs, at most `limit` places, in code points.

    RE2 reads bytes: an empty `\\B` can also be found inside a character, which is no place in the
    text and is left out where it would lie beyond its end.
    """
    places: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        if match.end() > len(text):
            break
        places.append(match.span())
        if len(places) >= limit:
            break
    return places


@lru_cache(maxsize=SETS_KEPT)
def _shards(patterns: tuple[str, ...]) -> list[tuple[Any, range]]:
    """Return sets that hold `patterns` between them, each with the indexes of what it holds.

    Each holds the pattern that always matches besides, as its last.
    """
    return _split(patterns, range(len(patterns)))


def _split(patterns: tuple[str, ...], members: range) -> list[tuple[Any, range]]:
    for memory in _MEMORY_STEPS:
        matcher = re2.Set.SearchSet(options(memory))
        for index in members:
            matcher.Add(patterns[index])
        matcher.Add(_ALWAYS)
        try:
            matcher.Compile()
        except re2.error:
            continue
        return [(matcher, members)]
    if len(members) == 1:
        # Too large even alone in a set: no set, so `scan` matches it by itself.
        return [(_NeverMatches(), members)]
    half = len(members) // 2
    return _split(patterns, members[:half]) + _split(patterns, members[half:])


class _NeverMatches:
    """Stands where no set could be made, so that its members are matched one by one."""

    def Match(self, text: str) -> None:  # noqa: N802 - RE2's name
        """Say nothing, as a set does whose scan failed."""


class TextScan:
    """What was found in the texts of one request; each text is scanned once, when first asked."""

    def __init__(self, sets: Mapping[str, PatternSet], facts: Facts) -> None:
        self._sets, self._facts = sets, facts
        self._found: dict[str, set[int]] = {}

    def found(self, fact: str) -> set[int]:
        """Return the indexes found in the text of `fact`, patterns matched alone left out."""
        found = self._found.get(fact)
        if found is None:
            found = self._sets[fact].scan(getattr(self._facts, fact))
            self._found[fact] = found
        return found

    def misses(self, fact: str, indexes: frozenset[int]) -> bool:
        """Tell whether none of the patterns `indexes` occurs in the text of `fact`."""
        alone = self._sets[fact].alone
        if alone and not alone.isdisjoint(indexes):
            return not any(self.holds(fact, index) for index in indexes)
        return self.found(fact).isdisjoint(indexes)

    def holds(self, fact: str, index: int) -> bool:
        """Tell whether pattern `index` occurs in the text of `fact`."""
        patterns = self._sets[fact]
        if index in patterns.alone:
            return patterns.found_alone(index, getattr(self._facts, fact))
        return index in self.found(fact)

    def spans(self, fact: str, index: int, limit: int) -> list[tuple[int, int]]:
        """Return where pattern `index` occurs in the text of `fact`, at most `limit` places."""
        return self._sets[fact].spans(index, getattr(self._facts, fact), limit)
