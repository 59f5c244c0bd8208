"""`route-console tail`: requests as they end, one a line, those that a filter selects."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable
from contextlib import closing

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in, selection_in, tell_filter_problem
from console.cli.output import Paint, json_line, tell
from console.cli.request_text import request_line
from console.traffic.filters.problem import FilterProblem
from console.traffic.pages import Pages
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.traffic.selection import Selection
from console.traffic.tail import Tail, TailStep

EVERY_S = 0.2


def run(options: Namespace) -> int:
    """Print the newest selected requests, then each that ends; 2 where that cannot be done."""
    try:
        selection = selection_in(options)
        with closing(LogReader(log_in(options), timeout_s=5)) as reader:
            _Printer(options, reader, selection).run(follow=not options.no_follow)
    except FilterProblem as problem:
        tell_filter_problem(options, problem)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        pass
    return FINE


class _Printer:
    def __init__(self, options: Namespace, reader: LogReader, selection: Selection) -> None:
        self._reader = reader
        self._selection = selection
        self._as_json: bool = options.json
        self._last: int = options.last
        self._paint = Paint(sys.stdout, options.color)

    def run(self, *, follow: bool) -> None:
        newest = self._reader.newest(1_000)
        tail = Tail(self._reader, newest)
        before = Pages(self._reader, self._selection).page("before", None, max(self._last, 0))
        self._print(row for row in before if row.status != "in_flight")
        while follow:
            step = tail.poll()
            self._print(self._ended(step))
            if not step.more:
                time.sleep(EVERY_S)

    def _ended(self, step: TailStep) -> list[RequestRow]:
        """Return the selected ones among those that a step found to have ended."""
        ended = [row for row in step.new_rows if row.status != "in_flight"] + step.changed_rows
        seqs = [row.seq for row in ended if row.seq is not None]
        return Pages(self._reader, self._selection).among(seqs) if seqs else []

    def _print(self, rows: Iterable[RequestRow]) -> None:
        for row in rows:
            if self._as_json:
                print(json_line(msgspec.structs.asdict(row)), flush=True)
            else:
                print(request_line(row, self._paint), flush=True)
