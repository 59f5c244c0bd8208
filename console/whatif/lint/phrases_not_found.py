"""Phrases that no logged text holds, where a word of them looks like a typing mistake."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

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
"""Phrases whose words are compared with all others."""

SHORTEST = 4
"""Letters of a word below which too many others are nearly the same."""


def phrase_not_found_findings(seen: Seen, table: Table) -> Iterator[Finding]:
    """Yield each phrase not found, beside one found, of which a word is nearly one that occurs."""
    by_start: dict[str, list[str]] = defaultdict(list)
    for word, times in seen.words.items():
        if times >= FEWEST_TIMES:
            by_start[word[0]].append(word)
    for rule, path, fact, phrase in islice(_missing(seen, table), MOST_LOOKED_FOR):
        meant = _meant(phrase, seen, by_start)
        if meant is not None:
            message = f"No {fact} of {seen.with_text[fact]:,} logged texts holds “{phrase}”."
            hint = f"“{meant}” occurs {seen.words[meant]:,} times."
            yield finding("phrase-not-found", path, message, hint, rule=rule)


def _missing(seen: Seen, table: Table) -> Iterator[tuple[str, str, str, str]]:
    """Yield rule, path, fact and words of each phrase not found where another of its list is."""
    for index, rule in enumerate(table.rules):
        for path, fact, phrases in _lists(rule.when, join(join("rules", index), "when")):
            found = seen.found.get(fact, set())
            missing = [phrase for phrase in phrases if phrase_pattern(phrase) not in found]
            if len(missing) < len(phrases):
                yield from ((rule.id, path, fact, phrase) for phrase in missing)


def _meant(phrase: str, seen: Seen, by_start: Mapping[str, list[str]]) -> str | None:
    """Return a word that occurs and is nearly one of a phrase's, but no other form of it."""
    for word in phrase.lower().split():
        if word in seen.words or len(word) < SHORTEST:
            continue
        for near in get_close_matches(word, by_start.get(word[0], ()), 3, NEAR):
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
