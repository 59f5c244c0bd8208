"""What an answer says it used. What it does not say stays unknown: it is never guessed, never 0."""

from collections.abc import Mapping
from typing import Any

import msgspec

MAX_TOKENS = 2**53
"""Beyond this a count is not one, whatever the provider writes."""


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the provider counted them; None where it did not say.

    `cached` is the part of `input` read from the provider's cache, `reasoning` the part of
    `output` that was not shown (OpenAI's `prompt_tokens_details.cached_tokens` and
    `completion_tokens_details.reasoning_tokens`).
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    reasoning: int | None = None


def usage_in(answer: Mapping[str, Any]) -> Usage | None:
    """Return the usage told in a chat completion or one chunk of it; None where there is none."""
    told = answer.get("usage")
    if not isinstance(told, dict):
        return None
    usage = Usage(
        input=_count(told, "prompt_tokens"),
        output=_count(told, "completion_tokens"),
        cached=_count(told.get("prompt_tokens_details"), "cached_tokens"),
        reasoning=_count(told.get("completion_tokens_details"), "reasoning_tokens"),
    )
    return None if usage.input is None and usage.output is None else usage


def usage_of_response(told: Any) -> Usage | None:
    """Return the `usage` of a response, which has names of its own; None where there is none."""
    if not isinstance(told, dict):
        return None
    usage = Usage(
        input=_count(told, "input_tokens"),
        output=_count(told, "output_tokens"),
        cached=_count(told.get("input_tokens_details"), "cached_tokens"),
        reasoning=_count(told.get("output_tokens_details"), "reasoning_tokens"),
    )
    return None if usage.input is None and usage.output is None else usage


def usage_of_embeddings(told: Any) -> Usage | None:
    """Return the `usage` of embeddings: they read tokens and write none, which is known.

    Some providers give the total alone, which is the same.
    """
    read = _count(told, "prompt_tokens")
    read = _count(told, "total_tokens") if read is None else read
    return None if read is None else Usage(input=read, output=0)


def _count(details: Any, field: str) -> int | None:
    value = details.get(field) if isinstance(details, dict) else None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_TOKENS:
        return value
    return None
