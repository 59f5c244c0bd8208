"""Problems of a document as lines for people: place, severity, sentence, hint."""

import sys
from collections.abc import Sequence
from pathlib import Path

from console.cli.output import Paint, say
from console.table.problems import Problem

_STYLE = {"error": "bad", "warning": "warn", "note": "dim"}
SHOWN = 20


def problem_lines(path: Path, problems: Sequence[Problem], paint: Paint) -> list[str]:
    """Return `file:line:column: severity [code] sentence`, and the hint below."""
    lines = []
    for problem in problems:
        place = paint("bold", f"{path}:{problem.line}:{problem.column}:")
        severity = paint(_STYLE[problem.severity], f"{problem.severity} [{problem.code}]")
        where = f" {paint('dim', problem.path, limit=80)}" if problem.path else ""
        lines.append(f"{place} {severity} {paint('bold', problem.message)}{where}")
        if problem.hint:
            lines.append(f"    {paint('dim', problem.hint)}")
    return lines


def tell_unusable(path: Path, errors: Sequence[Problem]) -> None:
    """Say on standard error that a table cannot be used, with its first errors."""
    tell_problems(path, errors[:SHOWN])
    more = f", {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    count = f"{len(errors)} error{'s' if len(errors) != 1 else ''}{more}"
    print(f"route-console: the table has {count}; mend it first.", file=sys.stderr)


def tell_problems(path: Path, problems: Sequence[Problem]) -> None:
    """Print problems on standard error."""
    for line in problem_lines(path, problems, Paint(sys.stderr)):
        print(line, file=sys.stderr)


def say_problems(path: Path, problems: Sequence[Problem], paint: Paint) -> None:
    """Print problems on standard output."""
    for line in problem_lines(path, problems, paint):
        say(line)
