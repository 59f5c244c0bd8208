"""`route-console lift`: end an override before its time, or all of them."""

from argparse import Namespace

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.output import print_json, say
from console.cli.override_command import open_desk, plain, tell_refusal
from console.inert import inert
from console.table.override_edits import Edited
from console.table.overrides import Override
from console.table.overriding import CannotOverrideError, carry_out, lifting, shown


def run(options: Namespace) -> int:
    """Take the overrides out of the file; 2 where there is none of that id."""
    try:
        if (options.id is None) == (not options.all):
            raise CannotOverrideError("Name one override, or give --all.")
        desk = open_desk(options)
        result = carry_out(desk, lifting(desk, options.id))
    except CannotOverrideError as error:
        tell_refusal(error)
        return COULD_NOT_RUN
    if options.json:
        print_json(
            {
                "lifted": [plain(override) for override in result.lifted],
                "swept": [override.id for override in result.swept],
                "left": [override.id for override in result.overrides],
                "file": str(desk.file),
            }
        )
        return FINE
    _say(options, result)
    return FINE


def _say(options: Namespace, result: Edited) -> None:
    for override in result.lifted:
        say(f"Lifted {inert(override.id)}: {_what(override)}, which was to end {shown(override)}")
    ran_out = next((o for o in result.swept if o.id == options.id), None)
    if ran_out is not None:
        say(f"{inert(ran_out.id)} ran out by itself {shown(ran_out)}; nothing was left to lift")
    elif not result.lifted:
        say("No override was in force")


def _what(override: Override) -> str:
    if override.pin is not None:
        return f"pin of {inert(override.pin.route)} to {inert(override.pin.to)}"
    assert override.drain is not None
    kind = "provider" if override.drain.provider is not None else "model"
    return f"drain of {kind} {inert(override.drain.provider or override.drain.model or '')}"
