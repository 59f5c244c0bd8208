"""What a client tells beside its request: its tries, its patience, its conversation."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MAX_ID_CHARACTERS = 256
"""Longer is no id; it is cut."""

ROUTING_HEADERS = ("x-route-task", "x-route-tags")


class ClientHints(NamedTuple):
    """As far as the client says; None where it does not.

    `retry_count` and `timeout_s` are what OpenAI's clients put into every request
    (`x-stainless-retry-count`, `x-stainless-read-timeout`).
    """

    retry_count: int | None
    timeout_s: float | None
    conversation_id: str | None


def header_texts(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return a request's headers as text, names in lower case; repeated ones are joined."""
    texts: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1")
        try:
            value = raw_value.decode()
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1")
        texts[name] = f"{texts[name]},{value}" if name in texts else value
    return texts


def routing_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that facts are drawn from."""
    return {name: headers[name] for name in ROUTING_HEADERS if name in headers}


def client_hints(headers: Mapping[str, str], body: Mapping[str, Any]) -> ClientHints:
    """Return what the client tells of itself; what cannot be read counts as not told."""
    metadata = body.get("metadata")
    conversation = metadata.get("conversation_id") if isinstance(metadata, dict) else None
    return ClientHints(
        retry_count=_count(headers.get("x-stainless-retry-count")),
        timeout_s=_seconds(headers.get("x-stainless-read-timeout")),
        conversation_id=_id(conversation),
    )


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else None


def _seconds(text: str | None) -> float | None:
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _id(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    return value[:MAX_ID_CHARACTERS].encode("utf-8", "replace").decode()
