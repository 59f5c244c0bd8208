"""`route-console diff`: what changed between two versions of a table, in words and as lines."""

from argparse import Namespace
from contextlib import closing
from pathlib import Path

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in
from console.cli.find_table import NoTableError, find_table
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.table.changes import changes, line_changes
from console.table.saving import CannotSaveError, text_of
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.whatif.history import find_version


def run(options: Namespace) -> int:
    """Print the differences; 2 where one of the two cannot be had."""
    try:
        new_name = options.new or str(find_table(options.table))
        old, new = (_text(name, options) for name in (options.old, new_name))
    except (NoTableError, CannotSaveError) as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    sentences, lines = changes(old, new), line_changes(old, new, options.old, new_name)
    if options.json:
        print_json({"old": options.old, "new": new_name, "changes": sentences, "lines": lines})
        return FINE
    for sentence in sentences or ["nothing changed"]:
        say(f"· {inert(sentence)}")
    if lines:
        say()
    for line in lines:
        say(inert(line))
    return FINE


def _text(name: str, options: Namespace) -> str:
    if Path(name).is_file():
        return text_of(Path(name))
    with closing(LogReader(log_in(options), timeout_s=5)) as reader:
        row = find_version(reader, name)
    if row is None:
        raise NoTableError(
            f"There is no file and no logged version {name}.", "`route-console history` lists them."
        )
    return row.text
