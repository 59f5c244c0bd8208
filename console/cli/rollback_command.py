"""`route-console rollback`: puts a saved version of a table back into its file."""

from argparse import Namespace
from contextlib import closing

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in
from console.cli.find_table import NoTableError, find_table
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.table.author import login_name
from console.table.changes import changes
from console.table.saving import CannotSaveError, ChangedMeanwhileError, text_of
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.whatif.history import find_version
from console.whatif.keeping import Wish, keep


def run(options: Namespace) -> int:
    """Put the version back; 2 where it cannot be, and nothing is changed then."""
    try:
        path = find_table(options.table)
        log = log_in(options)
        with closing(LogReader(log, timeout_s=5)) as reader:
            row = find_version(reader, options.version)
        if row is None:
            raise NoTableError(
                f"The log has no version {options.version}.", "`route-console history` lists them."
            )
        author = options.by or login_name()
        if author is None:
            raise NoTableError("Who you are is not known here.", "Say it with --by.")
        before = text_of(path)
        if before == row.text:
            raise NoTableError(f"{path} holds version {row.version} already.", "")
        kept = keep(path, Wish(row.text, before, author, options.because, is_rollback=True), log)
    except (NoTableError, CannotSaveError) as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    except ChangedMeanwhileError:
        tell(f"{path} was changed at this very moment.", "Look at it and try again.")
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    except OSError as error:
        tell(f"{path} cannot be written: {error.strerror or error}.")
        return COULD_NOT_RUN
    sentences = changes(before, row.text)
    if options.json:
        print_json(
            {
                "version": kept.saved.version,
                "before": kept.saved.before,
                "changes": sentences,
                "log_trouble": kept.log_trouble or None,
            }
        )
        return FINE
    say(f"{inert(str(path))} holds version {kept.saved.version} again.")
    for sentence in sentences:
        say(f"  · {inert(sentence)}")
    if kept.log_trouble:
        tell(f"The log has not got this: {kept.log_trouble}")
    return FINE
