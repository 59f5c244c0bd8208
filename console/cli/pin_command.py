"""`route-console pin`: send the requests of one route down another for a while."""

from argparse import Namespace

from console.cli.override_command import make
from console.table.overrides import Pin


def run(options: Namespace) -> int:
    """Write the pin into the overrides' file; 2 where it cannot be, with why and what to do."""
    pin = Pin(options.route, options.to)
    return make(options, f"Pinned route {pin.route} to {pin.to}", pin=pin)
