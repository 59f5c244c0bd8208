"""What becomes of one call to a simulated model: drawn once, from the seed and the call's number.

The draws are made in one order whatever comes of them, so a call's luck depends on nothing but
seed, provider, model and number. Weather moves the thresholds luck is held against, never luck.
"""

from dataclasses import dataclass
from random import Random
from typing import Literal

from console.demo.behaviour import Behaviour, Lognormal

Outcome = Literal[
    "answer",
    "hang",
    "server_error",
    "rate_limited",
    "cut",
    "refusal",
    "content_filter",
    "empty",
    "truncated",
]
JsonFault = Literal["broken_json", "wrong_schema"]

CACHE_FROM_TOKENS = 1024
CACHE_STEP_TOKENS = 128
"""Providers cache the beginning of long prompts in steps of this size."""

_SERVER_ERRORS = (500, 502, 503, 503)


@dataclass(frozen=True)
class Fate:
    """All that chance decides of a call. Times in seconds at speed 1, lengths in tokens.

    `cut_at` is the share of the answer that still arrives when it is cut or truncated;
    `text_seed` makes the words.
    """

    outcome: Outcome
    json_fault: JsonFault | None
    calls_tool: bool
    first_token_s: float
    tokens_per_s: float
    output_tokens: int
    reasoning_tokens: int
    cached_share: float
    error_status: int
    retry_after_s: float
    cut_at: float
    text_seed: int

    def cached_tokens(self, prompt_tokens: int) -> int:
        """Return how much of a prompt is billed as cached: whole steps, none of a short prompt."""
        if prompt_tokens < CACHE_FROM_TOKENS:
            return 0
        return int(prompt_tokens * self.cached_share) // CACHE_STEP_TOKENS * CACHE_STEP_TOKENS


def draw_fate(behaviour: Behaviour, key: str) -> Fate:
    """Return the fate of the call that `key` names (seed, provider, model and number)."""
    rng = Random(key)
    outcome = _outcome(behaviour, rng.random())
    fault = _json_fault(behaviour, rng.random())
    reasoning = behaviour.reasoning_tokens or Lognormal(0.0)
    return Fate(
        outcome=outcome,
        json_fault=fault,
        calls_tool=rng.random() < behaviour.p_tool_call,
        first_token_s=behaviour.first_token_s.draw(rng),
        tokens_per_s=max(1.0, behaviour.tokens_per_s.draw(rng)),
        output_tokens=max(1, round(behaviour.output_tokens.draw(rng))),
        reasoning_tokens=round(reasoning.draw(rng)),
        cached_share=rng.uniform(0.5, 0.95) * (rng.random() < behaviour.p_cached),
        error_status=rng.choice(_SERVER_ERRORS),
        retry_after_s=behaviour.retry_after_s.draw(rng),
        cut_at=rng.uniform(0.1, 0.8),
        text_seed=rng.getrandbits(32),
    )


def _outcome(behaviour: Behaviour, luck: float) -> Outcome:
    chances: tuple[tuple[Outcome, float], ...] = (
        ("server_error", behaviour.p_server_error),
        ("rate_limited", behaviour.p_rate_limited),
        ("hang", behaviour.p_hang),
        ("cut", behaviour.p_cut),
        ("refusal", behaviour.p_refusal),
        ("content_filter", behaviour.p_content_filter),
        ("empty", behaviour.p_empty),
        ("truncated", behaviour.p_truncated),
    )
    for outcome, chance in chances:
        if luck < chance:
            return outcome
        luck -= chance
    return "answer"


def _json_fault(behaviour: Behaviour, luck: float) -> JsonFault | None:
    if luck < behaviour.p_broken_json:
        return "broken_json"
    if luck < behaviour.p_broken_json + behaviour.p_wrong_schema:
        return "wrong_schema"
    return None
