"""`route-console whatif`: what a draft of a table would have moved among the requests logged."""

import sys
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import Any

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in
from console.cli.find_table import NoTableError, find_table
from console.cli.output import Paint, print_json, say, tell
from console.cli.why_command import router_of
from console.inert import inert
from console.quantities import percent
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.whatif.decide_again import Impact, Move, impact_of

MOVES_SHOWN = 20


def run(options: Namespace) -> int:
    """Decide the newest requests by both tables; 2 where a table or the log cannot be used."""
    try:
        active = router_of(find_table(options.table))
        draft = router_of(find_table(options.draft))
        before = None if options.against == "recorded" else active
        impact = Impact()
        with closing(LogReader(log_in(options), timeout_s=5)) as reader:
            for impact in impact_of(reader, before, draft, last=options.last):
                _show_progress(impact, options.last)
    except NoTableError as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        tell("Stopped before every request was decided; no figures are shown.")
        return COULD_NOT_RUN
    if options.json:
        print_json(_document(impact))
    else:
        _say(impact, Path(options.draft), Paint(sys.stdout, options.color))
    return FINE


def _show_progress(impact: Impact, last: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if impact.is_done else ""
        words = f"\rdecided {impact.looked_at:,} of at most {last:,}, {impact.moved:,} moved"
        print(end or words, end="", file=sys.stderr, flush=True)


def _document(impact: Impact) -> dict[str, Any]:
    return {
        "looked_at": impact.looked_at,
        "moved": impact.moved,
        "undecidable": impact.undecidable,
        "stranded": impact.stranded,
        "priced": impact.priced,
        "cost_usd_before": impact.cost_before if impact.priced else None,
        "cost_usd_after": impact.cost_after if impact.priced else None,
        "moves": [
            {
                "kind": move.kind,
                "from": move.before,
                "to": move.after,
                "requests": count,
                "samples": impact.samples[move],
            }
            for move, count in impact.moves.most_common()
        ],
    }


def _say(impact: Impact, draft: Path, paint: Paint) -> None:
    decided = impact.looked_at - impact.undecidable
    share = percent(impact.moved / decided) if decided else "?"
    headline = f"{impact.moved:,} of {decided:,} decided requests would move ({share})"
    say(f"{paint('bold', headline)} under {inert(str(draft))}")
    for move, count in impact.moves.most_common(MOVES_SHOWN):
        say(f"  {count:>7,}  {_words(move, paint)}  such as {inert(impact.samples[move][0])}")
    if len(impact.moves) > MOVES_SHOWN:
        say(f"  and {len(impact.moves) - MOVES_SHOWN} more kinds of moves: --json has all")
    if impact.stranded:
        say(paint("bad", f"{impact.stranded:,} would have no model left and be answered 503"))
    if impact.priced:
        say(
            f"cost of {impact.priced:,} requests by the tables' prices:"
            f" ${impact.cost_before:,.4f} before, ${impact.cost_after:,.4f} after"
        )
    unpriced = decided - impact.priced
    if unpriced:
        say(f"the cost of {unpriced:,} is not known on both sides")
    if impact.undecidable:
        say(f"{impact.undecidable:,} cannot be decided: what they hang on was not captured")


def _words(move: Move, paint: Paint) -> str:
    before, after = (inert(name) if name else "no model" for name in (move.before, move.after))
    return f"{move.kind} {paint('route', before)} → {paint('route', after)}"
