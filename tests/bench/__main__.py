"""Measures every figure the README states and prints them: `python -m tests.bench [NAME …]`.

`gateway` is measured only by name: it takes `wrk`, two idle cores and some minutes.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    bench_decide,
    bench_draft,
    bench_gateway,
    bench_hostile,
    bench_keystroke,
    bench_lint,
    bench_log,
    bench_process,
    bench_screen,
    bench_table_tests,
    bench_zen,
)
from tests.bench.peers import Peers
from tests.bench.report import Row, print_rows

DATA = Path(os.environ.get("ROUTE_CONSOLE_DATA", Path(__file__).parents[3] / "shared" / "data"))
BENCHES: dict[str, Callable[[], list[Row]]] = {
    "decide": bench_decide.measure,
    "zen": bench_zen.measure,
    "hostile": lambda: bench_hostile.measure(DATA),
    "lint": bench_lint.measure,
    "process": bench_process.measure,
    "keystroke": bench_keystroke.measure,
    "tests": bench_table_tests.measure,
    "draft": bench_draft.measure,
    "log": bench_log.measure,
    "screen": lambda: bench_screen.measure(None, bench_screen.Viewers()),
}


def main() -> int:
    """Run the benches named on the command line, or all but `gateway`."""
    options = _parser().parse_args()
    peers = Peers(options.litellm, options.portkey)
    plan = bench_gateway.Plan(options.seconds, options.requests, peers)
    benches: dict[str, Callable[[], list[Row]]] = {
        **BENCHES,
        "log": lambda: bench_log.measure(options.log),
        "screen": lambda: bench_screen.measure(
            options.log, bench_screen.Viewers(options.lnav, options.toolong)
        ),
        "gateway": lambda: bench_gateway.measure(plan),
    }
    rows: list[Row] = []
    for name in options.names or BENCHES:
        if name not in benches:
            print(f"There is no bench {name}; there are {', '.join(benches)}.", file=sys.stderr)
            return 2
        rows += benches[name]()
    print_rows(rows)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=float, default=8.0, help="gateway: of each run")
    parser.add_argument("--requests", type=int, default=200_000, help="gateway: before memory")
    parser.add_argument("--litellm", type=Path, help="gateway: its command, to compare with")
    parser.add_argument("--portkey", type=Path, help="gateway: its start-server.js, to compare")
    parser.add_argument("--log", type=Path, help="log, screen: one of yours, only read")
    parser.add_argument("--lnav", type=Path, help="screen: its command, to compare with")
    parser.add_argument("--toolong", type=Path, help="screen: its command, to compare with")
    return parser


if __name__ == "__main__":
    sys.exit(main())
