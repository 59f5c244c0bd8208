"""`route-console stats`: what selected requests come to, by route or another of their fields."""

from argparse import Namespace
from contextlib import closing

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import filter_in, log_in, tell_filter_problem
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.quantities import count, dollars, duration, percent
from console.traffic.filters.compiling import selection_of
from console.traffic.filters.problem import FilterProblem
from console.traffic.metrics.breakdown import breakdown
from console.traffic.metrics.figures import Figures
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.traffic.selection import EVERYTHING

_COLUMNS = (
    *("requests", "share", "errors", "degr.", "p50", "p95", "p99", "ttfc"),
    *("tokens", "cost", "a request", "fallb.", "escal."),
)


def run(options: Namespace) -> int:
    """Print the figures; 2 where they cannot be had."""
    try:
        node = filter_in(options)
        selection = EVERYTHING if node is None else selection_of(node)
        with closing(LogReader(log_in(options), timeout_s=5)) as reader:
            whole, parts = breakdown(reader, selection, options.by)
    except FilterProblem as problem:
        tell_filter_problem(options, problem)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        tell("Stopped before every request was looked at; no figures are shown.")
        return COULD_NOT_RUN
    if options.json:
        document = {"by": options.by, "all": whole, "parts": parts}
        print_json(msgspec.to_builtins(document))
    else:
        _say(whole, parts, options.by)
    return FINE


def _say(whole: Figures, parts: list[Figures], by: str) -> None:
    if not whole.requests:
        say("No request that has ended meets this.")
        return
    rows = [[by, *_COLUMNS]]
    rows += [[_value(part.value), *_cells(part)] for part in parts]
    rows.append(["all", *_cells(whole)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join([first, *others]))
    if whole.cost_unknown:
        say(f"The cost of {whole.cost_unknown:,} of {whole.requests:,} requests is not known.")


def _cells(figures: Figures) -> list[str]:
    tokens = "?→?"
    if figures.input_tokens is not None:
        tokens = f"{count(figures.input_tokens)}→{count(figures.output_tokens)}"
    return [
        f"{figures.requests:,}",
        percent(figures.share),
        percent(figures.error_rate),
        percent(figures.degraded_rate),
        duration(figures.p50_ms),
        duration(figures.p95_ms),
        duration(figures.p99_ms),
        duration(figures.first_chunk_p50_ms),
        tokens,
        dollars(figures.cost_usd),
        dollars(figures.cost_per_request),
        f"{figures.fallbacks:,}",
        f"{figures.escalations:,}",
    ]


def _value(value: str | None) -> str:
    return inert(value, limit=32) if value is not None else "none"
