"""Phrases that are written in a way in which hardly any text has them."""

import unicodedata
from collections.abc import Iterator

from console.table.lint.finding import Finding, finding
from console.table.model import Table, When
from console.table.yaml_source import Place, join


def phrase_findings(table: Table, places: dict[str, Place]) -> Iterator[Finding]:
    """Yield each phrase with white space or hidden characters that hardly any text has.

    `places` tells a list of phrases from one that stands in its place.
    """
    for index, rule in enumerate(table.rules):
        for path, phrase in phrases_in(rule.when, join(join("rules", index), "when"), places):
            why = _oddness(phrase)
            if why is not None:
                message = f"The phrase “{phrase}” {why}, as hardly any text has it."
                yield finding("odd-phrase", path, message, "Write it plainly.", rule=rule.id)


def phrases_in(when: When, path: str, places: dict[str, Place]) -> Iterator[tuple[str, str]]:
    """Yield path and words of every phrase in a condition that stands at `path`."""
    for fact, matcher in when.texts.items():
        here = join(path, fact)
        for part, phrases in (
            ("contains", matcher.contains),
            ("contains_all", matcher.contains_all),
        ):
            listed = join(here, part) if join(here, part) in places else here
            for index, phrase in enumerate(phrases):
                member = join(listed, index)
                yield (member if member in places else listed), phrase
    for group in ("any_of", "all_of", "none_of"):
        members: tuple[When, ...] = getattr(when, group)
        for index, member_when in enumerate(members):
            yield from phrases_in(member_when, join(join(path, group), index), places)


def _oddness(phrase: str) -> str | None:
    if phrase != phrase.strip():
        return "begins or ends with white space"
    if "  " in phrase:
        return "has two blanks in a row"
    if any(unicodedata.category(char) in ("Cc", "Cf") for char in phrase if char not in "\n\t\r"):
        return "holds a character that nobody sees"
    return None
