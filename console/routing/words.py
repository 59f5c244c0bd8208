"""Conditions in words, the same in explanations, screens and diffs."""

from collections.abc import Iterable, Sequence

from console.table.model import NumberRange, Rollout, TextMatcher, When


def quoted(texts: Sequence[str], conjunction: str = "or") -> str:
    """Return texts in quotes: `"a", "b" or "c"`."""
    return listed([f'"{text}"' for text in texts], conjunction)


def listed(words: Sequence[str], conjunction: str = "or") -> str:
    """Return words as a list a person would say: `a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def names_words(fact: str, names: Sequence[str]) -> str:
    """Say what a name matcher wants: `task = extraction or drafting`."""
    return f"{fact} = {listed(names)}"


def number_words(fact: str, bounds: NumberRange) -> str:
    """Say what a range wants: `input_tokens ≥ 8000`."""
    if bounds.min is not None and bounds.max is not None:
        if bounds.min == bounds.max:
            return f"{fact} = {bounds.min}"
        return f"{bounds.min} ≤ {fact} ≤ {bounds.max}"
    if bounds.min is not None:
        return f"{fact} ≥ {bounds.min}"
    return f"{fact} ≤ {bounds.max}"


def flag_words(fact: str, wanted: bool) -> str:
    """Say what a flag matcher wants: `tools` or `no tools`."""
    return fact if wanted else f"no {fact}"


def text_words(fact: str, kind: str, parts: Sequence[str]) -> str:
    """Say what one part of a text matcher wants; `kind` is its key in the table."""
    if kind == "contains_all":
        return f"{fact} contains {quoted(parts, 'and')}"
    if kind == "matches":
        return f"{fact} matches {listed([f'/{part}/' for part in parts])}"
    return f"{fact} contains {quoted(parts)}"


def rollout_words(rollout: Rollout) -> str:
    """Say what a rollout takes in: `12.5 % of client`."""
    return f"{rollout.percent:g} % of {rollout.by}"


def group_words(kind: str, members: Iterable[str]) -> str:
    """Say what a group wants: `any of (a; b)`."""
    return f"{kind.replace('_', ' ')} ({'; '.join(members)})"


def text_parts(matcher: TextMatcher) -> list[tuple[str, tuple[str, ...]]]:
    """Return the parts of a text matcher that are given, by their key in the table."""
    parts = [
        ("contains", matcher.contains),
        ("contains_all", matcher.contains_all),
        ("matches", matcher.matches),
    ]
    return [(kind, values) for kind, values in parts if values]


def when_words(when: When) -> str:
    """Say a whole condition in one line."""
    words = [names_words(fact, names) for fact, names in when.names.items()]
    words += [number_words(fact, bounds) for fact, bounds in when.numbers.items()]
    words += [flag_words(fact, wanted) for fact, wanted in when.flags.items()]
    for fact, matcher in when.texts.items():
        words += [text_words(fact, kind, parts) for kind, parts in text_parts(matcher)]
    for kind in ("any_of", "all_of", "none_of"):
        members: tuple[When, ...] = getattr(when, kind)
        if members:
            words.append(group_words(kind, map(when_words, members)))
    if when.rollout is not None:
        words.append(rollout_words(when.rollout))
    return " and ".join(words)
