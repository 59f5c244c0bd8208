"""`route-console why`: why a logged request went where it went, and whether it would today."""

import sys
from argparse import Namespace
from contextlib import closing
from pathlib import Path

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.filter_option import log_in
from console.cli.find_table import NoTableError, find_table, read_with_overrides
from console.cli.output import Paint, print_json, say, tell
from console.cli.request_text import request_line
from console.inert import inert
from console.quantities import moment
from console.routing.decision import Decision
from console.routing.router import Router
from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.whatif.blame import Blame, Decided, Turn, blame, outcome_of


def run(options: Namespace) -> int:
    """Tell it, whatever it is; 2 where the log or the request cannot be had."""
    try:
        today = _today(options.table)
        with closing(LogReader(log_in(options), timeout_s=5)) as reader:
            found = blame(reader, options.request_id, today)
    except NoTableError as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    except LogProblem as problem:
        tell(problem.message, problem.hint)
        return COULD_NOT_RUN
    if found is None:
        tell(
            f"The log {log_in(options)} has no request {options.request_id}.",
            "Its id is in the answer's header x-request-id; --log names another log.",
        )
        return COULD_NOT_RUN
    if options.json:
        print_json(_document(found))
    else:
        _say(found, Paint(sys.stdout, options.color), has_table=today is not None)
    return FINE


def _today(named: str | None) -> Router | None:
    """Return what decides today; None where no table was named and none stands out."""
    try:
        path = find_table(named)
    except NoTableError:
        if named is not None:
            raise
        return None
    return router_of(path)


def router_of(path: Path) -> Router:
    """Return what decides by the table at `path`, overrides included. Raises NoTableError."""
    loaded, overrides = read_with_overrides(path, None)
    if loaded.table is None:
        raise NoTableError(
            f"The table {path} has errors, so it decides nothing.",
            f"See them with route-console check {path}.",
        )
    return Router(loaded.table, overrides.overrides)


def _document(found: Blame) -> dict[str, object]:
    then, today = found.then, found.today
    return {
        "request": msgspec.structs.asdict(found.row),
        "then": None if then is None else msgspec.to_builtins(then),
        "today": None if today is None else msgspec.to_builtins(today),
        "same": _is_same(found),
        "turns": msgspec.to_builtins(found.turns),
        "traced": found.is_traced,
    }


def _is_same(found: Blame) -> bool | None:
    """Return whether it is decided alike today; None where one of the two is not known."""
    if found.then is None or found.today is None:
        return None
    return outcome_of(found.then.decision) == outcome_of(found.today.decision)


def _say(found: Blame, paint: Paint, *, has_table: bool) -> None:
    say(request_line(found.row, paint))
    say()
    say(f"{paint('bold', 'then')}   {_sentence(found.then)}")
    if not has_table:
        say(f"{paint('bold', 'today')}  not asked: name the table with --table FILE")
    elif found.today is None:
        say(f"{paint('bold', 'today')}  cannot be said: its facts are not in the log")
    elif _is_same(found):
        say(f"{paint('bold', 'today')}  the same")
    else:
        say(f"{paint('bold', 'today')}  {_sentence(found.today)}")
    if not found.is_traced:
        say("The text of its table version is not in the log, so no edit can be named.")
        return
    for turn in found.turns:
        _say_turn(turn, paint)
    if not found.turns:
        say("No version that came into service since changed where it goes.")


def _sentence(decided: Decided | None) -> str:
    if decided is None:
        return "the decision is not in the log"
    explained = decided.explanation
    return inert(explained.sentence if explained else _where(decided.decision))


def _where(decision: Decision) -> str:
    rule = f" by rule {decision.rule}" if decision.rule else ""
    return f"{decision.route or 'undecidable'}{rule} ({decision.reason})"


def _say_turn(turn: Turn, paint: Paint) -> None:
    who = f" by {inert(turn.author)}" if turn.author else ""
    why = f": {inert(turn.because)}" if turn.because else ""
    say(f"{paint('bold', 'edit')}   {moment(turn.ts)} version {inert(turn.version[:12])}{who}{why}")
    say(f"       from then on {inert(_where(turn.decision))}")
