"""`route-console drain`: take a provider or a model out of use for a while."""

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
from console.table.overrides import Drain


def run(options: Namespace) -> int:
    """Write the drain into the overrides' file; 2 where it cannot be, with why and what to do."""
    try:
        drain = _drain(options.what)
        desk = open_desk(options)
        name = drain.provider or drain.model
        result = carry_out(desk, made(options, desk, f"drain-{name}", {"drain": drain}))
    except CannotOverrideError as error:
        tell_refusal(error)
        return COULD_NOT_RUN
    say_made(options, desk, result, f"Drained {options.what.replace(':', ' ', 1)}")
    return FINE


def _drain(what: str) -> Drain:
    kind, _, name = what.partition(":")
    if name and kind == "provider":
        return Drain(provider=name)
    if name and kind == "model":
        return Drain(model=name)
    raise CannotOverrideError(
        f"{what} names neither a provider nor a model.", "Write provider:NAME or model:NAME."
    )
