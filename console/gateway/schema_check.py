"""Whether a JSON answer keeps the schema its client asked for (JSON Schema, draft 2020-12).

Schema and answer are foreign: no reference is ever fetched, patterns are RE2 like everywhere else
(one that RE2 refuses is passed over), and a check ends after `MOST_S`. What cannot be judged within
these bounds, a schema that is none included, is not called a mismatch.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing.jsonschema import EMPTY_REGISTRY

from console.json_text import NotJsonError, decoded
from console.table.patterns import options

MOST_S = 0.5
"""How long one answer is checked. A real answer takes a few milliseconds."""

MOST_SCHEMA_BYTES = 128 * 1024
"""OpenAI takes schemas up to 120,000 characters."""

MOST_ANSWER_CHARACTERS = 1024 * 1024

SCHEMAS_KEPT = 32
"""Compiled schemas kept; clients send the same few again and again."""

Check = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]
"""One keyword: validator, the keyword's value, the instance, the schema it stands in."""

_deadline: ContextVar[float] = ContextVar("_deadline")


class _NoSchemaError(Exception):
    """What was given as a schema is none."""


class _OutOfTimeError(Exception):
    """The check took too long."""


def breaks_schema(document: Any, schema: bytes, characters: int) -> bool:
    """Tell whether `document` breaks the schema, given as JSON. False where that is not known.

    `characters` is how long the document's text is. Blocks for at most about `MOST_S`.
    """
    if characters > MOST_ANSWER_CHARACTERS or len(schema) > MOST_SCHEMA_BYTES:
        return False
    validator = _validator_of(schema)
    if validator is None:
        return False
    _deadline.set(time.perf_counter() + MOST_S)
    try:
        return next(validator.iter_errors(document), None) is not None
    except Exception:  # a schema can go wrong in any way; then it is no measure of an answer
        return False


@lru_cache(maxsize=SCHEMAS_KEPT)
def _validator_of(text: bytes) -> Validator | None:
    """Return what checks against a schema; None where it is none or cannot be bounded."""
    if b'"unevaluatedProperties"' in text and b'"patternProperties"' in text:
        return None  # together they would be matched by Python's own regular expressions
    try:
        schema = _in_one_dialect(decoded(text))
    except (NotJsonError, RecursionError, _NoSchemaError):
        return None
    validator: Validator = _Bounded(schema, registry=EMPTY_REGISTRY)
    return validator


def _in_one_dialect(schema: Any) -> Any:
    """Return the schema without `$schema`: it would call in a validator that has no bounds.

    Raises `_NoSchemaError` for what would be taken for a list of letters. All else that is wrong
    in a schema shows as an error when an answer is checked; a full check would take seconds.
    """
    match schema:
        case dict():
            if any(isinstance(schema.get(name), str) for name in ("enum", "required")):
                raise _NoSchemaError
            return {
                name: _in_one_dialect(value)
                for name, value in schema.items()
                if name != "$schema" or not isinstance(value, str)
            }
        case list():
            return [_in_one_dialect(value) for value in schema]
        case _:
            return schema


def _pattern(_v: Any, pattern: str, text: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(text, str):
        compiled = _compiled(pattern)
        if compiled is not None and not compiled.search(text):
            yield ValidationError("the pattern is not found")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], document: Any, _schema: Any
) -> Iterator[ValidationError]:
    if isinstance(document, dict):
        for pattern, subschema in patterns.items():
            compiled = _compiled(pattern)
            for name, value in document.items() if compiled is not None else ():
                if compiled.search(name):
                    yield from validator.descend(value, subschema)


def _additional_properties(
    validator: Any, subschema: Any, document: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if not isinstance(document, dict):
        return
    patterns = [_compiled(pattern) for pattern in schema.get("patternProperties", ())]
    if None in patterns:
        return  # which properties are additional cannot be told
    declared = schema.get("properties", {})
    for name, value in document.items():
        if name not in declared and not any(pattern.search(name) for pattern in patterns):
            yield from validator.descend(value, subschema)


def _unique_items(_v: Any, is_asked: Any, items: Any, _schema: Any) -> Iterator[ValidationError]:
    if is_asked and isinstance(items, list) and len({_key(item) for item in items}) < len(items):
        yield ValidationError("two items are equal")


def _key(value: Any) -> Any:
    """Return what is equal for equal JSON values; 1 and 1.0 are equal, 1 and true are not."""
    match value:
        case bool():
            return ("is", value)
        case dict():
            return ("object", frozenset((name, _key(item)) for name, item in value.items()))
        case list():
            return ("list", tuple(_key(item) for item in value))
        case _:
            return value


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    """Return the pattern as RE2 compiles it; None where it refuses."""
    try:
        return re2.compile(pattern, options())
    except re2.error:
        return None


def _timed(check: Check) -> Check:
    """Return a keyword's check that stops once the time for the whole is up."""

    def run(
        validator: Any, value: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError] | None:
        if time.perf_counter() > _deadline.get():
            raise _OutOfTimeError
        return check(validator, value, instance, schema)

    return run


_OURS: dict[str, Check] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "uniqueItems": _unique_items,
}
_KEYWORDS: dict[str, Check] = {**Draft202012Validator.VALIDATORS, **_OURS}
_Bounded: Any = extend(
    Draft202012Validator,
    validators={name: _timed(check) for name, check in _KEYWORDS.items()},
)
