"""`route-console pin`: send the requests of one route down another for a while."""

from argparse import Namespace

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.override_command import (
    CannotOverrideError,
    carry_out,
    made,
    open_desk,
    say_made,
    tell_refusal,
)
from console.table.overrides import Pin


def run(options: Namespace) -> int:
    """Write the pin into the overrides' file; 2 where it cannot be, with why and what to do."""
    try:
        desk = open_desk(options)
        pin = Pin(options.route, options.to)
        result = carry_out(desk, made(options, desk, f"pin-{pin.route}", {"pin": pin}))
    except CannotOverrideError as error:
        tell_refusal(error)
        return COULD_NOT_RUN
    say_made(options, desk, result, f"Pinned route {pin.route} to {pin.to}")
    return FINE
