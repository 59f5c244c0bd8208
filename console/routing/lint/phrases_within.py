"""Which phrases hold which other phrases, remembered: an edit of a table brings few new ones."""

import re
from collections.abc import Iterable, Mapping

from console.routing.text_scan import PatternSet, places_of
from console.table.patterns import compiled, phrase_pattern

_FEW = 40
"""New phrases up to which each is put beside every other; more are looked for all at once."""

_SPARE = 1_000
"""Phrases that no table asks for any more, beyond as many as one does, before they are forgotten.
"""

_WORD = re.compile(r"[0-9A-Za-z_]")

_FOLDS_OUT_OF_ASCII = "kKsS"
"""Letters that are found in other letters' place which are no part of an ASCII word, so that a
word's end may lie beside them in one text and not in another."""


_known: dict[str, frozenset[str]] = {}
"""Every phrase looked at lately, with those found wherever it is. Replaced, never changed."""


def phrases_within(phrases: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return for each of some phrases at least those of them that are found wherever it is found.

    Others may be told too: phrases of tables read before.
    """
    global _known
    wanted = dict.fromkeys(phrases)
    known = _known
    new = [phrase for phrase in wanted if phrase not in known]
    if not new:
        return known
    if len(known) > 2 * len(wanted) + _SPARE:
        known, new = {}, list(wanted)
    if len(new) > _FEW:
        _known = _all_within([*known, *new])
    else:
        for phrase in new:
            known = _with(known, phrase)
        _known = known
    return _known


def _all_within(phrases: list[str]) -> dict[str, frozenset[str]]:
    looked_for = PatternSet([phrase_pattern(phrase) for phrase in phrases])
    return {
        text: frozenset(
            phrases[index]
            for index in looked_for.scan(text)
            if phrases[index] != text and _always_within(text, phrases[index])
        )
        for text in phrases
    }


def _with(known: Mapping[str, frozenset[str]], new: str) -> dict[str, frozenset[str]]:
    """Return what is known with one phrase more."""
    pattern = compiled(phrase_pattern(new))
    found = dict(known)
    for text, within in known.items():
        if pattern.search(text) and _always_within(text, new):
            found[text] = within | {new}
    found[new] = frozenset(
        phrase
        for phrase in known
        if compiled(phrase_pattern(phrase)).search(new) and _always_within(new, phrase)
    )
    return found


def _always_within(text: str, phrase: str) -> bool:
    """Tell whether every occurrence of the phrase `text` holds one of `phrase`.

    Where an end of `phrase` has to be a word's, the same end of `text` has to be one too, or there
    has to be a word's end within `text` whatever letters stand for its own.
    """
    ends = _is_word(phrase[:1]), _is_word(phrase[-1:])
    for start, end in places_of(compiled(phrase_pattern(phrase)), text, len(text) + 1):
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
