"""Responses as OpenAI gives them, whole and streamed, for scripted providers."""

import json
from typing import Any

from tests.gateway.scripted_provider import Act, Wire

USAGE: dict[str, Any] = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 0},
    "output_tokens": 20,
    "output_tokens_details": {"reasoning_tokens": 5},
    "total_tokens": 120,
}


def message(*texts: str, refusal: str | None = None, **changes: Any) -> dict[str, Any]:
    """A message as a response's output holds it."""
    content: list[dict[str, Any]] = [
        {"type": "output_text", "text": text, "annotations": []} for text in texts
    ]
    if refusal is not None:
        content.append({"type": "refusal", "refusal": refusal})
    return {
        "type": "message",
        "id": "msg_1",
        "status": "completed",
        "role": "assistant",
        "content": content,
        **changes,
    }


CALL: dict[str, Any] = {
    "type": "function_call",
    "id": "fc_1",
    "call_id": "call_1",
    "name": "f",
    "arguments": '{"a":1}',
    "status": "completed",
}


def response(*output: Any, **changes: Any) -> dict[str, Any]:
    """A whole response; it says "Hello." where no output is given."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_760_000_000,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "model": "the-provider-s-own-name",
        "output": list(output) or [message("Hello.")],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "store": True,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "usage": USAGE,
        "metadata": {},
        **changes,
    }


def cut_short(reason: str, *output: Any) -> dict[str, Any]:
    """A response that ended before it was done."""
    details = {"reason": reason}
    return response(*output, status="incomplete", incomplete_details=details)


def failed(**error: Any) -> dict[str, Any]:
    """A response that failed."""
    told = {"code": "server_error", "message": "The model had an accident.", **error}
    return response(status="failed", error=told, output=[], usage=None)


def beginning() -> list[dict[str, Any]]:
    """The events that come before any content."""
    begun = response(status="in_progress", output=[], usage=None)
    return [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]


def saying(*deltas: str, index: int = 0) -> list[dict[str, Any]]:
    """The events of one message, from its announcement to its end."""
    place = {"item_id": "msg_1", "output_index": index, "content_index": 0}
    text = "".join(deltas)
    part = {"type": "output_text", "annotations": [], "logprobs": []}
    item = message(text)
    return [
        {
            "type": "response.output_item.added",
            "output_index": index,
            "item": {**item, "status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *(
            {"type": "response.output_text.delta", **place, "delta": delta, "logprobs": []}
            for delta in deltas
        ),
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **place, "part": {**part, "text": text}},
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


def calling(index: int = 0) -> list[dict[str, Any]]:
    """The events of one call of a function."""
    place = {"item_id": "fc_1", "output_index": index}
    added = {**CALL, "arguments": "", "status": "in_progress"}
    pieces = ('{"a"', ":1}")
    return [
        {"type": "response.output_item.added", "output_index": index, "item": added},
        *(
            {"type": "response.function_call_arguments.delta", **place, "delta": piece}
            for piece in pieces
        ),
        {
            "type": "response.function_call_arguments.done",
            **place,
            "name": "f",
            "arguments": "".join(pieces),
        },
        {"type": "response.output_item.done", "output_index": index, "item": CALL},
    ]


def ending(whole: dict[str, Any]) -> dict[str, Any]:
    """The last event of a stream whose response ended like this."""
    return {"type": f"response.{whole['status']}", "response": whole}


def numbered(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """The events as they follow one another."""
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def hello(*deltas: str) -> list[dict[str, Any]]:
    """A short answer, streamed from its beginning to its end."""
    texts = deltas or ("Hel", "lo.")
    return [*beginning(), *saying(*texts), ending(response(message("".join(texts))))]


async def send_event(wire: Wire, document: dict[str, Any]) -> None:
    """Send one event by its name, as OpenAI does."""
    name = str(document["type"]).encode()
    await wire.chunk(b"event: " + name + b"\ndata: " + json.dumps(document).encode() + b"\n\n")


def streams_events(*events: dict[str, Any]) -> Act:
    """Stream events, each in a write of its own, and close the stream."""

    async def act(wire: Wire) -> None:
        await wire.begin_stream()
        for document in numbered(*events):
            await send_event(wire, document)
        await wire.end_stream()

    return act
