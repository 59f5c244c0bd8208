"""Writes requests that lie where a search found room, as plainly as they can be written.

Nothing here is relied on: whoever asks puts each request to the router and keeps the first that
does what it should.
"""

from collections.abc import Iterator
from itertools import islice

from console.routing.facts import Facts, estimated_tokens, hidden_characters
from console.routing.lint.pattern_sample import sample_of
from console.routing.lint.phrase_order import TextAtom
from console.routing.lint.search import bits_of
from console.routing.lint.space import FOUND, NOT_FOUND, Box, RolloutKey, Space
from console.routing.request_texts import joined
from console.table.model import TEXT_FACTS
from console.table.patterns import compiled

MOST_VALUES = 20_000
"""Values tried for a fact whose bucket matters: a share of 0.05 % is found by nearly always."""

_BETWEEN = ("\n", " ", ", ", "")
"""What is put between two texts of one fact, tried in turn."""

_NO_TEXTS = dict.fromkeys(TEXT_FACTS, "")


def examples(space: Space, request: Box) -> Iterator[Facts]:
    """Yield requests in `request`, the plainest first; a few, and none where none is known."""
    given = _values(space, request)
    if given is None:
        return
    for texts in _texts(space, request):
        yield _facts(space, request, given, texts)


def _facts(space: Space, request: Box, given: dict[str, object], texts: dict[str, str]) -> Facts:
    estimates = {
        "input_tokens": estimated_tokens(texts["conversation"]),
        "hidden_chars": hidden_characters(texts["conversation"]),
        "turns": 1,
    }
    values: dict[str, object] = dict(texts)
    tags: dict[str, str] = {}
    for fact, value in given.items():
        if fact.startswith("tags."):
            if value is not None:
                tags[fact[5:]] = str(value)
        elif fact not in estimates or not _is_in(space, request, fact, estimates[fact]):
            values[fact] = value
    return Facts(**{**estimates, **values, "tags": tags})  # type: ignore[arg-type]


def _is_in(space: Space, request: Box, fact: str, value: int) -> bool:
    mask = request.get(space.dimension(fact), -1)
    return bool(mask >> space.facts[fact].cell_of(value) & 1)


def _values(space: Space, request: Box) -> dict[str, object] | None:
    """Return a value for each fact that is asked for; None where its buckets cannot be met."""
    rollouts: dict[str, list[tuple[RolloutKey, int]]] = {}
    for key in space.edges:
        mask = request.get(space.dimension(key))
        if mask is not None:
            rollouts.setdefault(key[0], []).append((key, mask))
    found: dict[str, object] = {}
    for fact in space.facts:
        mask = request.get(space.dimension(fact))
        wanted = rollouts.get(fact, [])
        if mask is None and not wanted:
            continue
        value = _value(space, fact, mask, wanted)
        if value is _NO_VALUE:
            return None
        found[fact] = value
    return found


_NO_VALUE = object()


def _value(
    space: Space, fact: str, mask: int | None, wanted: list[tuple[RolloutKey, int]]
) -> object:
    cells = space.facts[fact]
    for cell in bits_of((1 << cells.count) - 1 if mask is None else mask):
        for value in islice(cells.values(cell), MOST_VALUES if wanted else 1):
            if all(within >> space.bucket_cell(key, value) & 1 for key, within in wanted):
                return value
    return _NO_VALUE


def _texts(space: Space, request: Box) -> Iterator[dict[str, str]]:
    """Yield texts that hold what is to be found; the plainest arrangement that holds it first."""
    found: dict[str, list[TextAtom]] = {}
    missing: dict[str, list[TextAtom]] = {}
    for number, mask in sorted(request.items()):
        atom = space.keys[number]
        if not isinstance(atom, TextAtom):
            continue
        if mask == FOUND:
            found.setdefault(atom.fact, []).append(atom)
        elif mask == NOT_FOUND:
            missing.setdefault(atom.fact, []).append(atom)
    for between in _BETWEEN:
        for turn in range(max(map(len, found.values()), default=1)):
            texts = dict(_NO_TEXTS)
            for fact in TEXT_FACTS:
                wanted = found.get(fact, [])
                at = turn % len(wanted) if wanted else 0
                # The one in front is written whole first: a pattern may want to stand there.
                parts = [texts["system"], texts["prompt"]] if fact == "conversation" else []
                text = joined(parts)
                for atom in [*wanted[at:], *wanted[:at]]:
                    sample = atom.phrase if atom.phrase is not None else sample_of(atom.pattern)
                    if sample is None:
                        return
                    if not _occurs(atom, text):
                        text = f"{text}{between if text else ''}{sample}"
                texts[fact] = text
            if _fit(texts, found, missing):
                yield texts
    if not found:
        yield dict(_NO_TEXTS)


def _fit(
    texts: dict[str, str], found: dict[str, list[TextAtom]], missing: dict[str, list[TextAtom]]
) -> bool:
    return all(_occurs(a, texts[a.fact]) for atoms in found.values() for a in atoms) and not any(
        _occurs(a, texts[a.fact]) for atoms in missing.values() for a in atoms
    )


def _occurs(atom: TextAtom, text: str) -> bool:
    return compiled(atom.pattern).search(text) is not None
