"""`route-console drain`: take a provider or a model out of use for a while."""

from argparse import Namespace

from console.cli.exit_codes import COULD_NOT_RUN
from console.cli.output import tell
from console.cli.override_command import make
from console.table.overrides import Drain


def run(options: Namespace) -> int:
    """Write the drain into the overrides' file; 2 where it cannot be, with why and what to do."""
    kind, _, name = options.what.partition(":")
    if not name or kind not in ("provider", "model"):
        tell(
            f"{options.what} names neither a provider nor a model.",
            "Write provider:NAME or model:NAME.",
        )
        return COULD_NOT_RUN
    drain = Drain(provider=name) if kind == "provider" else Drain(model=name)
    return make(options, f"Drained {kind} {name}", drain=drain)
