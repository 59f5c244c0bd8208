"""A request written in a file, in one of its two forms: a body, or facts.

Tests of a table, `preview --jsonl` and imports read requests this way (table format, "A request in
a file").
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from console.routing.facts import (
    RESPONSE_FORMAT_TEXT,
    Facts,
    draw_facts,
    estimated_tokens,
    hidden_characters,
)
from console.routing.request_texts import joined, whole_text
from console.table.model import FLAG_FACTS, NUMBER_FACTS, RESPONSE_FORMATS, TEXT_FACTS

_BODY_KEYS = {"body", "headers", "client", "at"}
_OPTIONAL_TEXTS = ("task", "client")


class RequestError(ValueError):
    """A request in a file that is of neither form. Its text is one sentence for the user."""


class RequestInFile(msgspec.Struct, frozen=True):
    """A request read from a file. `at` is Unix seconds, None where the file does not say."""

    facts: Facts
    at: float | None


def read_request(data: Any) -> RequestInFile:
    """Read a request that was decoded from JSON or YAML.

    Unknown keys beside `body` are passed over, since logs carry more than routing needs. Raises
    RequestError with one sentence where the request is of neither form.
    """
    if not isinstance(data, Mapping):
        raise RequestError("A request is an object with `body` or `facts`.")
    if ("body" in data) == ("facts" in data):
        raise RequestError("A request has either `body` or `facts`.")
    at = _moment(data.get("at"))
    if "facts" in data:
        return RequestInFile(_read_facts(data["facts"]), at)
    body, headers, client = data["body"], data.get("headers"), data.get("client")
    if not isinstance(body, Mapping):
        raise RequestError("`body` is an object.")
    if headers is not None and not (
        isinstance(headers, Mapping)
        and all(isinstance(k, str) and isinstance(v, str) for k, v in headers.items())
    ):
        raise RequestError("`headers` is an object of texts.")
    if client is not None and not isinstance(client, str):
        raise RequestError("`client` is a text.")
    return RequestInFile(draw_facts(body, headers, client), at)


def written_facts(facts: Facts) -> dict[str, Any]:
    """Return facts as a request in a file has them, which `read_request` reads as the same.

    What the page fills in is left out. Raises RequestError where a fact was not captured.
    """
    if facts.not_captured:
        missing = ", ".join(sorted(facts.not_captured))
        raise RequestError(f"Not captured, and so not to be tested: {missing}.")
    usual = Facts()
    names = ("task", "client", "model", *TEXT_FACTS, *NUMBER_FACTS, *FLAG_FACTS, "response_format")
    worked_out = ("conversation", "input_tokens", "hidden_chars")
    written = {
        name: getattr(facts, name)
        for name in names
        if name in worked_out or getattr(facts, name) != getattr(usual, name)
    }
    written |= {f"tags.{name}": value for name, value in sorted(facts.tags.items())}
    for name in worked_out:
        without = {key: value for key, value in written.items() if key != name}
        if name in written and _read_facts(without) == facts:
            written = without
    if _read_facts(written) != facts:
        raise RequestError("These facts cannot be written in a file.")
    return written


def _moment(value: Any) -> float | None:
    """Return a moment given as RFC 3339 text with a time zone, as Unix seconds."""
    if value is None:
        return None
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise RequestError("`at` is a moment with a time zone, such as 2026-11-23T12:00:00Z.")
    return moment.timestamp()


def _read_facts(data: Any) -> Facts:
    if not isinstance(data, Mapping):
        raise RequestError("`facts` is an object.")
    given: dict[str, Any] = {}
    tags: dict[str, str] = {}
    for key, value in data.items():
        if isinstance(key, str) and key.startswith("tags.") and len(key) > len("tags."):
            if value is not None:
                tags[whole_text(key[5:])] = _text(key, value)
        elif key == "response_format" and value not in (None, *RESPONSE_FORMATS):
            raise RequestError(f"The fact `{key}` is one of {', '.join(RESPONSE_FORMATS)}.")
        elif key in ("model", "response_format", *TEXT_FACTS, *_OPTIONAL_TEXTS):
            given[key] = None if value is None else _text(key, value)
        elif key in NUMBER_FACTS:
            given[key] = _number(key, value)
        elif key in FLAG_FACTS:
            if not isinstance(value, bool):
                raise RequestError(f"The fact `{key}` is true or false.")
            given[key] = value
        else:
            raise RequestError(f"`{key}` is not a fact of a request.")
    return _completed({key: value for key, value in given.items() if value is not None}, tags)


def _completed(given: dict[str, Any], tags: dict[str, str]) -> Facts:
    """Fill in what the page says of facts left out."""
    prompt, system = given.get("prompt", ""), given.get("system", "")
    conversation = given.get("conversation")
    if conversation is None:
        conversation = joined([system, prompt])
    defaults = {
        "input_tokens": estimated_tokens(conversation),
        "hidden_chars": hidden_characters(conversation),
        "turns": 1,
        "response_format": RESPONSE_FORMAT_TEXT,
    }
    return Facts(**{**defaults, **given, "conversation": conversation, "tags": tags})


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RequestError(f"The fact `{key}` is a text.")
    return whole_text(value)


def _number(key: str, value: Any) -> int | None:
    if value is None and key == "max_output_tokens":
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise RequestError(f"The fact `{key}` is a whole number.")
    return value
