"""Other processes for tests: a gateway to be killed, and a reader who may not write."""

import multiprocessing
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, EXPLANATION, attempt, body, ended, facts, request

NOBODY = 65_534


def log_requests(writer: LogWriter, numbers: range) -> None:
    for number in numbers:
        writer.begin(
            request(number), facts(number), DECISION, lambda: EXPLANATION, body(number, prompt="hi")
        )
        writer.attempt(attempt(number))
        writer.finish(ended(number))


def main() -> None:
    """Log forever from the number given, saying after each hundred that it is on disk."""
    path, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    writer = LogWriter(path, interval_s=0.001)
    for number in range(first, last, 100):
        log_requests(writer, range(number, number + 100))
        if not writer.flush(30):
            sys.exit(f"not flushed: {writer.problem}")
        print(number + 100, flush=True)
    writer.close()


def as_somebody_without_rights(act: Callable[[], None]) -> None:
    """Run `act` in a process that is not root's; raises AssertionError where it raises."""

    def run() -> None:
        try:
            if os.geteuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            act()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(20)
    assert process.exitcode == 0


if __name__ == "__main__":
    main()
