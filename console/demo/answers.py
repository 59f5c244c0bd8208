"""What a simulated model says: prose, JSON that fits (or does not), tool calls, a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Any, Literal

import msgspec

from console.demo.ask import Ask
from console.demo.fate import Fate
from console.demo.json_values import value_for, without_a_required_field

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]
BYTES_PER_TOKEN = 4
MAX_OUTPUT_TOKENS = 128_000
"""No model says more at once, whatever it is asked for."""

_SENTENCES = (
    "Thank you for the details, they make this easy to look into.",
    "The frame is bolted, so it can be taken apart and moved.",
    "I would check the delivery note first, since it names every parcel.",
    "That depends on the ground: gravel drains well, clay does not.",
    "The guarantee runs for five years from the day of delivery.",
    "A colleague at the depot confirms it before noon.",
    "Two people need about four hours for it.",
    "The part is on stock and leaves with the next lorry.",
    "Please keep the broken piece until the carrier has seen it.",
    "There are two ways, and the first of them costs nothing.",
    "Nothing has to be paid before the goods have arrived.",
    "The number on the box is the one we need.",
    "If it rains, leave the film on until the roof is closed.",
    "The order is complete but for one parcel, which follows on Thursday.",
    "I have noted this on the order, so that nobody has to ask again.",
    "The index on customer and day answers the question without a scan.",
    "The loop reads the list while it changes it; copy it first.",
    "A test that fails today and passes with the change would settle it.",
)
_REFUSAL = "I'm sorry, but I can't help with that request."


@dataclass(frozen=True)
class ToolCall:
    """A call of one tool, its arguments as JSON text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Usage:
    """Tokens of one call, as providers bill them; reasoning is part of `completion_tokens`."""

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int


@dataclass(frozen=True)
class Answer:
    """A whole answer. `content` is None where tools are called or the refusal says it all."""

    content: str | None
    refusal: str | None
    tool_calls: tuple[ToolCall, ...]
    finish_reason: FinishReason
    usage: Usage


def answer_to(ask: Ask, fate: Fate, bytes_per_token: float) -> Answer:
    """Return what a call with this fate says. `hang`, errors and `cut` are the server's matter."""
    rng = Random(fate.text_seed)
    content: str | None = None
    refusal: str | None = None
    calls: tuple[ToolCall, ...] = ()
    finish: FinishReason = "stop"
    said: int | None = None
    match fate.outcome:
        case "refusal":
            refusal = _REFUSAL
        case "content_filter":
            content, finish = "", "content_filter"
        case "empty":
            content = ""
        case _ if ask.tools and (ask.must_call or fate.calls_tool):
            calls, finish = _tool_calls(ask, rng), "tool_calls"
        case _ if ask.schema is not None:
            content = _json(ask.schema, fate, rng)
        case _:
            said = _length(ask, fate)
            content = _prose(said, rng)
    if fate.outcome == "truncated" and content:
        content, finish, said = content[: max(1, int(len(content) * fate.cut_at))], "length", None
    if said is None:
        said = _tokens(content, refusal, calls)
    usage = _usage(ask, fate, said, bytes_per_token)
    return Answer(content, refusal, calls, finish, usage)


def _length(ask: Ask, fate: Fate) -> int:
    """Return the tokens of an answer in prose.

    A limit bounds it without truncating it: whoever sets one mostly leaves room. Being cut off by
    it is a fate of its own.
    """
    length = min(max(fate.output_tokens, ask.least or 1), MAX_OUTPUT_TOKENS)
    return min(length, ask.most) if ask.most is not None else length


def _prose(tokens: int, rng: Random) -> str:
    wanted = tokens * BYTES_PER_TOKEN
    sentences: list[str] = []
    size = 0
    while size < wanted:
        sentences.append(rng.choice(_SENTENCES))
        size += len(sentences[-1]) + 1
    return " ".join(sentences)[:wanted]


def _json(schema: Mapping[str, Any], fate: Fate, rng: Random) -> str:
    shape = schema or {"type": "object"}
    value = value_for(shape, rng)
    if fate.json_fault == "wrong_schema" and schema:
        value = without_a_required_field(value, schema, rng)
    text = msgspec.json.encode(value).decode()
    return text.rstrip('}]"0123456789') if fate.json_fault == "broken_json" else text


def _tool_calls(ask: Ask, rng: Random) -> tuple[ToolCall, ...]:
    """Return one call, or now and then two at once."""
    count = 2 if len(ask.tools) > 1 and rng.random() < 0.15 else 1
    return tuple(
        ToolCall(
            call_id=f"call_{rng.getrandbits(96):024x}",
            name=tool.name,
            arguments=msgspec.json.encode(
                value_for({"type": "object", **tool.parameters}, rng)
            ).decode(),
        )
        for tool in rng.sample(ask.tools, count)
    )


def _tokens(content: str | None, refusal: str | None, calls: tuple[ToolCall, ...]) -> int:
    said = (content or "") + (refusal or "") + "".join(call.name + call.arguments for call in calls)
    return ceil(len(said.encode()) / BYTES_PER_TOKEN)


def _usage(ask: Ask, fate: Fate, said: int, bytes_per_token: float) -> Usage:
    prompt = ask.prompt_tokens(bytes_per_token)
    return Usage(
        prompt_tokens=prompt,
        completion_tokens=said + fate.reasoning_tokens,
        cached_tokens=fate.cached_tokens(prompt),
        reasoning_tokens=fate.reasoning_tokens,
    )
