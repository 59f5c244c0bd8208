"""Phrases that no logged text holds, where a word of them looks like a typing mistake."""

from collections.abc import Iterator
from difflib import get_close_matches

from console.table.lint.finding import Finding, finding
from console.table.model import Table, When
from console.table.patterns import phrase_pattern
from console.table.yaml_source import join
from console.whatif.lint.traffic_seen import Seen

NEAR = 0.84
"""How alike two words have to be, from 0 to 1: one letter of six or more."""

FEWEST_TIMES = 3
"""Times a word has to occur to be the one that was meant."""

MOST_LOOKED_FOR = 100
"""Words of phrases that are compared with all others."""


def phrase_not_found_findings(seen: Seen, table: Table) -> Iterator[Finding]:
    """Yield each phrase not found, beside one found, of which a word is nearly one that occurs."""
    common = [word for word, times in seen.words.items() if times >= FEWEST_TIMES]
    by_start: dict[str, list[str]] = {}
    for word in common:
        by_start.setdefault(word[0], []).append(word)
    looked_for = 0
    for index, rule in enumerate(table.rules):
        for path, fact, phrases in _lists(rule.when, join(join("rules", index), "when")):
            found = seen.found.get(fact, set())
            missing = [phrase for phrase in phrases if phrase_pattern(phrase) not in found]
            if len(missing) == len(phrases):
                continue
            for phrase in missing:
                for word in phrase.lower().split():
                    if word in seen.words or len(word) < 4 or looked_for >= MOST_LOOKED_FOR:
                        continue
                    looked_for += 1
                    near = _meant(word, by_start.get(word[0], []))
                    if near is not None:
                        times = f"{seen.with_text[fact]:,} logged texts"
                        message = f"No {fact} of {times} holds “{phrase}”."
                        hint = f"“{near}” occurs {seen.words[near]:,} times."
                        yield finding("phrase-not-found", path, message, hint, rule=rule.id)
                        break


def _meant(word: str, common: list[str]) -> str | None:
    """Return the word most like a mistyped one; a longer or shorter form of a word is no mistake."""
    for near in get_close_matches(word, common, 3, NEAR):
        if not near.startswith(word) and not word.startswith(near):
            return near
    return None


def _lists(when: When, path: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for fact, matcher in when.texts.items():
        if len(matcher.contains) > 1:
            yield join(path, fact), fact, matcher.contains
    for group in ("any_of", "all_of", "none_of"):
        members: tuple[When, ...] = getattr(when, group)
        for index, member in enumerate(members):
            yield from _lists(member, join(join(path, group), index))
