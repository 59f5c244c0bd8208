"""The facts of a request: everything a rule can see, drawn by one function for every use.

Serving, preview, tests and what-if all call `draw_facts` (table format, "The facts of a request").
"""

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import category

import msgspec

from console.routing.request_texts import (
    texts_of_input,
    texts_of_messages,
    whole_text,
)
from console.table.model import RESPONSE_FORMATS

BYTES_PER_TOKEN = 4
"""The estimate of input tokens: UTF-8 bytes over this, rounded up."""

RESPONSE_FORMAT_TEXT = "text"

_VISIBLE_ASCII = bytes([9, 10, 13, *range(32, 127)])
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
"""Where Unicode puts categories Cc (tab, line feed, carriage return excepted) and Cf, as of its
version 16. `unicodedata` has the last word; asking it of every character would take ten times as
long."""


class Facts(msgspec.Struct, frozen=True):
    """What a rule can see of one request. None means absent.

    `not_captured` names the facts whose value is unknown because a log did not keep it; their
    fields then hold nothing of meaning. Logs keep every fact that targets are judged by.
    """

    task: str | None = None
    model: str = ""
    client: str | None = None
    tags: dict[str, str] = {}
    prompt: str = ""
    system: str = ""
    conversation: str = ""
    input_tokens: int = 0
    max_output_tokens: int | None = None
    turns: int = 1
    hidden_chars: int = 0
    tools: bool = False
    images: bool = False
    audio: bool = False
    stream: bool = False
    response_format: str = RESPONSE_FORMAT_TEXT
    not_captured: frozenset[str] = frozenset()

    def value(self, fact: str) -> Any:
        """Return the value of the fact called `fact` (`tags.<key>` too); None where absent."""
        if fact.startswith("tags."):
            return self.tags.get(fact[5:])
        return getattr(self, fact)


def draw_facts(
    body: Mapping[str, Any], headers: Mapping[str, str] | None = None, client: str | None = None
) -> Facts:
    """Draw the facts of an OpenAI request: a chat completion's, an embedding's or a response's.

    The body's own shape says which it is, whether it came in at an address or stands in a file: one
    with `messages` is a chat completion's, one with `input` and no `messages` speaks by that (see
    `request_texts`). Of an `input`, `instructions` are part of `system`, tokens given as numbers
    are counted in `input_tokens`, and `max_output_tokens` and `text.format` stand for the fields
    of a chat completion.

    `headers` may have names in any case. `client` is the alias of the key that called. A text or
    number of an unexpected type is treated as absent, and a flag is true of whatever is there and
    not empty: judging the body is the gateway's task.
    """
    if "input" in body and body.get("messages") is None:
        texts = texts_of_input(body["input"], body.get("instructions"))
        limit = _integer(body.get("max_output_tokens"))
        text = body.get("text")
        asked_format = text.get("format") if isinstance(text, Mapping) else None
    else:
        texts = texts_of_messages(body.get("messages"))
        limit = _integer(body.get("max_completion_tokens"))
        if limit is None:
            limit = _integer(body.get("max_tokens"))
        asked_format = body.get("response_format")
    metadata = body.get("metadata")
    task, header_tags = _routing_headers(headers) if headers else (None, "")
    tags = _tags(metadata, header_tags)
    if task is None and isinstance(metadata, Mapping):
        task = _text(metadata.get("task")) or None
    conversation = texts.conversation
    return Facts(
        task=task,
        model=_text(body.get("model")),
        client=None if client is None else whole_text(client),
        tags=tags,
        prompt=texts.prompt,
        system=texts.system,
        conversation=conversation,
        input_tokens=estimated_tokens(conversation) + texts.tokens,
        max_output_tokens=limit,
        turns=texts.turns,
        hidden_chars=hidden_characters(conversation),
        tools=bool(body.get("tools")),
        images=texts.images,
        audio=texts.audio or bool(body.get("audio")),
        stream=bool(body.get("stream")),
        response_format=_response_format(asked_format),
    )


def estimated_tokens(conversation: str) -> int:
    """Return the estimated input tokens: UTF-8 bytes over four, rounded up."""
    size = len(conversation) if conversation.isascii() else len(conversation.encode())
    return -(-size // BYTES_PER_TOKEN)


def hidden_characters(text: str) -> int:
    """Count the code points of category Cc or Cf, without tab, line feed and carriage return."""
    if text.isascii():
        return len(text.encode().translate(None, _VISIBLE_ASCII))
    if text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable():
        return 0
    return sum(category(match[0]) in ("Cc", "Cf") for match in _HIDDEN.finditer(text))


def _routing_headers(headers: Mapping[str, str]) -> tuple[str | None, str]:
    task, tags = None, ""
    for name, value in headers.items():
        # A cheap look before the lowering: most headers are the client library's own.
        if len(name) == 12 and name.lower() in ("x-route-task", "x-route-tags"):
            if name.lower() == "x-route-task":
                task = whole_text(value.strip()) or None
            else:
                tags = whole_text(value)
    return task, tags


def _tags(metadata: Any, header: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    if isinstance(metadata, Mapping):
        for key, value in metadata.items():
            if isinstance(value, str) and isinstance(key, str):
                tags[whole_text(key)] = whole_text(value)
    if header:
        for pair in header.split(","):
            key, equals, value = pair.partition("=")
            if equals and key.strip():
                tags[key.strip()] = value.strip()
    return tags


def _text(value: Any) -> str:
    return whole_text(value) if isinstance(value, str) else ""


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _response_format(value: Any) -> str:
    kind = value.get("type") if isinstance(value, Mapping) else None
    return kind if kind in RESPONSE_FORMATS else RESPONSE_FORMAT_TEXT
