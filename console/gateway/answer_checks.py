"""Whether an answer is good enough for its route: the triggers that a route may escalate on.

An answer of several choices is as good as the worst of them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

import msgspec

from console.gateway.failures import AnswerTrigger
from console.json_text import NotJsonError, decoded, encoded

INLINE_CHARACTERS = 64 * 1024
"""Longer texts are parsed beside the event loop, so that other requests go on meanwhile."""


class Said(msgspec.Struct):
    """What one choice of an answer says, as far as it is judged.

    `does_more` tells of a tool call or of sound, `refused` of text in the refusal field.
    """

    text: str = ""
    does_more: bool = False
    refused: bool = False
    finish_reason: str | None = None


class AskedFormat(NamedTuple):
    """The format a client asked for. `schema` is the JSON schema as JSON, None without one."""

    json: bool
    schema: bytes | None = None


def format_asked(kind: Any, described: Mapping[str, Any]) -> AskedFormat:
    """Return the format of this `type`; `described` holds the `schema` of a `json_schema`.

    What cannot be read is no format, and no schema.
    """
    if kind not in ("json_object", "json_schema"):
        return AskedFormat(json=False)
    schema = described.get("schema") if kind == "json_schema" else None
    if not isinstance(schema, dict):
        return AskedFormat(json=True)
    try:
        return AskedFormat(json=True, schema=encoded(schema))
    except NotJsonError:
        return AskedFormat(json=True)


async def first_trigger(
    on: Sequence[str], said: Sequence[Said], asked: AskedFormat
) -> AnswerTrigger | None:
    """Return the first of the triggers in `on` that an answer sets off, in the order written."""
    is_long = sum(len(choice.text) for choice in said) > INLINE_CHARACTERS
    if is_long or (asked.schema is not None and "schema_mismatch" in on):
        return await asyncio.to_thread(_first_trigger, on, said, asked)
    return _first_trigger(on, said, asked)


def _first_trigger(
    on: Sequence[str], said: Sequence[Said], asked: AskedFormat
) -> AnswerTrigger | None:
    for trigger in on:
        if any(_sets_off(trigger, choice, asked) for choice in said):
            return cast("AnswerTrigger", trigger)
    return None


def _sets_off(trigger: str, said: Said, asked: AskedFormat) -> bool:
    match trigger:
        case "truncated":
            return said.finish_reason == "length"
        case "empty":
            return not said.text.strip() and not said.does_more
        case "refusal":
            return said.refused or said.finish_reason == "content_filter"
        case "invalid_json":
            return asked.json and _is_to_be_json(said) and not _parses(said.text)
        case "schema_mismatch":
            return asked.schema is not None and _is_to_be_json(said) and _breaks(said, asked.schema)
        case _:
            return False


def _is_to_be_json(said: Said) -> bool:
    """Tell whether there ought to be JSON: a tool call or a refusal stands instead of it."""
    return bool(said.text) or not (said.does_more or said.refused)


def _parses(text: str) -> bool:
    try:
        decoded(text.encode("utf-8", "replace"))
    except NotJsonError:
        return False
    return True


def _breaks(said: Said, schema: bytes) -> bool:
    try:
        document = decoded(said.text.encode("utf-8", "replace"))
    except NotJsonError:
        return False
    # The library behind it takes a quarter of a second to import: only those who ask for it pay.
    from console.gateway.schema_check import breaks_schema

    return breaks_schema(document, schema, len(said.text))
