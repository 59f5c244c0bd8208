"""`route-console outcome`: says in the log how good an answer was."""

import os
import time
from argparse import Namespace
from pathlib import Path

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.traffic.location import default_log_path
from console.traffic.outcomes import (
    KeyReused,
    OutcomeProblem,
    UnknownRequest,
    add_outcome,
    outcome_of,
)
from console.traffic.problem import LogProblem
from console.traffic.redaction import Redactor, secrets_in

SOURCE = "cli"


def run(options: Namespace) -> int:
    """Log the outcome; 2 where the request is not known or the log cannot be used."""
    path = Path(options.log) if options.log else default_log_path()
    fields = ("request_id", "name", "score", "label", "comment", "idempotency_key")
    try:
        outcome = outcome_of({name: getattr(options, name) for name in fields}, time.time(), SOURCE)
        earlier = add_outcome(path, outcome, Redactor(secrets_in(os.environ)))
    except OutcomeProblem as found:
        tell(_sentence(found, path), _HINTS.get(type(found)))
        return COULD_NOT_RUN
    except LogProblem as found:
        tell(found.message, found.hint)
        return COULD_NOT_RUN
    logged = earlier or outcome
    if options.json:
        print_json({"repeat": earlier is not None, **msgspec.structs.asdict(logged)})
    else:
        again = " already" if earlier is not None else ""
        say(f"{inert(logged.request_id)}: {inert(logged.name)} {logged.score:g} is{again} logged.")
    return FINE


_HINTS = {
    UnknownRequest: "A request's id is in its answer's header x-request-id; --log names a log.",
    KeyReused: "Use another key for another outcome.",
}


def _sentence(found: OutcomeProblem, path: Path) -> str:
    if isinstance(found, UnknownRequest):
        return f"The log {path} has no such request."
    return found.sentence
