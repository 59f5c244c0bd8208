"""Makes a JSON value that fits a JSON schema, so that a simulated answer can be parsed and checked.

Covers what structured outputs allow: objects, arrays, enum, const, anyOf, local $ref, bounds of
numbers and lengths of arrays.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, TypeGuard

Json = Any
MAX_DEPTH = 12
"""A schema that refers to itself is followed this far; then its optional parts are left out."""
MAX_ITEMS = 50

_TEXTS = {
    "date": "2026-03-14",
    "date-time": "2026-03-14T09:26:53Z",
    "time": "09:26:53Z",
    "email": "someone@example.com",
    "uuid": "0d9a6a4e-3f0b-4c66-9c1b-6f5f2f1f9d11",
    "uri": "https://example.com/",
}
_WORDS = ("Orchard 3x4", "floor kit", "Uppsala", "Nordfrakt", "A-2291", "hinge", "delivery", "4711")


def value_for(schema: Any, rng: Random) -> Json:
    """Return a value that fits `schema` as far as the module covers it."""
    return _value(schema, rng, schema, 0)


def without_a_required_field(value: Json, schema: Mapping[str, Any], rng: Random) -> Json:
    """Return `value` broken against `schema`: a field is gone, or the whole is of another type."""
    required = schema.get("required")
    if isinstance(value, dict) and isinstance(required, list) and required:
        gone = rng.choice(required)
        return {name: member for name, member in value.items() if name != gone}
    return ["unknown"] if isinstance(value, dict) else {"value": value}


def _value(schema: Any, rng: Random, root: Any, depth: int) -> Json:
    if not isinstance(schema, Mapping) or depth > 4 * MAX_DEPTH:
        return None
    if isinstance(schema.get("$ref"), str):
        return _value(_referred(root, schema["$ref"]), rng, root, depth + 1)
    if "const" in schema:
        return schema["const"]
    choices = schema.get("enum")
    if _is_list(choices):
        return rng.choice(choices)
    for union in ("anyOf", "oneOf"):
        if _is_list(schema.get(union)):
            members = schema[union]
            chosen = members[-1] if depth > MAX_DEPTH else rng.choice(members)
            return _value(chosen, rng, root, depth + 1)
    return _of_type(_type(schema, rng), schema, rng, root, depth)


def _of_type(kind: str, schema: Mapping[str, Any], rng: Random, root: Any, depth: int) -> Json:
    match kind:
        case "object":
            return _object(schema, rng, root, depth)
        case "array":
            least = min(int(_bound(schema, "minItems", 0.0)), MAX_ITEMS)
            most = max(least, min(int(_bound(schema, "maxItems", 4.0)), least + 4))
            length = least if depth > MAX_DEPTH else rng.randint(max(least, min(1, most)), most)
            return [_value(schema.get("items"), rng, root, depth + 1) for _ in range(length)]
        case "integer":
            low = _bound(schema, "minimum", 1.0)
            return rng.randint(int(low), int(max(low, _bound(schema, "maximum", low + 40.0))))
        case "number":
            low = _bound(schema, "minimum", 1.0)
            return round(rng.uniform(low, max(low, _bound(schema, "maximum", low + 900.0))), 2)
        case "boolean":
            return rng.random() < 0.5
        case "null":
            return None
        case _:
            return _TEXTS.get(str(schema.get("format")), rng.choice(_WORDS))


def _object(schema: Mapping[str, Any], rng: Random, root: Any, depth: int) -> dict[str, Json]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        return {"answer": rng.choice(_WORDS), "sure": rng.random() < 0.8} if depth == 0 else {}
    required = schema.get("required")
    wanted = set(required) if isinstance(required, list) else set()
    return {
        name: _value(member, rng, root, depth + 1)
        for name, member in properties.items()
        if name in wanted or (depth <= MAX_DEPTH and rng.random() < 0.85)
    }


def _type(schema: Mapping[str, Any], rng: Random) -> str:
    kind = schema.get("type")
    if _is_list(kind):
        return str(rng.choice(kind))
    if isinstance(kind, str):
        return kind
    return "array" if "items" in schema else "object"


def _referred(root: Any, reference: str) -> Any:
    place = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step:
            place = place.get(step) if isinstance(place, Mapping) else None
    return place


def _bound(schema: Mapping[str, Any], name: str, default: float) -> float:
    """Return a bound of the schema; a client may have written anything there."""
    value = schema.get(name)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else default


def _is_list(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0
