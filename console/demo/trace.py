"""Reads a trace of real calls: when each arrived, and how many tokens went in and came out.

Two forms of CSV are known by their first line: `TIMESTAMP,ContextTokens,GeneratedTokens` with times
of day, and `offset_ms,input_tokens,output_tokens` with milliseconds since the beginning.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from console.demo.problem import DemoProblem
from console.inert import inert

MAX_TOKENS = 2_000_000
"""No model reads more; a larger number is a broken line, and would be padded to so many bytes."""
_HINT = (
    "The first line has to be TIMESTAMP,ContextTokens,GeneratedTokens "
    "or offset_ms,input_tokens,output_tokens."
)


@dataclass(frozen=True)
class TracedCall:
    """One call: seconds since the first one of the trace, and its lengths in tokens."""

    at_s: float
    input_tokens: int
    output_tokens: int


def read_trace(path: Path) -> tuple[TracedCall, ...]:
    """Return the calls of a trace in the order of their arrival. Raises DemoProblem.

    A broken line breaks the trace: with calls missing, its load would no longer be the one traced.
    """
    name = inert(str(path))
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            calls = sorted(_calls(file, name), key=lambda call: call.at_s)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise DemoProblem(f"The trace {name} cannot be read: {reason}.") from error
    if not calls:
        raise DemoProblem(f"The trace {name} holds no call.", _HINT)
    first = calls[0].at_s
    return tuple(
        TracedCall(call.at_s - first, call.input_tokens, call.output_tokens) for call in calls
    )


def _calls(lines: Iterator[str], name: str) -> Iterator[TracedCall]:
    rows = csv.reader(lines, strict=True)
    try:
        header = tuple(cell.strip() for cell in next(rows, []))
        when = _FORMS.get(header)
        if when is None:
            shown = inert(",".join(header), limit=80)
            raise DemoProblem(f"The trace {name} begins with `{shown}`.", _HINT)
        for row in rows:
            if row:
                yield _call(row, when)
    except (ValueError, csv.Error) as error:
        place = f"line {rows.line_num} of the trace {name}"
        why = inert(str(error), limit=160)
        raise DemoProblem(f"There is a broken call in {place}: {why}.") from error


def _call(row: list[str], when: Callable[[str], float]) -> TracedCall:
    if len(row) != 3:
        raise ValueError(f"{len(row)} columns instead of 3")
    return TracedCall(when(row[0]), _tokens(row[1]), max(1, _tokens(row[2])))


def _tokens(text: str) -> int:
    stripped = text.strip()
    if not (stripped.isascii() and stripped.isdigit() and len(stripped) < 12):
        raise ValueError(f"`{text}` is not a number of tokens")
    if int(stripped) > MAX_TOKENS:
        raise ValueError(f"{stripped} tokens are more than any model reads")
    return int(stripped)


def _time_of_day(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"`{text}` is not a time such as 2023-11-16 18:17:03.97") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _offset(text: str) -> float:
    stripped = text.strip()
    if not (stripped.isascii() and stripped.replace(".", "", 1).isdigit()) or len(stripped) > 18:
        raise ValueError(f"`{text}` is not a number of milliseconds")
    return float(stripped) / 1000.0


_FORMS: dict[tuple[str, ...], Callable[[str], float]] = {
    ("TIMESTAMP", "ContextTokens", "GeneratedTokens"): _time_of_day,
    ("offset_ms", "input_tokens", "output_tokens"): _offset,
}
