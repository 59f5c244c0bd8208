"""What `drain`, `pin` and `lift` have in common: the table, the file, who, until when, and how it
is told."""

import getpass
import re
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from console.cli.find_table import NoTableError, find_table
from console.cli.output import print_json, say, tell
from console.inert import inert
from console.table.load import read_table
from console.table.model import Table
from console.table.override_edits import (
    Edited,
    IdTakenError,
    UnreadableOverridesError,
    edited,
    read_text,
)
from console.table.override_effects import routes_without_targets
from console.table.override_file import OverridesLockedError, edit_overrides_file
from console.table.override_references import check_overrides
from console.table.overrides import Override, overrides_beside
from console.table.sections import NAME

LONGEST = timedelta(days=7)
"""An override is for an incident; what should last longer belongs into the table."""

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_UNPRINTABLE = re.compile(r"[\ud800-\udfff]")


class CannotOverrideError(Exception):
    """The command cannot do what it was asked: one sentence, and a hint where one helps."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.hint = sentence, hint


@dataclass(frozen=True)
class Desk:
    """What an override is about: the table, None where it has errors, and the overrides' file."""

    table_path: Path
    table: Table | None
    file: Path
    now: datetime

    @property
    def at(self) -> float:
        """The moment of the command in Unix seconds."""
        return self.now.timestamp()


def duration(text: str) -> timedelta:
    """Return the time in `text`: `90s`, `30m`, `2h`, `1d` or `1h30m`. Raises CannotOverrideError.

    At least a second, at most `LONGEST`.
    """
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise CannotOverrideError(
            f"--for {text} is no time.", "Write it as 90s, 30m, 2h, 1d or 1h30m."
        )
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(seconds=1) <= length <= LONGEST:
        raise CannotOverrideError(
            f"--for {text} is out of bounds: an override lasts from one second to seven days.",
            "What should last longer belongs into the table.",
        )
    return length


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
    return Desk(path, table, file, datetime.now(UTC))


def made(
    options: Namespace, desk: Desk, base_id: str, change: Mapping[str, Any]
) -> Callable[[str], Edited]:
    """Return the edit that adds the override the options describe. Raises CannotOverrideError.

    `change` is its `drain` or `pin`; `base_id` begins its id where the options give none.
    """
    by = _plain("--by", options.by if options.by is not None else _login_name())
    because = _plain("--because", options.because)
    # Whole seconds, rounded up, are what people read and compare.
    until = (desk.now + duration(options.length)).replace(microsecond=0) + timedelta(seconds=1)
    if options.id is not None and not NAME.fullmatch(options.id):
        raise CannotOverrideError(
            f"--id {options.id} is no id.", "An id has 1 to 64 characters of a-z, 0-9 and `-`."
        )

    def edit(text: str) -> Edited:
        identity = options.id or _free_id(base_id, text)
        override = Override(identity, until, because, by, **change)
        _refuse_unknown_names(desk, override)
        _refuse_second_pin(desk, override, text)
        return edited(text, desk.at, add=override)

    return edit


def carry_out(desk: Desk, edit: Callable[[str], Edited]) -> Edited:
    """Edit the overrides' file. Raises CannotOverrideError with what keeps it from being done."""
    try:
        return edit_overrides_file(desk.file, edit)
    except UnreadableOverridesError as error:
        first = error.problems[0]
        more = f" ({len(error.problems)} errors)" if len(error.problems) > 1 else ""
        raise CannotOverrideError(
            f"{desk.file}:{first.line}:{first.column}: {first.message}{more}",
            "The file is left as it is: no gateway takes it up with an error. Mend it first.",
        ) from None
    except IdTakenError as error:
        raise CannotOverrideError(
            f"There is an override {error.override.id} already, until {shown(error.override)}.",
            f"Lift it first (route-console lift {error.override.id}), or give another --id.",
        ) from None
    except OverridesLockedError as error:
        raise CannotOverrideError(
            f"Another command holds {error.path} and does not let go.",
            "End the process that hangs; nothing was changed.",
        ) from None
    except UnicodeDecodeError:
        raise CannotOverrideError(f"{desk.file} is not UTF-8 text.", "Save it as UTF-8.") from None


def shown(override: Override) -> str:
    """Return when an override ends, in words for people."""
    return override.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def tell_refusal(error: CannotOverrideError) -> None:
    """Say on standard error why nothing was done."""
    tell(error.sentence, error.hint)


def say_made(options: Namespace, desk: Desk, result: Edited, did: str) -> None:
    """Tell what was made: `did` as in `Drained provider openai`."""
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


def _refuse_unknown_names(desk: Desk, override: Override) -> None:
    problems = check_overrides([override], desk.table) if desk.table is not None else []
    if problems:
        raise CannotOverrideError(problems[0].message, problems[0].hint)


def _refuse_second_pin(desk: Desk, override: Override, text: str) -> None:
    if override.pin is None:
        return
    for other in read_text(text).overrides:
        if other.pin and other.pin.route == override.pin.route and other.is_live(desk.at):
            raise CannotOverrideError(
                f"The route {other.pin.route} is pinned to {other.pin.to} already, by {other.id}"
                f" until {shown(other)}; of two pins the first counts.",
                f"Lift it first: route-console lift {other.id}",
            )


def _free_id(base: str, text: str) -> str:
    """Return an id that no override of the file has: the base, or that with a number."""
    taken = {override.id for override in read_text(text).overrides}
    base = re.sub(r"[^a-z0-9]+", "-", base.lower()).strip("-")[:58] or "override"
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(name for name in numbered if name not in taken)


def _plain(option: str, text: str) -> str:
    words = " ".join(_UNPRINTABLE.sub("\ufffd", text).split())
    if not words:
        raise CannotOverrideError(f"{option} is empty: an override says who made it and why.")
    return words


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise CannotOverrideError("Who you are is not known here.", "Say it with --by.") from None


def _table_option(options: Namespace) -> str:
    return "".join(
        f" --{name} {inert(value)}"
        for name, value in (("table", options.table), ("overrides", options.overrides))
        if value
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(inert(name) for name in names)
