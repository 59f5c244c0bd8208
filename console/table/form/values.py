"""What a field shows for a value, and which value stands for what was typed.

Typing never loses anything: what cannot be read as a number or as true or false stays a text, which
the table then tells of at its place. For every value a field can show, reading what it shows gives
the value again.
"""

import json
import math
import re
from typing import Any

from console.table.form.field import MISSING, Field, Kind

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FLAGS = {"true": True, "false": False}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def can_show(kind: Kind, value: Any) -> bool:
    """Return whether a field of that kind can hold the value, and give it back."""
    if value is MISSING:
        return True
    match kind:
        case "names" | "phrases" | "patterns":
            texts = value if isinstance(value, list) else [value]
            return all(isinstance(text, str) for text in texts)
        case "number" | "flag":
            return isinstance(value, bool | int | float | str) or value is None
        case "name":
            return isinstance(value, str) and "\n" not in value and "\r" not in value
        case "text":
            return isinstance(value, str) and "\r" not in value
        case _:
            return False


def shown(field: Field) -> str:
    """Return what the field shows."""
    value = field.value
    if value is MISSING or value is None:
        return ""
    texts = value if isinstance(value, list) else [value]
    match field.kind:
        case "names":
            return ", ".join(_one_name(text) for text in texts)
        case "phrases" | "patterns":
            return "\n".join(_one_phrase(text) for text in texts)
        case "number" | "flag" if isinstance(value, bool):
            return "true" if value else "false"
        case "number" if isinstance(value, float):
            return f"{value:g}" if float(f"{value:g}") == value else repr(value)
        case _:
            return str(value)


def typed_value(field: Field, typed: str) -> Any:
    """Return the value that was typed into the field; MISSING where it is to have none."""
    match field.kind:
        case "names":
            return _listed(field, _names(typed))
        case "phrases" | "patterns":
            return _listed(field, _phrases(typed))
        case "number":
            return _number(typed.strip())
        case "flag":
            word = typed.strip()
            return _FLAGS.get(word, word) if word else MISSING
        case _:
            is_none = not typed and (field.is_optional or field.value is MISSING)
            return MISSING if is_none else typed


def _listed(field: Field, texts: list[str]) -> Any:
    """Return the texts as they were written before: one as itself, or as a list of one."""
    if field.is_optional and not texts:
        return MISSING
    was_list = isinstance(field.value, list) and bool(field.value)
    return texts[0] if field.takes_one and len(texts) == 1 and not was_list else texts


def _number(typed: str) -> Any:
    if not typed:
        return MISSING
    if _WHOLE.fullmatch(typed):
        return int(typed)
    number = float(typed) if _DECIMAL.fullmatch(typed) else math.inf
    return number if math.isfinite(number) else typed


def _one_name(text: str) -> str:
    plain = text == text.strip() and not set(text) & set(',"') and text.isprintable() and text
    return text if plain else _quoted(text)


def _names(typed: str) -> list[str]:
    """Return the names between the commas; a comma within quotes is part of a name."""
    names: list[str] = []
    rest = typed.strip()
    while rest:
        quoted = _QUOTED.match(rest)
        name = _unquoted(quoted[0]) if quoted else None
        if quoted and name is not None and rest[quoted.end() :].lstrip()[:1] in ("", ","):
            rest = rest[quoted.end() :].lstrip()[1:].lstrip()
            names.append(name)
            continue
        plain, _, rest = rest.partition(",")
        rest = rest.strip()
        if plain.strip():
            names.append(plain.strip())
    return names


def _one_phrase(text: str) -> str:
    plain = text == text.strip() and text[:1] not in ("", '"') and text.isprintable()
    return text if plain else _quoted(text)


def _phrases(typed: str) -> list[str]:
    """Return the phrase of each line that has one; quotes keep what a line alone would lose."""
    found: list[str] = []
    for line in typed.split("\n"):
        bare = line.strip()
        if not bare:
            continue
        quoted = _unquoted(bare) if bare.startswith('"') else None
        found.append(bare if quoted is None else quoted)
    return found


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _unquoted(text: str) -> str | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, str) else None
