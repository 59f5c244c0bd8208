"""Measures every figure the README states and prints them: `python -m tests.bench [NAME …]`."""

import os
import sys
from pathlib import Path

from tests.bench import bench_decide, bench_hostile, bench_process, bench_zen
from tests.bench.report import Row, print_rows

DATA = Path(os.environ.get("ROUTE_CONSOLE_DATA", Path(__file__).parents[3] / "shared" / "data"))
BENCHES = {
    "decide": bench_decide.measure,
    "zen": bench_zen.measure,
    "hostile": lambda: bench_hostile.measure(DATA),
    "process": bench_process.measure,
}


def main() -> int:
    """Run the benches named on the command line, or all."""
    rows: list[Row] = []
    for name in sys.argv[1:] or BENCHES:
        if name not in BENCHES:
            print(f"There is no bench {name}; there are {', '.join(BENCHES)}.", file=sys.stderr)
            return 2
        rows += BENCHES[name]()
    print_rows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
