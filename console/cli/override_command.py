"""What `drain`, `pin` and `lift` have in common: the table, the file, and how it is told."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from console.cli.exit_codes import COULD_NOT_RUN, FINE
from console.cli.find_table import NoTableError, find_table
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.table.load import read_table
from console.table.override_edits import Edited
from console.table.override_effects import routes_without_targets
from console.table.overrides import Drain, Override, Pin, overrides_beside
from console.table.overriding import (
    CannotOverrideError,
    Desk,
    Wanted,
    carry_out,
    making,
    shown,
)


def open_desk(options: Namespace) -> Desk:
    """Return what the options name. Raises CannotOverrideError.

    A table with errors does not keep an emergency from being met: it is told, and names go
    unchecked.
    """
    try:
        path = find_table(options.table)
    except NoTableError as error:
        raise CannotOverrideError(error.sentence, error.hint) from None
    table = read_table(path).table
    if table is None:
        tell(
            f"The table {path} has errors, so names are not checked against it.",
            "A running gateway serves its last good version and takes overrides all the same.",
        )
    file = Path(options.overrides) if options.overrides else overrides_beside(path)
    return Desk(table, file, datetime.now(UTC))


def make(options: Namespace, did: str, drain: Drain | None = None, pin: Pin | None = None) -> int:
    """Make the override the options describe and tell it: `did` as in `Drained provider openai`.

    Returns 2 where it cannot be made, having said why and what to do.
    """
    wanted = Wanted(options.length, options.because, drain, pin, options.by, options.id)
    try:
        desk = open_desk(options)
        result = carry_out(desk, making(desk, wanted, "--{}".format))
    except CannotOverrideError as error:
        tell_refusal(error)
        return COULD_NOT_RUN
    _say_made(options, desk, result, did)
    return FINE


def tell_refusal(error: CannotOverrideError) -> None:
    """Say on standard error why nothing was done."""
    tell(error.sentence, error.hint)


def _say_made(options: Namespace, desk: Desk, result: Edited, did: str) -> None:
    override = result.overrides[-1]
    stranded = _stranded(desk, result)
    if options.json:
        print_json(
            {
                "made": plain(override),
                "file": str(desk.file),
                "swept": [swept.id for swept in result.swept],
                "checked": desk.table is not None,
                "routes_without_targets": stranded,
            }
        )
        return
    say(f"{inert(did)} until {shown(override)}: {inert(override.because)}")
    say(f"  {inert(override.id)} in {inert(str(desk.file))}, by {inert(override.by)}")
    say(f"  back earlier: route-console lift {inert(override.id)}{_table_option(options)}")
    if stranded:
        tell(
            f"No model is left for {_listed(stranded)}: requests there are answered 503.",
            "`route-console pin ROUTE TO` sends them elsewhere meanwhile.",
        )


def plain(override: Override) -> dict[str, Any]:
    """Return an override as it stands in its file, for JSON."""
    given = msgspec.to_builtins(override)
    change = next(name for name in ("drain", "pin") if given[name] is not None)
    named = {key: value for key, value in given[change].items() if value is not None}
    return {
        "id": override.id,
        change: named,
        "until": override.until.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "because": override.because,
        "by": override.by,
    }


def _stranded(desk: Desk, result: Edited) -> list[str]:
    if desk.table is None:
        return []
    return routes_without_targets(desk.table, result.overrides, desk.at)


def _table_option(options: Namespace) -> str:
    return "".join(
        f" --{name} {inert(value)}"
        for name, value in (("table", options.table), ("overrides", options.overrides))
        if value
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(inert(name) for name in names)
