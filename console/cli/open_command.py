"""`route-console open`, the default: the console on a table and a log."""

import sys
from argparse import Namespace
from pathlib import Path

from console.cli.exit_codes import COULD_NOT_RUN
from console.cli.find_table import NoTableError, find_table
from console.cli.output import tell
from console.traffic.location import default_log_path


def run(options: Namespace) -> int:
    """Open the console. It opens without a table too, and says so."""
    if not has_terminal():
        return COULD_NOT_RUN
    table: Path | None = None
    notice: str | None = None
    try:
        table = find_table(options.table)
    except NoTableError as error:
        # A table that was named may yet appear; the console watches for it.
        table = Path(options.table) if options.table else None
        notice = f"{error.sentence} {error.hint}"
    log = Path(options.log) if options.log else default_log_path()
    from console.ui import default_config_file, run_console
    from console.ui.filter_history import default_state_folder

    return run_console(
        table,
        log,
        notice=notice,
        state_folder=default_state_folder(),
        config_file=default_config_file(),
        read_only=options.read_only,
    )


def has_terminal() -> bool:
    """Tell whether there is a terminal to draw on; say what to do instead where not."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return True
    tell(
        "The console needs a terminal, and this is none.",
        "In scripts use `route-console preview`, `check` and `test`, or `demo --headless`.",
    )
    return False
