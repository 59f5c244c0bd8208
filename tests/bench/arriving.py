"""Adds made-up requests to a log at a steady rate until it is ended: `arriving.py LOG ROWS_A_S`."""

import itertools
import sys
import time
from pathlib import Path
from random import Random

from console.traffic.writer import LogWriter
from tests.bench.make_log import Traffic, demo_table

TURN_S = 0.05


def main() -> None:
    """Write until somebody ends the process."""
    path, rate = Path(sys.argv[1]), float(sys.argv[2])
    writer = LogWriter(path)
    traffic = Traffic(demo_table(), Random(3), 10_000, time.time())
    made = list(traffic.requests())
    begun = time.perf_counter()
    for count, request in enumerate(itertools.cycle(made), start=1):
        row = request.row
        row.request_id = f"{row.request_id[:24]}{count:012x}"
        row.ts_start = time.time()
        row.seq = None
        assert request.facts is not None
        assert request.decision is not None
        request.facts.request_id = row.request_id
        writer.begin(row, request.facts, request.decision)
        writer.finish(row)
        ahead = count / rate - (time.perf_counter() - begun)
        if ahead > TURN_S:
            time.sleep(ahead)


if __name__ == "__main__":
    main()
