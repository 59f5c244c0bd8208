"""Comments in a table that silence a finding on their line, with a reason.

    - id: vip      # lint: ignore[same-as-default] because it is counted by itself

A comment on a line of its own speaks of the next line that is no comment.
"""

import re
from collections.abc import Iterable, Iterator, Set
from typing import Any

import msgspec
import yaml

from console.table.findings import did_you_mean
from console.table.lint.finding import Finding, finding
from console.table.lint.pages import PAGES
from console.table.yaml_source import Place

_COMMENT = re.compile(
    r"#\s*lint:\s*ignore\s*(?:\[(?P<codes>[^\]]*)\])?(?:\s+because\s+(?P<reason>.*\S))?"
)
_SEPARATOR = re.compile(r"[\s,]+")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Silence(msgspec.Struct, frozen=True):
    """One comment: the line it is on, the line it speaks of (both from 1), codes and reason."""

    line: int
    column: int
    about: int
    codes: tuple[str, ...]
    reason: str


def silences_in(text: str) -> tuple[list[Silence], list[Finding]]:
    """Return the comments that silence something, and what is wrong with the others.

    `text` is YAML that can be read: that of a loaded table.
    """
    silences: list[Silence] = []
    wrong: list[Finding] = []
    if "lint:" not in text:
        return silences, wrong
    lines = text.splitlines()
    values = list(_scalars(text))
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line)
        if match is None or _is_within(values, (number, match.start() + 1)):
            continue
        codes = tuple(code for code in _SEPARATOR.split(match["codes"] or "") if code)
        column = match.start() + 1
        problem = _problem(codes, match["reason"])
        if problem is not None:
            message, hint = problem
            place = {"line": number, "column": column}
            wrong.append(finding("ignore-without-reason", "", message, hint, **place))
            continue
        about = number if line[: match.start()].strip() else _next_line(lines, number)
        silences.append(Silence(number, column, about, codes, match["reason"]))
    return silences, wrong


def silenced(
    findings: Iterable[Finding], silences: list[Silence], looked_for: Set[str]
) -> Iterator[Finding]:
    """Yield findings, those that a comment speaks of with its reason; then what was not needed.

    A comment is unused only where its code is among `looked_for`, the codes there could have been.
    """
    used: set[tuple[int, str]] = set()
    for found in findings:
        if found.document == "table":
            for silence in silences:
                if found.line == silence.about and found.code in silence.codes:
                    used.add((silence.line, found.code))
                    found = msgspec.structs.replace(found, ignored=silence.reason)
        yield found
    for silence in silences:
        for code in silence.codes:
            if code in looked_for and (silence.line, code) not in used:
                yield finding(
                    "ignore-unused",
                    "",
                    f"Nothing is found here that `{code}` would silence.",
                    "Delete the comment.",
                    line=silence.line,
                    column=silence.column,
                )


def _problem(codes: tuple[str, ...], reason: str | None) -> tuple[str, str | None] | None:
    for code in codes:
        if code not in PAGES:
            return f"Lint has no code `{code}`.", did_you_mean(code, PAGES)
    if not codes:
        return "This comment does not say what to ignore.", "Write # lint: ignore[CODE] because …"
    if not reason:
        return (
            "This comment does not say why.",
            "Add `because` and a reason; until then all is told.",
        )
    return None


def _next_line(lines: list[str], number: int) -> int:
    for after in range(number, len(lines)):
        if lines[after].strip() and not lines[after].lstrip().startswith("#"):
            return after + 1
    return number


def _scalars(text: str) -> Iterator[tuple[Place, Place]]:
    """Yield where each value begins and ends: what looks like a comment within one is text."""
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.ScalarEvent):
            start: Any = event.start_mark
            end: Any = event.end_mark
            yield (start.line + 1, start.column + 1), (end.line + 1, end.column + 1)


def _is_within(values: list[tuple[Place, Place]], place: Place) -> bool:
    return any(start <= place < end for start, end in values)
