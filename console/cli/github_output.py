"""Problems and findings as workflow commands of GitHub Actions, which become annotations."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from console.cli.output import say
from console.inert import inert
from console.table.lint.finding import Finding
from console.table.problems import Problem

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def say_annotations(paths: Mapping[str, Path], told: Sequence[Problem]) -> None:
    """Print one annotation a line. `paths` has the file of each `Finding.document`."""
    for problem in told:
        document = "table"
        if isinstance(problem, Finding):
            if problem.ignored is not None:
                continue
            document = problem.document
        text = problem.message if problem.hint is None else f"{problem.message} {problem.hint}"
        place = f"file={_property(str(paths[document]))},line={problem.line},col={problem.column}"
        title = f"title={_property(problem.code)}"
        say(f"::{_COMMANDS[problem.severity]} {place},{title}::{_data(inert(text))}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(inert(text)).replace(":", "%3A").replace(",", "%2C")
