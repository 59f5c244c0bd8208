"""What a request's body says: its texts by who says them, and whether it shows or plays anything.

Two shapes of bodies are read. `messages` are those of a chat completion. `input` is that of a
response (a text, or items) and of an embedding (a text, texts, or tokens). A body's own shape says
which it is, so that a request in a file is read like one that comes in at an address.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

_SURROGATES = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"

_INPUT_TEXTS = ("input_text", "output_text", "text")
_INPUT_IMAGES = ("input_image", "computer_screenshot")


class RequestTexts(msgspec.Struct):
    """The texts that facts are made of. `tokens` counts those that were given as numbers."""

    prompt: str = ""
    system: str = ""
    conversation: str = ""
    turns: int = 0
    tokens: int = 0
    images: bool = False
    audio: bool = False


def texts_of_messages(messages: Any) -> RequestTexts:
    """Walk the messages of a chat completion once, gathering what each role said."""
    found = RequestTexts()
    if not isinstance(messages, list):
        return found
    system: list[str] = []
    everything: list[str] = []
    for message in messages:
        if not isinstance(message, Mapping):
            continue
        content = message.get("content")
        text = content if isinstance(content, str) else _text_of_parts(content, found)
        role = message.get("role")
        if role == "user":
            found.turns += 1
            found.prompt = text
        elif role in ("system", "developer"):
            system.append(text)
        everything.append(text)
    return _completed(found, system, everything)


def texts_of_input(given: Any, instructions: Any) -> RequestTexts:
    """Walk an `input` once, gathering what each role said; `instructions` are the system's.

    A text, or a list of texts, is what one user says at once; so are tokens, whose text is not
    known. Of the items that are no messages, what a tool gave back is part of the conversation.
    """
    found = RequestTexts()
    system = [instructions] if isinstance(instructions, str) else []
    everything = list(system)
    for item in _items(given, found):
        role: Any = "user"
        if isinstance(item, str):
            text = item
        elif isinstance(item, Mapping):
            role, text = item.get("role"), _text_of_item(item, found)
        else:
            continue
        if role == "user":
            found.turns += 1
            found.prompt = text
        elif role in ("system", "developer"):
            system.append(text)
        everything.append(text)
    return _completed(found, system, everything)


def _completed(found: RequestTexts, system: list[str], everything: list[str]) -> RequestTexts:
    found.prompt = whole_text(found.prompt)
    found.system = whole_text(joined(system))
    found.conversation = whole_text(joined(everything))
    return found


def _text_of_parts(content: Any, found: RequestTexts) -> str:
    """Return the text of a message's content parts, noting images and audio among them."""
    if not isinstance(content, list):
        return ""
    texts: list[str] = []
    for part in content:
        if not isinstance(part, Mapping):
            continue
        kind = part.get("type")
        if kind == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind == "image_url":
            found.images = found.images or bool(part.get("image_url"))
        elif kind == "input_audio":
            found.audio = found.audio or bool(part.get("input_audio"))
    return joined(texts)


def _items(given: Any, found: RequestTexts) -> list[Any]:
    """Return what an `input` consists of; tokens are only counted, as a body holds millions."""
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list):
        return []
    kinds = set(map(type, given))
    if kinds == {str}:
        return [joined(given)]
    if kinds and kinds <= {int, list}:
        found.turns = 1
        found.tokens = sum(len(item) if isinstance(item, list) else 1 for item in given)
        return []
    return given


def _text_of_item(item: Mapping[str, Any], found: RequestTexts) -> str:
    """Return what a message says, or what a tool gave back, noting images and audio."""
    said = item.get("output") if item.get("role") is None else item.get("content")
    if isinstance(said, str):
        return said
    texts: list[str] = []
    for part in said if isinstance(said, list) else [said]:
        if not isinstance(part, Mapping):
            continue
        kind = part.get("type")
        if kind in _INPUT_TEXTS and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind in _INPUT_IMAGES:
            found.images = found.images or bool(part.get("image_url") or part.get("file_id"))
        elif kind == "input_audio":
            found.audio = found.audio or bool(part.get("input_audio"))
    return joined(texts)


def joined(texts: Iterable[str]) -> str:
    """Join texts with a newline, empty ones left out."""
    return "\n".join([text for text in texts if text])


def whole_text(text: str) -> str:
    """Return `text` with each lone surrogate replaced, so that it can be encoded."""
    if text.isascii() or not _SURROGATES.search(text):
        return text
    return _SURROGATES.sub(_REPLACEMENT, text)
