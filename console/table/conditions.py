"""Reads the `when` of a rule: the facts it names, the matchers on them, and what cannot hold."""

import math
from typing import Any

import msgspec

from console.table.checked import checked
from console.table.findings import Findings, did_you_mean
from console.table.model import (
    FLAG_FACTS,
    NAME_FACTS,
    NUMBER_FACTS,
    RESPONSE_FORMATS,
    TEXT_FACTS,
    NumberRange,
    Rollout,
    TextMatcher,
    When,
)
from console.table.patterns import pattern_problem
from console.table.yaml_source import join

MAX_NESTING = 8
MAX_LENGTH = 10_000
"""Code points of one name, phrase or pattern; what is longer is a document, not a condition."""
TEXT_OR_LIST: Any = str | list[str]
GROUPS = ("any_of", "all_of", "none_of")
_KNOWN = (*TEXT_FACTS, *NAME_FACTS, *NUMBER_FACTS, *FLAG_FACTS, *GROUPS, "rollout", "tags.")


_TEXT_PARTS = ("contains", "contains_all", "matches")


class _TextParts(msgspec.Struct, forbid_unknown_fields=True):
    contains: list[str] | None = None
    contains_all: list[str] | None = None
    matches: str | list[str] | None = None


def is_name_fact(key: str) -> bool:
    """Return whether a fact is matched by equality with `*`: a tag is, where it has a key."""
    return key in NAME_FACTS or (key.startswith("tags.") and len(key) > len("tags."))


def read_when(data: Any, path: str, findings: Findings, depth: int = 0) -> When | None:
    """Return the condition at `path`, every problem told; None where it is not a mapping.

    What cannot be read is left out of the result, which then belongs to a table with errors and
    is used for further checks only.
    """
    if not isinstance(data, dict):
        findings.error("wrong-type", path, "A condition is a mapping of facts to matchers.")
        return None
    if not data:
        hint = "What takes every request is the table's `default`."
        findings.error("empty-condition", path, "This condition is empty.", hint)
        return None
    if depth > MAX_NESTING:
        findings.error("too-deep", path, f"Conditions nest at most {MAX_NESTING} deep.")
        return None
    reader = _WhenReader(path, findings, depth)
    for key, value in data.items():
        reader.read(key, value)
    return reader.when()


class _WhenReader:
    """Gathers the parts of one conjunction."""

    def __init__(self, path: str, findings: Findings, depth: int) -> None:
        self._path, self._findings, self._depth = path, findings, depth
        self._names: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, NumberRange] = {}
        self._flags: dict[str, bool] = {}
        self._texts: dict[str, TextMatcher] = {}
        self._groups: dict[str, tuple[When, ...]] = {}
        self._rollout: Rollout | None = None

    def when(self) -> When:
        return When(
            names=self._names,
            numbers=self._numbers,
            flags=self._flags,
            texts=self._texts,
            rollout=self._rollout,
            **self._groups,
        )

    def read(self, key: str, value: Any) -> None:
        here = join(self._path, key)
        if is_name_fact(key):
            self._read_names(key, value, here)
        elif key in NUMBER_FACTS:
            self._read_number(key, value, here)
        elif key in FLAG_FACTS:
            flag = checked(value, bool, here, self._findings)
            if flag is not None:
                self._flags[key] = flag
        elif key in TEXT_FACTS:
            self._read_text(key, value, here)
        elif key in GROUPS:
            self._read_group(key, value, here)
        elif key == "rollout":
            self._rollout = read_rollout(value, here, self._findings)
        else:
            self._tell_unknown(key, here)

    def _tell_unknown(self, key: str, here: str) -> None:
        hint = did_you_mean(key, _KNOWN)
        if key.startswith("tags"):
            hint = "Write a tag as `tags.<key>: value`."
        message = f"`{key}` is not a fact of a request."
        self._findings.error("unknown-key", here, message, hint, at_key=True)

    def _read_names(self, key: str, value: Any, here: str) -> None:
        names = self._listed(value, here)
        if names is None:
            return
        self._names[key] = names
        for name in names if key == "response_format" else ():
            if name not in RESPONSE_FORMATS and "*" not in name:
                hint = did_you_mean(name, RESPONSE_FORMATS)
                message = f"No request has the response format `{name}`."
                self._findings.warning("never-holds", here, message, hint)

    def _listed(self, value: Any, here: str) -> tuple[str, ...] | None:
        """Return a text or a list of texts as a tuple; None where it is neither."""
        listed: str | list[str] | None = checked(value, TEXT_OR_LIST, here, self._findings)
        if listed is None:
            return None
        if not listed and isinstance(listed, list):
            self._findings.error("empty-list", here, "An empty list matches nothing.")
        texts = (listed,) if isinstance(listed, str) else tuple(listed)
        self._check_lengths(texts, here)
        return texts

    def _check_lengths(self, texts: tuple[str, ...], path: str) -> None:
        for index, text in enumerate(texts):
            if len(text) > MAX_LENGTH:
                message = f"A name, phrase or pattern has at most {MAX_LENGTH:,} characters."
                self._findings.error("too-long", self._place_of(path, index), message)

    def _place_of(self, path: str, index: int) -> str:
        """Return the path of one member, or of the text that stands in place of a list."""
        member = join(path, index)
        return member if member in self._findings.source.places else path

    def _read_number(self, key: str, value: Any, here: str) -> None:
        bounds = checked(value, NumberRange, here, self._findings)
        if bounds is None:
            return
        wrong = any(self._findings.has_error(join(here, end)) for end in ("min", "max"))
        if bounds.min is None and bounds.max is None and not wrong:
            self._findings.error("empty-condition", here, "A range needs `min`, `max` or both.")
        if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
            message = f"`min` {bounds.min} is over `max` {bounds.max}; no number is within."
            self._findings.error("min-over-max", here, message)
        self._numbers[key] = bounds

    def _read_text(self, key: str, value: Any, here: str) -> None:
        if isinstance(value, dict):
            parts = checked(value, _TextParts, here, self._findings)
            if parts is None:
                return
            patterns = [parts.matches] if isinstance(parts.matches, str) else parts.matches
            told = any(self._findings.has_error(join(here, part)) for part in _TEXT_PARTS)
            if not value and not told:
                hint = "Give `contains`, `contains_all` or `matches`."
                self._findings.error("empty-condition", here, "This matcher is empty.", hint)
            for name, listed in (
                ("contains", parts.contains),
                ("contains_all", parts.contains_all),
                ("matches", patterns),
            ):
                if listed is not None and not listed:
                    message = "An empty list says nothing."
                    self._findings.error("empty-list", join(here, name), message)
                self._check_lengths(tuple(listed or ()), join(here, name))
            matcher = TextMatcher(
                tuple(parts.contains or ()), tuple(parts.contains_all or ()), tuple(patterns or ())
            )
            self._check_phrases(matcher.contains, join(here, "contains"))
            self._check_phrases(matcher.contains_all, join(here, "contains_all"))
            self._check_patterns(matcher, value.get("matches"), join(here, "matches"))
        else:
            phrases = self._listed(value, here)
            if phrases is None:
                return
            matcher = TextMatcher(contains=phrases)
            self._check_phrases(matcher.contains, here)
        self._texts[key] = matcher

    def _check_phrases(self, phrases: tuple[str, ...], path: str) -> None:
        for index, phrase in enumerate(phrases):
            if not phrase:
                here = self._place_of(path, index)
                message = "An empty phrase would be found in every text."
                self._findings.error("empty-phrase", here, message)

    def _check_patterns(self, matcher: TextMatcher, written: Any, path: str) -> None:
        for index, pattern in enumerate(matcher.matches):
            here = join(path, index) if isinstance(written, list) else path
            if problem := pattern_problem(pattern):
                hint = "Patterns are RE2: no look-around and no back-references."
                self._findings.error("bad-pattern", here, problem, hint)

    def _read_group(self, key: str, value: Any, here: str) -> None:
        if not isinstance(value, list):
            self._findings.error("wrong-type", here, f"`{key}` takes a list of conditions.")
            return
        if not value:
            self._findings.error("empty-list", here, f"`{key}` needs at least one condition.")
        members = [
            read_when(member, join(here, index), self._findings, self._depth + 1)
            for index, member in enumerate(value)
        ]
        self._groups[key] = tuple(member for member in members if member is not None)


def read_rollout(data: Any, path: str, findings: Findings) -> Rollout | None:
    """Return the rollout at `path`: a share with at most two decimals of a fact's values."""
    rollout = checked(data, Rollout, path, findings)
    if rollout is None:
        return None
    if not math.isfinite(rollout.percent) or not 0 <= rollout.percent <= 100:
        message = "`percent` is from 0 to 100."
        findings.error("out-of-range", join(path, "percent"), message)
    elif round(rollout.percent, 2) != rollout.percent:
        message = "`percent` takes two decimals: there are 10,000 buckets."
        findings.error("out-of-range", join(path, "percent"), message)
    known = (*NAME_FACTS, *TEXT_FACTS, *NUMBER_FACTS, *FLAG_FACTS)
    if rollout.by not in known and not is_name_fact(rollout.by):
        message = f"`{rollout.by}` is not a fact of a request."
        findings.error("unknown-fact", join(path, "by"), message, did_you_mean(rollout.by, known))
    return rollout
