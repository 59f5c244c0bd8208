"""Answers in the form of the OpenAI chat-completions protocol: one object, or many chunks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from console.demo.answers import Answer, ToolCall, Usage

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Stamp:
    """What every object and chunk of one answer repeats."""

    answer_id: str
    created: int
    model: str

    def head(self, kind: str) -> dict[str, Any]:
        """Return the fields common to an object of this kind."""
        return {
            "id": self.answer_id,
            "object": kind,
            "created": self.created,
            "model": self.model,
        }


def completion(answer: Answer, stamp: Stamp) -> bytes:
    """Return the whole answer as one chat.completion object."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": answer.content,
        "refusal": answer.refusal,
    }
    if answer.tool_calls:
        message["tool_calls"] = [_call(call) for call in answer.tool_calls]
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": answer.finish_reason,
    }
    return msgspec.json.encode(
        {**stamp.head("chat.completion"), "choices": [choice], "usage": usage_object(answer.usage)}
    )


def deltas(answer: Answer, piece_chars: int) -> Iterator[dict[str, Any]]:
    """Yield the deltas of a streamed answer: the role, then what is said, piece by piece.

    The id and the name of a tool call come first, its arguments after; every delta of a call
    carries its index.
    """
    yield {"role": "assistant", "content": "" if answer.content is not None else None}
    if answer.refusal:
        yield {"refusal": answer.refusal}
    for index, call in enumerate(answer.tool_calls):
        first = _call(call)
        first["function"]["arguments"] = ""
        yield {"tool_calls": [{"index": index, **first}]}
        for piece in _pieces(call.arguments, piece_chars):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
    for piece in _pieces(answer.content or "", piece_chars):
        yield {"content": piece}


def chunk(
    stamp: Stamp, delta: dict[str, Any], finish_reason: str | None, include_usage: bool
) -> bytes:
    """Return one event of the stream that carries a delta; `usage` is null where asked for."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    event: dict[str, Any] = {**stamp.head("chat.completion.chunk"), "choices": [choice]}
    if include_usage:
        event["usage"] = None
    return _event(event)


def usage_chunk(stamp: Stamp, usage: Usage) -> bytes:
    """Return the last event before the end, sent only where usage was asked for."""
    head = stamp.head("chat.completion.chunk")
    return _event({**head, "choices": [], "usage": usage_object(usage)})


def usage_object(usage: Usage) -> dict[str, Any]:
    """Return the usage as providers report it."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
        },
    }


def error_object(message: str, kind: str, code: str | None, param: str | None = None) -> bytes:
    """Return an error as providers phrase it; `code` is a text or null, never a number."""
    return msgspec.json.encode(
        {"error": {"message": message, "type": kind, "param": param, "code": code}}
    )


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.call_id, "type": "function", "function": function}


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(event: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(event) + b"\n\n"
