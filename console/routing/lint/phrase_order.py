"""Which phrases are found wherever another is found: all that can be known of texts beforehand."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from console.routing.lint.phrases_within import phrases_within


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
    by_phrase = {atom.phrase or "": atom for atom in shorter}
    within = phrases_within([atom.phrase or "" for atom in (*longer, *shorter)])
    for atom in longer:
        for phrase in within.get(atom.phrase or "", ()):
            other = by_phrase.get(phrase)
            if other is not None and other != atom:
                implied[atom].add(other)


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
