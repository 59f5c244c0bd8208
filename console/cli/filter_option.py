"""Commands that take a filter: what it selects, and how a mistake in it is told."""

import argparse
import sys
import time
from pathlib import Path

from console.inert import inert
from console.traffic.filters.compiling import selection_of
from console.traffic.filters.nodes import Node
from console.traffic.filters.problem import FilterProblem
from console.traffic.filters.reading import read_filter
from console.traffic.location import default_log_path
from console.traffic.selection import EVERYTHING, Selection


def filter_in(options: argparse.Namespace) -> Node | None:
    """Return the filter that was given, None for none. Raises FilterProblem."""
    return read_filter(" ".join(options.filter), time.time())


def selection_in(options: argparse.Namespace) -> Selection:
    """Return what is asked of the log. Raises FilterProblem."""
    node = filter_in(options)
    return EVERYTHING if node is None else selection_of(node)


def log_in(options: argparse.Namespace) -> Path:
    """Return the log that was named, or the user's own."""
    return Path(options.log) if options.log else default_log_path()


def tell_filter_problem(options: argparse.Namespace, problem: FilterProblem) -> None:
    """Print what is wrong with the filter, under the place where it is."""
    text = " ".join(options.filter)
    shown = [inert(part) for part in _cut(text, problem)]
    print(f"route-console: {inert(problem.message)}", file=sys.stderr)
    print(f"  {''.join(shown)}", file=sys.stderr)
    print(f"  {' ' * len(shown[0])}{'^' * max(1, len(shown[1]))}", file=sys.stderr)
    if problem.hint:
        print(f"  {inert(problem.hint)}", file=sys.stderr)


def _cut(text: str, problem: FilterProblem) -> tuple[str, str, str]:
    return text[: problem.start], text[problem.start : problem.end], text[problem.end :]
