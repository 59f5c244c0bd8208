"""A filter judged on one request, slowly and plainly: what the log's answers are held against."""

from fnmatch import translate
from re import findall, fullmatch
from unicodedata import combining, normalize

from console.traffic.filters.fields import NAME_FIELDS
from console.traffic.filters.nodes import (
    And,
    Contains,
    Flag,
    Glob,
    Names,
    Node,
    Not,
    Number,
    Or,
    Since,
    Until,
    Words,
)
from console.traffic.records import BodyRow, RequestRow


def meets(node: Node, row: RequestRow, body: BodyRow | None) -> bool:
    match node:
        case And(parts):
            return all(meets(part, row, body) for part in parts)
        case Or(parts):
            return any(meets(part, row, body) for part in parts)
        case Not(part):
            return not meets(part, row, body)
        case Names(field, values):
            if field == "tag":
                tags = ["team=platform"]
                return any(any(_is(value, tag) for tag in tags) for value in values)
            name = getattr(row, NAME_FIELDS[field].column)
            return any(_is(value, name) for value in values)
        case Number(field, comparison, value):
            return _compares(_number(field, row), comparison, value)
        case Since(_, moment):
            return row.ts_start >= moment
        case Until(_, moment):
            return row.ts_start < moment
        case Flag(word):
            return _flag(word, row)
        case Contains(text):
            return any(_folded(text) in _folded(one) for one in _texts(body))
        case Words(text):
            wanted = _words(text)
            if not wanted:
                return meets(Contains(text), row, body)
            return any(_stand_in(wanted, text.endswith("*"), one) for one in _texts(body))


def _texts(body: BodyRow | None) -> list[str]:
    texts = [] if body is None else [body.prompt, body.system, body.conversation, body.answer]
    return [text for text in texts if text is not None]


def _words(text: str) -> list[str]:
    """The words of a text, without case and accents."""
    parted = normalize("NFD", text.lower())
    return findall(r"[^\W_]+", "".join(char for char in parted if not combining(char)))


def _stand_in(wanted: list[str], begins: bool, text: str) -> bool:
    words = _words(text)
    for place in range(len(words) - len(wanted) + 1):
        *first, last = words[place : place + len(wanted)]
        ends = last.startswith(wanted[-1]) if begins else last == wanted[-1]
        if first == wanted[:-1] and ends:
            return True
    return False


def _is(value: str | Glob | None, name: str | None) -> bool:
    if value is None or name is None:
        return value is name
    if isinstance(value, Glob):
        any_run = translate(value.pattern.replace("[", "[[]").replace("?", "[?]"))
        return fullmatch(any_run, name) is not None
    return value == name


def _number(field: str, row: RequestRow) -> float | None:
    if field == "tokens":
        known = row.input_tokens is not None and row.output_tokens is not None
        return (row.input_tokens or 0) + (row.output_tokens or 0) if known else None
    column = {
        "latency": "duration_ms",
        "ttfc": "time_to_first_chunk_ms",
        "overhead": "gateway_overhead_ms",
        "cost": "cost_usd",
        "input": "input_tokens",
        "output": "output_tokens",
        "attempts": "n_attempts",
        "fallbacks": "n_fallbacks",
        "http": "http_status",
    }[field]
    found: float | None = getattr(row, column)
    return found


def _compares(number: float | None, comparison: str, value: float) -> bool:
    if number is None:
        return False
    return {
        ">": number > value,
        ">=": number >= value,
        "<": number < value,
        "<=": number <= value,
        "=": number == value,
    }[comparison]


def _flag(word: str, row: RequestRow) -> bool:
    return {
        "ok": row.status == "ok",
        "degraded": row.status == "degraded",
        "error": row.status == "error",
        "cancelled": row.status == "client_cancelled",
        "running": row.status == "in_flight",
        "escalated": row.escalated,
        "retried": row.n_attempts > 1,
        "fallback": row.n_fallbacks > 0,
        "stream": row.stream,
    }[word]


def _folded(text: str) -> str:
    """SQLite's LIKE takes letters of ASCII for the same in either case, and no others."""
    return "".join(char.lower() if char.isascii() else char for char in text)
