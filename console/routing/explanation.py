"""Why a decision fell as it did: every rule with its verdict, every condition with what it saw.

These are the shapes only; `routing.explain` fills them. Spans count code points of the fact's text,
end excluded.
"""

from typing import Literal

import msgspec

Verdict = Literal[
    "matched",
    "failed",
    "missing_fact",
    "outside_rollout",
    "disabled",
    "shadowed",
    "not_reached",
    "unknown",
]
Truth = Literal["true", "false", "unknown"]


class Span(msgspec.Struct, frozen=True, gc=False):
    """Where a phrase or pattern was found: code points `start` to `end` of the text of `fact`."""

    fact: str
    start: int
    end: int


class ConditionResult(msgspec.Struct, frozen=True, gc=False):
    """One condition put to one request.

    `path` is its place below the rule (`when.prompt.contains`), `wanted` what it asks in words,
    `saw` the value of its fact in words (None: the fact is absent, or the text is not repeated
    here). `spans` says where a text was found. Groups (`any_of`, `all_of`, `none_of`) carry their
    members' results in `members`; a member of a group may be an `all_of` of its own.
    """

    path: str
    fact: str
    matcher: str
    wanted: str
    saw: str | None
    result: Truth
    spans: tuple[Span, ...] = ()
    absent: bool = False
    members: tuple["ConditionResult", ...] = ()


class RuleVerdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one rule. `position` counts from 1 in the order of the table.

    `failed` is the first condition that kept the rule from matching; `near_miss` says what would
    have made it match, where that one condition alone was in the way; `bucket` is the request's
    bucket where the rule has a rollout and its fact was present.
    """

    rule: str
    position: int
    verdict: Verdict
    conditions: tuple[ConditionResult, ...] = ()
    failed: ConditionResult | None = None
    near_miss: str | None = None
    bucket: int | None = None


class Explanation(msgspec.Struct, frozen=True):
    """A decision in three zoom levels: the sentence, the rules, and every condition."""

    sentence: str
    rules: tuple[RuleVerdict, ...]

    def near_misses(self) -> tuple[RuleVerdict, ...]:
        """Return the rules that one condition alone kept from matching."""
        return tuple(rule for rule in self.rules if rule.near_miss is not None)
