"""Turns a prompt into the request a client would send: body, headers, and perhaps an early end."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from console.demo.padding import cut_to, document
from console.demo.prompts import PromptSpec
from console.routing.facts import BYTES_PER_TOKEN

ABORTED_SHARE = 0.02
"""Share of streams whose client leaves before the end: closed tabs, changed minds."""
ANY_MODEL = "auto"
"""What clients ask for that leave the choice to the table."""

_DECLARED = (("header", 0.55), ("metadata", 0.3), ("none", 0.15))
_HEADER_SAFE = re.compile(r"[!-+\--<>-~]+")
"""Printable ASCII without the space, comma and equals sign that `X-Route-Tags` is made of."""
_SHORT_TOOL = re.compile(r"^([A-Za-z_][\w-]{0,63})(?:\((.*)\))?$")

_HEARD = "I see. Tell me a little more, then I can answer."
_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="


@dataclass(frozen=True)
class Length:
    """The lengths of a call of a trace, in tokens."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class ClientRequest:
    """A request ready to be sent; with `abort_after`, its client leaves after so many events."""

    body: dict[str, Any]
    headers: dict[str, str]
    abort_after: int | None = None


def build_request(spec: PromptSpec, rng: Random, length: Length | None = None) -> ClientRequest:
    """Return the request for a prompt; `length` holds it to the lengths of a traced call."""
    stream = rng.random() < 0.5 if spec.stream is None else spec.stream
    messages = _messages(spec, rng, length)
    body: dict[str, Any] = {"model": spec.model or ANY_MODEL, "messages": messages}
    if stream:
        body["stream"] = True
        if rng.random() < 0.5:
            body["stream_options"] = {"include_usage": True}
    if spec.tools:
        body["tools"] = [_tool(tool) for tool in spec.tools]
    if spec.json is not False:
        body["response_format"] = _response_format(spec.json)
    if spec.client:
        body["user"] = spec.client
    body.update(_limits(spec, rng, length))
    metadata, headers = _declarations(spec, rng)
    if metadata:
        body["metadata"] = metadata
    aborts = stream and rng.random() < ABORTED_SHARE
    return ClientRequest(body, headers, rng.randint(1, 12) if aborts else None)


def _limits(spec: PromptSpec, rng: Random, length: Length | None) -> dict[str, int]:
    if length is not None:
        # `min_tokens` is how servers of open models are told not to stop early
        return {"max_completion_tokens": length.output_tokens, "min_tokens": length.output_tokens}
    if spec.max_tokens is None:
        return {}
    name = "max_completion_tokens" if rng.random() < 0.7 else "max_tokens"
    return {name: spec.max_tokens}


def _messages(spec: PromptSpec, rng: Random, length: Length | None) -> list[dict[str, Any]]:
    before = _before(spec)
    prompt = spec.prompt
    wanted = spec.pad_to_tokens * BYTES_PER_TOKEN
    if length is not None:
        wanted = length.input_tokens * BYTES_PER_TOKEN
        if _size(before) + len(prompt.encode()) > wanted:
            before, prompt = [], cut_to(prompt, wanted)
    missing = wanted - _size(before) - len(prompt.encode())
    if missing > 0:
        prompt += ("\n\n" + document(missing - 2, rng))[:missing]
    return [*before, {"role": "user", "content": _content(spec, prompt)}]


def _before(spec: PromptSpec) -> list[dict[str, Any]]:
    """Return the messages that go before the prompt: the system's, and what was said earlier."""
    if isinstance(spec.turns, int):
        earlier = tuple(f"And what about point {number}?" for number in range(1, spec.turns + 1))
    else:
        earlier = spec.turns
    messages = [{"role": "system", "content": spec.system}] if spec.system else []
    for said in earlier:
        messages.append({"role": "user", "content": said})
        messages.append({"role": "assistant", "content": _HEARD})
    return messages


def _size(messages: list[dict[str, Any]]) -> int:
    """Return the bytes of the messages' text, with the newline that will join each to the next."""
    return sum(len(message["content"].encode()) + 1 for message in messages)


def _content(spec: PromptSpec, prompt: str) -> str | list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if spec.image:
        parts.append({"type": "image_url", "image_url": {"url": _PIXEL, "detail": "low"}})
    if spec.audio:
        parts.append({"type": "input_audio", "input_audio": {"data": _SILENCE, "format": "wav"}})
    return [{"type": "text", "text": prompt}, *parts] if parts else prompt


def _tool(tool: str | dict[str, Any]) -> dict[str, Any]:
    if not isinstance(tool, str):
        return tool
    match = _SHORT_TOOL.match(tool.strip())
    name, inner = (match[1], match[2]) if match else ("tool", None)
    properties = {}
    for part in (inner or "").split(","):
        field, _, kind = part.partition(":")
        if field.strip():
            properties[field.strip()] = {"type": kind.strip() or "string"}
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def _response_format(asked: bool | dict[str, Any]) -> dict[str, Any]:
    if isinstance(asked, dict):
        return {"type": "json_schema", "json_schema": {"name": "answer", "schema": asked}}
    return {"type": "json_object"}


def _declarations(spec: PromptSpec, rng: Random) -> tuple[dict[str, str], dict[str, str]]:
    """Return the metadata and the headers that tell task and tags: some clients use one, some both.

    What a header cannot hold goes into the metadata.
    """
    metadata: dict[str, str] = {}
    headers: dict[str, str] = {}
    declare = spec.declare or _weighted(rng)
    if spec.task is not None and declare != "none":
        if declare == "header" and _HEADER_SAFE.fullmatch(spec.task):
            headers["X-Route-Task"] = spec.task
        else:
            metadata["task"] = spec.task
    tags = {**spec.tags, **({"client": spec.client} if spec.client else {})}
    by_header = rng.random()
    in_header = {
        key: value
        for key, value in tags.items()
        if rng.random() < by_header
        and _HEADER_SAFE.fullmatch(key)
        and _HEADER_SAFE.fullmatch(value)
    }
    metadata.update({key: value for key, value in tags.items() if key not in in_header})
    if in_header:
        headers["X-Route-Tags"] = _tags_header(in_header)
    return metadata, headers


def _tags_header(tags: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in tags.items())


def _weighted(rng: Random) -> str:
    return rng.choices([way for way, _ in _DECLARED], [share for _, share in _DECLARED])[0]
