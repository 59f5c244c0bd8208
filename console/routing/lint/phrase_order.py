"""Which phrases are found wherever another is found: all that can be known of texts beforehand."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from console.routing.text_scan import PatternSet

_WORD = re.compile(r"[0-9A-Za-z_]")

_FOLDS_OUT_OF_ASCII = "kKsS"
"""Letters that are found in other letters' place which are no part of an ASCII word, so that a
word's end may lie beside them in one text and not in another."""


class TextAtom(NamedTuple):
    """A pattern looked for in the text of a fact; `phrase` is what was written, if it is one."""

    fact: str
    pattern: str
    phrase: str | None = None


def implied_by(atoms: Iterable[TextAtom]) -> dict[TextAtom, set[TextAtom]]:
    """Return for each atom those others that are found in every text in which it is.

    A pattern is known to go with another only where it is written the same, or as the phrase is.

    What is found in the prompt or in the system messages is found in the conversation too, since
    that holds both whole; a phrase with a line feed may stand across two system messages.
    """
    by_fact: dict[str, list[TextAtom]] = defaultdict(list)
    alike: dict[tuple[str, str], list[TextAtom]] = defaultdict(list)
    for atom in atoms:
        alike[atom.fact, atom.pattern].append(atom)
        if atom.phrase is not None:
            by_fact[atom.fact].append(atom)
    implied: dict[TextAtom, set[TextAtom]] = defaultdict(set)
    for same in alike.values():
        for atom in same if len(same) > 1 else ():
            implied[atom].update(same)
    for fact, phrases in by_fact.items():
        _within(phrases, phrases, implied)
        if fact in ("prompt", "system"):
            one_line = [atom for atom in phrases if "\n" not in (atom.phrase or "")]
            _within(one_line, by_fact.get("conversation", []), implied)
    return _closed(implied)


def _within(
    longer: list[TextAtom], shorter: list[TextAtom], implied: dict[TextAtom, set[TextAtom]]
) -> None:
    if not shorter:
        return
    looked_for = PatternSet([atom.pattern for atom in shorter])
    for atom in longer:
        text = atom.phrase or ""
        for index in looked_for.scan(text):
            other = shorter[index]
            if other != atom and _always_within(text, other.phrase or "", looked_for, index):
                implied[atom].add(other)


def _always_within(text: str, phrase: str, patterns: PatternSet, index: int) -> bool:
    """Tell whether every occurrence of the phrase `text` holds one of `phrase`.

    Where an end of `phrase` has to be a word's, the same end of `text` has to be one too, or there
    has to be a word's end within `text` whatever letters stand for its own.
    """
    ends = _is_word(phrase[:1]), _is_word(phrase[-1:])
    for start, end in patterns.spans(index, text, len(text) + 1):
        starts_well = not ends[0] or _is_edge(text, start)
        ends_well = not ends[1] or _is_edge(text, end)
        if starts_well and ends_well:
            return True
    return False


def _is_edge(text: str, place: int) -> bool:
    if place in (0, len(text)):
        return _is_word(text[place - 1 : place] or text[:1])
    beside = text[place - 1 : place + 1]
    steady = not any(char in _FOLDS_OUT_OF_ASCII or ord(char) > 127 for char in beside)
    return steady and _is_word(beside[0]) != _is_word(beside[1])


def _is_word(char: str) -> bool:
    return _WORD.fullmatch(char) is not None


def _closed(implied: dict[TextAtom, set[TextAtom]]) -> dict[TextAtom, set[TextAtom]]:
    """Return the same with what follows from what follows."""
    closed: dict[TextAtom, set[TextAtom]] = {}
    for atom in implied:
        found: set[TextAtom] = set()
        left = list(implied[atom])
        while left:
            other = left.pop()
            if other not in found:
                found.add(other)
                left += implied.get(other, ())
        closed[atom] = found - {atom}
    return closed
