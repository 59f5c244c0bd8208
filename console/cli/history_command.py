"""`route-console history`: the versions of a table, who made them, why, and what each changed."""

import time
from argparse import Namespace
from contextlib import closing

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in
from console.cli.find_table import NoTableError, find_table
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.quantities import moment
from console.table.load import read_table
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.whatif.history import Entry, history

CHANGES_SHOWN = 8


def run(options: Namespace) -> int:
    """List the versions, newest first; 2 where the table or the log cannot be used."""
    try:
        path = find_table(options.table)
        loaded = read_table(path)
        name = loaded.table.name if loaded.table is not None else path.stem
        with closing(LogReader(log_in(options), timeout_s=5)) as reader:
            entries = history(reader, name, time.time())
    except NoTableError as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    if options.json:
        print_json({"table": name, "in_file": loaded.version, "versions": entries})
        return FINE
    if not entries:
        say(f"The log has no version of the table {inert(name)} yet.")
    for entry in entries:
        _say(entry, in_file=entry.version == loaded.version)
    return FINE


def _say(entry: Entry, *, in_file: bool) -> None:
    how = "rolled back" if entry.is_rollback else "saved" if entry.is_saved else "seen in service"
    by = f" by {inert(entry.author)}" if entry.author else ""
    here = "  (in the file now)" if in_file else ""
    say(f"{entry.version}  {moment(entry.ts)[:19]}  {how}{by}{here}")
    if entry.because:
        say(f"  because {inert(entry.because)}")
    say(f"  {entry.requests:,} requests while it was the newest")
    for sentence in (entry.changed or [])[:CHANGES_SHOWN]:
        say(f"  · {inert(sentence)}")
    if entry.changed is not None and len(entry.changed) > CHANGES_SHOWN:
        say(f"  · and {len(entry.changed) - CHANGES_SHOWN} more")
