"""`route-console prune`: deletes from a log what is too old to be kept."""

from argparse import Namespace
from pathlib import Path

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.traffic.location import default_log_path
from console.traffic.problem import LogProblem
from console.traffic.prune_log import prune_log
from console.traffic.retention import Pruned, Retention


def run(options: Namespace) -> int:
    """Delete, or say what would be deleted; 2 where the log cannot be used."""
    retention = Retention(texts_s=options.texts_older_than, rows_s=options.rows_older_than)
    if retention == Retention():
        tell(
            "Nothing to do: no age was given.",
            "Say which with --texts-older-than 30d, --rows-older-than 180d, or both.",
        )
        return COULD_NOT_RUN
    path = Path(options.log) if options.log else default_log_path()
    try:
        pruned = prune_log(path, retention, dry_run=options.dry_run)
    except LogProblem as found:
        tell(found.message, found.hint)
        return COULD_NOT_RUN
    if options.json:
        document = msgspec.structs.asdict(pruned)
        print_json({"log": str(path), "dry_run": options.dry_run, **document})
    else:
        _say(path, pruned, dry_run=options.dry_run)
    return FINE


def _say(path: Path, pruned: Pruned, *, dry_run: bool) -> None:
    verb = "Would delete" if dry_run else "Deleted"
    say(f"{verb} from {inert(str(path))}:")
    say(f"  {pruned.rows:,} requests with all that belongs to them")
    say(f"  the texts of {pruned.texts:,} more requests, and {pruned.comments:,} comments")
    if not dry_run:
        say(
            f"The file is {pruned.freed_bytes:,} bytes smaller;"
            f" {pruned.unused_bytes:,} bytes in it are free for new rows."
        )
