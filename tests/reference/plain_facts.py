"""The facts of a request, drawn as the table format's page says, slowly and word by word.

A request is plain data. Its facts are one flat dict: `task`, `prompt`, `tags.team` and so on. An
absent fact has no key; a fact that was not captured has the value `NOT_CAPTURED`.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

NOT_CAPTURED: Final[Any] = object()
"""Stands for the value of a fact that an old request had but nobody kept."""

FLAGS = ("tools", "images", "audio", "stream")
RESPONSE_FORMATS = ("text", "json_object", "json_schema")


def without_lone_surrogates(value: Any) -> Any:
    """Return the same plain data with U+FFFD for every surrogate, in keys and values alike.

    The page: a lone surrogate is replaced before anything else sees the text. In a Python text
    each surrogate stands alone: a proper pair would have been one code point.
    """
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in value)
    if isinstance(value, list):
        return [without_lone_surrogates(item) for item in value]
    if isinstance(value, Mapping):
        return {
            without_lone_surrogates(key): without_lone_surrogates(item)
            for key, item in value.items()
        }
    return value


def joined(texts: list[str]) -> str:
    """Join texts with a newline. The page: where texts are joined, empty ones are left out."""
    return "\n".join(text for text in texts if text != "")


def estimated_tokens(conversation: str) -> int:
    """Return the UTF-8 bytes of the conversation divided by four, rounded up."""
    size = len(conversation.encode("utf-8"))
    whole, rest = divmod(size, 4)
    return whole if rest == 0 else whole + 1


def hidden_characters(conversation: str) -> int:
    """Count code points of category Cc (but for tab, line feed, carriage return) or Cf."""
    count = 0
    for char in conversation:
        category = unicodedata.category(char)
        if category == "Cf" or (category == "Cc" and char not in "\t\n\r"):
            count += 1
    return count


def draw(body: Mapping[str, Any], headers: Mapping[str, str], client: str | None) -> dict[str, Any]:
    """Return the facts of an OpenAI body with its headers (names in any case).

    A text or number of another type than its protocol gives it counts as not there. A flag is true
    of what is present and not empty; audio may be sent in or asked for. A body with `input` and
    without `messages` is a response's or an embedding's; it is first written as the messages that
    say the same, so that the page's table is read but once.
    """
    body = without_lone_surrogates(body)
    by_name = {name.lower(): without_lone_surrogates(text) for name, text in headers.items()}
    tokens = 0
    if "input" in body and body.get("messages") is None:
        tokens = _tokens_given(body["input"])
        body = as_chat(body)
    messages = _messages(body)
    conversation = joined([_text_of(message) for message in messages])

    facts: dict[str, Any] = {}
    tags = _tags(body, by_name.get("x-route-tags", ""))
    facts.update({f"tags.{key}": value for key, value in tags.items()})
    task = _declared_task(body, by_name)
    if task is not None:
        facts["task"] = task
    if client is not None:
        facts["client"] = without_lone_surrogates(client)
    facts["model"] = body["model"] if isinstance(body.get("model"), str) else ""
    facts["prompt"] = _last_user_text(messages)
    facts["system"] = joined(
        [_text_of(m) for m in messages if m.get("role") in ("system", "developer")]
    )
    facts["conversation"] = conversation
    facts["input_tokens"] = estimated_tokens(conversation) + tokens
    limit = _token_limit(body)
    if limit is not None:
        facts["max_output_tokens"] = limit
    facts["turns"] = len([m for m in messages if m.get("role") == "user"])
    facts["hidden_chars"] = hidden_characters(conversation)
    facts["tools"] = bool(body.get("tools"))
    facts["images"] = _has_part(messages, "image_url")
    facts["audio"] = bool(body.get("audio")) or _has_part(messages, "input_audio")
    facts["stream"] = bool(body.get("stream"))
    facts["response_format"] = _response_format(body)
    return facts


def as_chat(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chat-completions body that says what this body's `input` says."""
    chat: dict[str, Any] = {
        name: body[name]
        for name in ("model", "metadata", "tools", "stream", "audio")
        if name in body
    }
    if "max_output_tokens" in body:
        chat["max_tokens"] = body["max_output_tokens"]
    if isinstance(body.get("text"), dict):
        chat["response_format"] = body["text"].get("format")
    messages: list[Any] = []
    if isinstance(body.get("instructions"), str):
        messages.append({"role": "system", "content": body["instructions"]})
    given = body["input"]
    if isinstance(given, str):
        messages.append({"role": "user", "content": given})
    elif isinstance(given, list) and given and all(isinstance(text, str) for text in given):
        messages.append({"role": "user", "content": joined(given)})
    elif isinstance(given, list) and given and _is_tokens(given):
        messages.append({"role": "user", "content": ""})
    elif isinstance(given, list):
        messages.extend(_as_message(item) for item in given)
    chat["messages"] = messages
    return chat


def _as_message(item: Any) -> Any:
    """Return a text or an item of an `input` as a message; a tool's output is what it says."""
    if isinstance(item, str):
        return {"role": "user", "content": item}
    if not isinstance(item, dict):
        return None
    if item.get("role") is not None:
        return {"role": item["role"], "content": _as_parts(item.get("content"))}
    output = item.get("output")
    return {"role": "tool", "content": _as_parts([output] if isinstance(output, dict) else output)}


def _as_parts(content: Any) -> Any:
    if not isinstance(content, list):
        return content
    parts: list[dict[str, Any]] = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind in ("input_text", "output_text", "text"):
            parts.append({"type": "text", "text": part.get("text")})
        elif kind in ("input_image", "computer_screenshot"):
            shown = part.get("image_url") or part.get("file_id")
            parts.append({"type": "image_url", "image_url": shown})
        elif kind == "input_audio":
            parts.append(part)
    return parts


def _is_tokens(given: list[Any]) -> bool:
    return all(type(item) is int or isinstance(item, list) for item in given)


def _tokens_given(given: Any) -> int:
    """Return how many tokens an `input` of numbers, or of lists of numbers, gives."""
    if not isinstance(given, list) or not _is_tokens(given):
        return 0
    return sum(len(item) if isinstance(item, list) else 1 for item in given)


def facts_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a request in a file, in either of its two forms; null is left out."""
    if "body" in request:
        return draw(request["body"], request.get("headers", {}), request.get("client"))
    given = without_lone_surrogates(request["facts"])
    facts = {fact: value for fact, value in given.items() if value is not None}
    facts.setdefault("model", "")
    facts.setdefault("prompt", "")
    facts.setdefault("system", "")
    facts.setdefault("conversation", joined([facts["system"], facts["prompt"]]))
    facts.setdefault("input_tokens", estimated_tokens(facts["conversation"]))
    facts.setdefault("turns", 1)
    facts.setdefault("hidden_chars", hidden_characters(facts["conversation"]))
    for flag in FLAGS:
        facts.setdefault(flag, False)
    facts.setdefault("response_format", "text")
    return facts


def _messages(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    messages = body.get("messages")
    if not isinstance(messages, list):
        return []
    return [message for message in messages if isinstance(message, dict)]


def _parts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    if not isinstance(content, list):
        return []
    return [part for part in content if isinstance(part, dict)]


def _text_of(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return joined(
        [
            part["text"]
            for part in _parts(message)
            if part.get("type") == "text" and isinstance(part.get("text"), str)
        ]
    )


def _has_part(messages: list[dict[str, Any]], kind: str) -> bool:
    """Whether a part of that kind is there and not empty."""
    return any(
        part.get("type") == kind and bool(part.get(kind))
        for message in messages
        for part in _parts(message)
    )


def _last_user_text(messages: list[dict[str, Any]]) -> str:
    of_users = [_text_of(message) for message in messages if message.get("role") == "user"]
    return of_users[-1] if of_users else ""


def _declared_task(body: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """Return the header's task, else the body's; an empty one is none.

    Blanks around a header's value are no part of it (RFC 9110, 5.5).
    """
    in_header = headers.get("x-route-task", "").strip()
    if in_header:
        return in_header
    metadata = body.get("metadata")
    in_body = metadata.get("task") if isinstance(metadata, dict) else None
    return in_body if isinstance(in_body, str) and in_body else None


def _tags(body: Mapping[str, Any], header: str) -> dict[str, str]:
    """Return the texts of the body's metadata with the header's pairs over them.

    Blanks around a key or a value of the header are not part of it, a pair is split at its first
    `=`, and what is no pair with a key is left out.
    """
    metadata = body.get("metadata")
    tags: dict[str, str] = {}
    if isinstance(metadata, dict):
        tags.update({key: value for key, value in metadata.items() if isinstance(value, str)})
    for pair in header.split(","):
        key, equals, value = pair.partition("=")
        if equals and key.strip():
            tags[key.strip()] = value.strip()
    return tags


def _token_limit(body: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = body.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def _response_format(body: Mapping[str, Any]) -> str:
    asked = body.get("response_format")
    if isinstance(asked, dict) and asked.get("type") in RESPONSE_FORMATS:
        kind: str = asked["type"]
        return kind
    return "text"
