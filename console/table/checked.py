"""Checks plain data against a struct and tells every misfit at its path, not only the first.

msgspec does the checking. It stops at the first misfit, so the misfit is told, mended by its
field's own default or a stand-in, and the check goes on; what was mended is marked by its error,
and a document with an error is never put into service.
"""

import re
import types
from datetime import UTC, datetime
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from console.table.findings import Findings, did_you_mean
from console.table.yaml_source import join

T = TypeVar("T")

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_MISSING = re.compile(r"Object missing required field `(.*)`$", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(.*)`, got `(.*)`$", re.DOTALL)

_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
    "date": "a date",
    "datetime": "a moment with a time zone",
}
_BAD_MOMENT = "Invalid RFC3339 encoded datetime"
_MOMENT_HINT = "Write it as 2026-11-23T15:30:00Z."
_STAND_INS: dict[Any, Any] = {
    str: "-",
    int: 1,
    float: 1.0,
    bool: True,
    tuple: [],
    list: [],
    dict: {},
    datetime: datetime(2000, 1, 1, tzinfo=UTC),
}


def checked(data: Any, kind: type[T], path: str, findings: Findings) -> T | None:
    """Return `data` as a `kind`, every misfit told; None where it is not even of its shape."""
    data = _known_only(data, kind, path, findings)
    told: set[str] = set()
    while not findings.full:
        try:
            return msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            misfit = str(error)
            if misfit in told:
                return None
            told.add(misfit)
            mended, data = _mend(data, kind, path, misfit, findings)
            if not mended:
                return None
    return None


def _known_only(data: Any, kind: Any, path: str, findings: Findings) -> Any:
    """Return `data` without the keys its structs do not know, each told.

    What is left gives msgspec no foreign words to put into its messages, which are read below.
    """
    kind = _plain(kind)
    if isinstance(data, list):
        member = _member(kind)
        return [_known_only(v, member, join(path, i), findings) for i, v in enumerate(data)]
    if not isinstance(data, dict) or not _is_struct(kind):
        return data
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    known = {}
    for key, value in data.items():
        if key in fields:
            known[key] = _known_only(value, fields[key], join(path, key), findings)
        else:
            _tell_unknown(key, list(fields), path, findings)
    return known


def _mend(data: Any, kind: Any, path: str, text: str, findings: Findings) -> tuple[bool, Any]:
    """Tell the misfit that `text` speaks of and return the data without it."""
    match = _AT.match(text)
    assert match is not None
    what = match["what"]
    steps: list[str | int] = [
        name if name else int(index) for name, index in _STEP.findall(match["path"] or "")
    ]
    here = path
    for step in steps:
        here = join(here, step)
    if missing := _MISSING.match(what):
        name = missing[1]
        message = f"The key `{name}` is missing."
        findings.error("missing-key", join(here, name), message)
        return True, _changed(data, [*steps, name], _stand_in(_at(kind, [*steps, name])))
    findings.error("wrong-type", here, *_wrong_type(what))
    if not steps:
        return False, data
    step = steps[-1]
    if isinstance(step, str) and _has_default(_at(kind, steps[:-1]), step):
        return True, _changed(data, steps, _DROP)
    return True, _changed(data, steps, _stand_in(_at(kind, steps)))


_DROP = object()


def _changed(data: Any, steps: list[str | int], value: Any) -> Any:
    """Return a copy of `data` in which the place `steps` lead to holds `value`, or is gone."""
    step, rest = steps[0], steps[1:]
    copy = data.copy()
    if rest:
        copy[step] = _changed(data[step], rest, value)
    elif value is _DROP:
        del copy[step]
    else:
        copy[step] = value
    return copy


def _tell_unknown(name: str, known: list[str], path: str, findings: Findings) -> None:
    hint = did_you_mean(name, known)
    if name in ("api_key", "key", "token", "secret", "password"):
        hint = "Keys stay in the environment: name the variable with `api_key_env`."
    elif hint is None:
        hint = "Known here: " + ", ".join(known) + "."
    message = f"The key `{name}` is not known here."
    findings.error("unknown-key", join(path, name), message, hint, at_key=True)


def _wrong_type(what: str) -> tuple[str, str | None]:
    match = _EXPECTED.match(what)
    if match is None:
        if what == _BAD_MOMENT:
            return "Wanted a moment with a time zone.", _MOMENT_HINT
        return f"{what}.", None
    choices = [word for word in match[1].split(" | ") if word != "null"]
    wanted = " or ".join(_WORDS.get(word, word) for word in choices)
    got = _WORDS.get(match[2], match[2])
    hint = None
    if "str" in choices and match[2] in ("int", "float", "bool", "date", "datetime"):
        hint = "Put it in quotes to make it a text."
    elif "array" in choices and match[2] == "str":
        hint = "Write it as a list: [value]."
    elif "datetime" in choices:
        hint = _MOMENT_HINT
    return f"Wanted {wanted}, found {got}.", hint


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _plain(kind: Any) -> Any:
    """Return `kind` without its None and, of several, the struct among them."""
    if get_origin(kind) in (Union, types.UnionType):
        members = [member for member in get_args(kind) if member is not type(None)]
        return next((member for member in members if _is_struct(member)), members[0])
    return kind


def _member(kind: Any) -> Any:
    """Return the type of the members of the list that `kind` is, or has among its choices."""
    choices = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    for choice in choices:
        if get_origin(choice) in (list, tuple):
            return get_args(choice)[0]
    return Any


def _at(kind: Any, steps: list[str | int]) -> Any:
    """Return the type found below `kind` after `steps`."""
    for step in steps:
        if isinstance(step, int):
            kind = _member(kind)
        elif _is_struct(kind := _plain(kind)):
            kind = next((f.type for f in msgspec.structs.fields(kind) if f.name == step), Any)
        else:
            kind = Any
    return _plain(kind)


def _has_default(struct: Any, name: str) -> bool:
    if not _is_struct(struct):
        return True
    return all(not field.required for field in msgspec.structs.fields(struct) if field.name == name)


def _stand_in(kind: Any) -> Any:
    if _is_struct(kind):
        fields = msgspec.structs.fields(kind)
        return {f.name: _stand_in(_plain(f.type)) for f in fields if f.required}
    return _STAND_INS.get(get_origin(kind) or kind, "-")
