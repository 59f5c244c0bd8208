"""How the log keeps a decision and its explanation, both short.

What many requests share is stored once, under its digest: a whole decision, and of an explanation
the verdict on each rule. The explanation itself is cut to what is asked of it later: the sentence,
the winner with its conditions, and the near misses with what they missed.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import msgspec

from console.routing.decision import Decision
from console.routing.explanation import Explanation, RuleVerdict, Truth, Verdict

NEAR_MISSES_KEPT = 5


class RecordedDecision(msgspec.Struct, frozen=True):
    """What was decided for a request, and why as far as it was recorded.

    The explanation holds the winning rule and at most `NEAR_MISSES_KEPT` near misses, which have
    `near_miss` but not their conditions. None: none was recorded.
    """

    decision: Decision
    explanation: Explanation | None


class SharedText(NamedTuple):
    """A text under the first 64 bits of its SHA-256, as a signed integer."""

    digest: int
    text: str


class BriefExplanation(msgspec.Struct):
    """An explanation whose verdicts are shared texts, in the order of the rules."""

    sentence: str
    verdicts: list[SharedText]

    def encode(self) -> str:
        """Return the sentence and the digests as JSON; the texts go elsewhere."""
        digests = [verdict.digest for verdict in self.verdicts]
        return msgspec.json.encode(_Stored(self.sentence, digests)).decode()


@lru_cache(maxsize=4096)
def decision_text(decision: Decision) -> SharedText:
    """Return a decision as the log keeps it."""
    return shared_text(msgspec.json.encode(decision).decode())


def decode_decision(text: str) -> Decision:
    """Read what `decision_text` made; raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(text, type=Decision)


def brief(explanation: Explanation) -> BriefExplanation:
    """Return what the log keeps of an explanation."""
    winners = [rule for rule in explanation.rules if rule.verdict in ("matched", "unknown")][:1]
    near = explanation.near_misses()[:NEAR_MISSES_KEPT]
    bare = [msgspec.structs.replace(rule, conditions=(), failed=None) for rule in near]
    kept = sorted([*winners, *bare], key=lambda rule: rule.position)
    return BriefExplanation(explanation.sentence, [_verdict_text(rule) for rule in kept])


def digests_in(encoded: str) -> Sequence[int]:
    """Return which shared texts an encoded explanation needs; raises msgspec.DecodeError."""
    return msgspec.json.decode(encoded, type=_Stored).verdicts


def decode_explanation(encoded: str, texts: Mapping[int, str]) -> Explanation:
    """Put an encoded explanation and its shared texts together again.

    Raises msgspec.DecodeError for a text that is none of ours, KeyError for one that is absent.
    """
    stored = msgspec.json.decode(encoded, type=_Stored)
    rules = [msgspec.json.decode(texts[digest], type=RuleVerdict) for digest in stored.verdicts]
    return Explanation(stored.sentence, tuple(rules))


@lru_cache(maxsize=16_384)
def _verdict_text(rule: RuleVerdict) -> SharedText:
    encoded = msgspec.json.encode(msgspec.convert(rule, _Rule, from_attributes=True))
    return shared_text(encoded.decode())


def shared_text(text: str) -> SharedText:
    """Return a text with its digest."""
    digest = int.from_bytes(sha256(text.encode()).digest()[:8], "big", signed=True)
    return SharedText(digest, text)


class _Stored(msgspec.Struct):
    sentence: str
    verdicts: list[int]


# The shapes of console.routing.explanation once more, leaving out what is empty.
class _Span(msgspec.Struct, omit_defaults=True):
    fact: str
    start: int
    end: int


class _Condition(msgspec.Struct, omit_defaults=True):
    path: str
    fact: str
    matcher: str
    wanted: str
    saw: str | None
    result: Truth
    spans: tuple[_Span, ...] = ()
    absent: bool = False
    members: tuple["_Condition", ...] = ()


class _Rule(msgspec.Struct, omit_defaults=True):
    rule: str
    position: int
    verdict: Verdict
    conditions: tuple[_Condition, ...] = ()
    near_miss: str | None = None
    bucket: int | None = None
