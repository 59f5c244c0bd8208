"""Whether a rule's `when` holds for the facts of a request: true, false or unknown (None).

Every condition is put to every fact on its own, in the words of the table format's page; nothing
is compiled, shared or remembered.
"""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import re2

from tests.reference.plain_facts import FLAGS, NOT_CAPTURED

TEXT_FACTS = ("prompt", "system", "conversation")
NUMBER_FACTS = ("input_tokens", "max_output_tokens", "turns", "hidden_chars")
GROUPS = ("any_of", "all_of", "none_of")
WORD_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

Truth = bool | None


def holds(when: Mapping[str, Any], facts: Mapping[str, Any], rule_id: str) -> Truth:
    """Return whether all conditions of a `when` hold; None where that is unknown."""
    return all_of([condition_holds(name, when[name], facts, rule_id) for name in when])


def condition_holds(name: str, matcher: Any, facts: Mapping[str, Any], rule_id: str) -> Truth:
    """Return whether one entry of a `when` holds: a fact's matcher, a group, or the rollout."""
    if name in GROUPS:
        members = [holds(member, facts, rule_id) for member in matcher]
        return {"any_of": any_of, "all_of": all_of, "none_of": none_of}[name](members)
    if name == "rollout":
        return _within_rollout(matcher, facts, rule_id)
    if facts.get(name) is NOT_CAPTURED:
        return None
    if name not in facts:
        return False  # an absent fact makes its matcher false
    value = facts[name]
    if name in TEXT_FACTS:
        return text_holds(matcher, value)
    if name in NUMBER_FACTS:
        return _within_bounds(matcher, value)
    if name in FLAGS:
        return bool(value == matcher)
    return any(equals_glob(glob, value) for glob in as_list(matcher))


def all_of(members: list[Truth]) -> Truth:
    """False if one is false, else unknown if one is unknown, else true."""
    if False in members:
        return False
    return None if None in members else True


def any_of(members: list[Truth]) -> Truth:
    """True if one is true, else unknown if one is unknown, else false."""
    if True in members:
        return True
    return None if None in members else False


def none_of(members: list[Truth]) -> Truth:
    """False if one is true, else unknown if one is unknown, else true."""
    if True in members:
        return False
    return None if None in members else True


def as_list(value: Any) -> list[Any]:
    """Return what may be written as one text or as a list of them, as a list."""
    return value if isinstance(value, list) else [value]


def equals_glob(glob: str, text: str) -> bool:
    """Whether the whole text equals the glob; `*` is any run of characters, also an empty one."""
    pieces = [re.escape(piece) for piece in glob.split("*")]
    return re.fullmatch(".*".join(pieces), text, re.DOTALL) is not None


def text_holds(matcher: Any, text: str) -> bool:
    """Whether a text meets its matcher: a phrase or list of them, or up to three keys, all met."""
    if not isinstance(matcher, Mapping):
        matcher = {"contains": matcher}
    results = []
    if "contains" in matcher:
        results.append(any(phrase_occurs(p, text) for p in as_list(matcher["contains"])))
    if "contains_all" in matcher:
        results.append(all(phrase_occurs(p, text) for p in as_list(matcher["contains_all"])))
    if "matches" in matcher:
        results.append(any(pattern_found(p, text) for p in as_list(matcher["matches"])))
    return all(results)


def phrase_pattern(phrase: str) -> str:
    r"""Return the RE2 pattern of a phrase: literal, any case, `\b` at ends that are ASCII words."""
    before = r"\b" if phrase[:1] in WORD_CHARACTERS and phrase else ""
    after = r"\b" if phrase[-1:] in WORD_CHARACTERS and phrase else ""
    literal: str = re2.escape(phrase)
    return "(?i)" + before + literal + after


def phrase_occurs(phrase: str, text: str) -> bool:
    """Whether the phrase stands in the text as whole words, whatever its case."""
    return pattern_found(phrase_pattern(phrase), text)


def pattern_found(pattern: str, text: str) -> bool:
    """Whether RE2 finds the pattern anywhere in the text."""
    return re2.search(pattern, text) is not None


def bucket_of(salt: str, value: str) -> int:
    """Return the first eight bytes of SHA-256 of `salt:value`, big-endian, modulo 10,000."""
    digest = hashlib.sha256(f"{salt}:{value}".encode()).digest()
    return int.from_bytes(digest[:8], byteorder="big") % 10_000


def rollout_bucket(rollout: Mapping[str, Any], facts: Mapping[str, Any], rule_id: str) -> int:
    """Return the bucket of a fact that is present; a number or flag is hashed as it is written."""
    value = facts[rollout["by"]]
    if isinstance(value, bool):
        value = "true" if value else "false"
    return bucket_of(rollout.get("salt", rule_id), str(value))


def _within_rollout(rollout: Mapping[str, Any], facts: Mapping[str, Any], rule_id: str) -> Truth:
    """Whether the bucket is under the share. The percentage is taken as written, not as a float:
    0.29 × 100 is 29 buckets."""
    if facts.get(rollout["by"]) is NOT_CAPTURED:
        return None
    if rollout["by"] not in facts:
        return False
    share = Decimal(str(rollout["percent"])) * 100
    return rollout_bucket(rollout, facts, rule_id) < share


def _within_bounds(bounds: Mapping[str, int], value: int) -> bool:
    """Whether the value lies within, ends included."""
    if "min" in bounds and value < bounds["min"]:
        return False
    return not ("max" in bounds and value > bounds["max"])
