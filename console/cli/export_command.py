"""`route-console export`: selected requests as JSON lines or CSV on standard output."""

import csv
import io
import sys
from argparse import Namespace
from contextlib import closing
from typing import Any

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in, selection_in, tell_filter_problem
from console.cli.output import json_line, tell
from console.inert import inert
from console.traffic.filters.problem import FilterProblem
from console.traffic.pages import Pages
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow

_EVERYTHING = 2**62
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of something to carry out."""


def run(options: Namespace) -> int:
    """Print each selected request, oldest first; 2 where that cannot be done."""
    try:
        selection = selection_in(options)
        limit = _EVERYTHING if options.limit is None else options.limit
        with closing(LogReader(log_in(options), timeout_s=5)) as reader:
            steps = Pages(reader, selection).search("after", None, limit)
            lines = _CSV() if options.format == "csv" else _JSONLines()
            for step in steps:
                for row in step.rows:
                    sys.stdout.write(lines.line(_document(reader, row, texts=options.texts)))
    except FilterProblem as problem:
        tell_filter_problem(options, problem)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        tell("Stopped before every request was written.")
        return COULD_NOT_RUN
    return FINE


def _document(reader: LogReader, row: RequestRow, *, texts: bool) -> dict[str, Any]:
    document = msgspec.structs.asdict(row)
    if texts:
        body = reader.body(row.request_id)
        for name in ("prompt", "system", "conversation", "answer"):
            document[name] = None if body is None else getattr(body, name)
    return document


class _JSONLines:
    def line(self, document: dict[str, Any]) -> str:
        return json_line(document) + "\n"


class _CSV:
    """The first line names the columns."""

    def __init__(self) -> None:
        self._has_begun = False

    def line(self, document: dict[str, Any]) -> str:
        written = io.StringIO()
        writer = csv.DictWriter(written, list(document), lineterminator="\n")
        if not self._has_begun:
            self._has_begun = True
            writer.writeheader()
        writer.writerow({name: _cell(value) for name, value in document.items()})
        return written.getvalue()


def _cell(value: Any) -> Any:
    """Return a text so that neither a terminal nor a spreadsheet obeys it."""
    if not isinstance(value, str):
        return value
    shown = inert(value, keep_newlines=True)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
