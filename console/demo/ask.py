"""What a simulated provider reads out of a chat-completions request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import msgspec

IMAGE_TOKENS = 85
"""What an image of low detail counts as at most providers."""


class AskError(ValueError):
    """A request no provider would take. `param` names the field, as providers' errors do."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param


@dataclass(frozen=True)
class Tool:
    """A function the model may call, and the JSON schema of its arguments."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Ask:
    """The parts of a request that an answer depends on.

    `prompt_bytes` are the UTF-8 bytes of all text sent, tools included. `most` and `least` bound
    the answer's length in tokens (`max_completion_tokens` or `max_tokens`; `min_tokens`, which some
    servers know and a trace uses to get exactly the lengths it holds). `schema` is the JSON schema
    asked for; an empty one stands for any JSON object, None for prose.
    """

    model: str
    prompt_bytes: int
    images: int
    most: int | None
    least: int | None
    stream: bool
    include_usage: bool
    tools: tuple[Tool, ...]
    must_call: bool
    schema: Mapping[str, Any] | None

    def prompt_tokens(self, bytes_per_token: float) -> int:
        """Return the length of the prompt as this model's tokenizer would count it."""
        return ceil(self.prompt_bytes / bytes_per_token) + IMAGE_TOKENS * self.images


def read_ask(raw: bytes) -> Ask:
    """Read a request's body. Raises AskError with a provider's sort of sentence."""
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AskError("The body of the request is not JSON.") from error
    if not isinstance(body, dict):
        raise AskError("The body of the request has to be a JSON object.")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise AskError("You must provide a model.", "model")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise AskError("'messages' has to be a list with at least one message.", "messages")
    texts, images = _contents(messages)
    tools = _tools(body, messages)
    stream_options = body.get("stream_options")
    return Ask(
        model=model,
        prompt_bytes=sum(len(text.encode()) for text in texts) + _size(body.get("tools")),
        images=images,
        most=_whole(body, "max_completion_tokens") or _whole(body, "max_tokens"),
        least=_whole(body, "min_tokens"),
        stream=body.get("stream") is True,
        include_usage=isinstance(stream_options, dict)
        and stream_options.get("include_usage") is True,
        tools=tools,
        must_call=bool(tools)
        and isinstance(body.get("tool_choice"), dict | str)
        # "required", or an object that names one function
        and body["tool_choice"] not in ("auto", "none"),
        schema=_schema(body.get("response_format")),
    )


def _contents(messages: Sequence[Any]) -> tuple[list[str], int]:
    texts: list[str] = []
    images = 0
    for message in messages:
        if not isinstance(message, dict):
            raise AskError("Every message has to be an object.", "messages")
        content = message.get("content")
        if isinstance(content, str):
            texts.append(content)
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                texts.append(part["text"])
            elif isinstance(part, dict) and part.get("type") == "image_url":
                images += 1
    return texts, images


def _tools(body: Mapping[str, Any], messages: Sequence[Any]) -> tuple[Tool, ...]:
    """Return the tools that may be called now: none once a tool's result is the last word."""
    if body.get("tool_choice") == "none" or messages[-1].get("role") == "tool":
        return ()
    offered = body.get("tools")
    functions = [
        tool["function"]
        for tool in (offered if isinstance(offered, list) else ())
        if isinstance(tool, dict) and isinstance(tool.get("function"), dict)
    ]
    choice = body.get("tool_choice")
    wanted = choice.get("function") if isinstance(choice, dict) else None
    name = wanted.get("name") if isinstance(wanted, dict) else None
    return tuple(
        Tool(function["name"], _mapping(function.get("parameters")))
        for function in functions
        if isinstance(function.get("name"), str) and name in (None, function["name"])
    )


def _schema(response_format: Any) -> Mapping[str, Any] | None:
    if not isinstance(response_format, dict):
        return None
    if response_format.get("type") == "json_schema":
        return _mapping(_mapping(response_format.get("json_schema")).get("schema"))
    return {} if response_format.get("type") == "json_object" else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    return value if isinstance(value, int) and value > 0 else None


def _size(tools: Any) -> int:
    return len(msgspec.json.encode(tools)) if tools else 0
