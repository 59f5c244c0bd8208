"""Makes and ends overrides: what a command or a dialog asks for becomes an edit of the file.

Names are checked against the table, times against their bounds; whatever keeps an override from
being made is one sentence with a hint, and the file is as it was.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.table.atomic_file import FileLockedError
from console.table.author import login_name
from console.table.findings import did_you_mean
from console.table.model import Table
from console.table.override_edits import (
    Edited,
    IdTakenError,
    UnreadableOverridesError,
    edited,
    read_text,
)
from console.table.override_file import edit_overrides_file
from console.table.override_references import check_overrides
from console.table.overrides import Drain, Override, Pin
from console.table.sections import NAME

LONGEST = timedelta(days=7)
"""An override is for an incident; what should last longer belongs into the table."""

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)
_UNPRINTABLE = re.compile(r"[\ud800-\udfff]")

Naming = Callable[[str], str]
"""How whoever asks calls a field: `for` is `--for` in a shell."""


class CannotOverrideError(Exception):
    """What was asked cannot be done: one sentence, and a hint where one helps."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.hint = sentence, hint


@dataclass(frozen=True)
class Desk:
    """What an override is about: the table, None where it has errors, and the overrides' file."""

    table: Table | None
    file: Path
    now: datetime

    @property
    def at(self) -> float:
        """The moment it is made, in Unix seconds."""
        return self.now.timestamp()


@dataclass(frozen=True)
class Wanted:
    """An override as it is asked for: it drains or pins, for a `length` such as `1h30m`.

    None for `by` is the login name, for `id` one made from what the override does.
    """

    length: str
    because: str
    drain: Drain | None = None
    pin: Pin | None = None
    by: str | None = None
    id: str | None = None

    @property
    def base_id(self) -> str:
        """What its id begins with where none is given."""
        if self.pin is not None:
            return f"pin-{self.pin.route}"
        drain = self.drain or Drain()
        return f"drain-{drain.provider or drain.model}"


def change_in(text: str) -> tuple[Drain | None, Pin | None]:
    """Return what `text` asks for: `provider:NAME`, `model:NAME` or `pin ROUTE TO`.

    Raises CannotOverrideError.
    """
    words = text.split()
    if len(words) == 3 and words[0] == "pin":
        return None, Pin(words[1], words[2])
    kind, _, name = text.strip().partition(":")
    if name and kind == "provider":
        return Drain(provider=name), None
    if name and kind == "model":
        return Drain(model=name), None
    raise CannotOverrideError(
        f"`{text}` names nothing to drain or pin.",
        "Write provider:NAME, model:NAME, or pin ROUTE TO.",
    )


def length_of(text: str, named: Naming) -> timedelta:
    """Return the time in `text`: `90s`, `30m`, `2h`, `1d` or `1h30m`. Raises CannotOverrideError.

    At least a second, at most `LONGEST`.
    """
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise CannotOverrideError(
            f"{named('for')} {text} is no time.", "Write it as 90s, 30m, 2h, 1d or 1h30m."
        )
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(seconds=1) <= length <= LONGEST:
        raise CannotOverrideError(
            f"{named('for')} {text} is out of bounds: an override lasts from one second to seven"
            " days.",
            "What should last longer belongs into the table.",
        )
    return length


def making(desk: Desk, wanted: Wanted, named: Naming) -> Callable[[str], Edited]:
    """Return the edit that adds the override that is wanted. Raises CannotOverrideError."""
    by = _plain(named("by"), wanted.by if wanted.by is not None else _login_name())
    because = _plain(named("because"), wanted.because)
    # Whole seconds, rounded up, are what people read and compare.
    length = length_of(wanted.length, named)
    until = (desk.now + length).replace(microsecond=0) + timedelta(seconds=1)
    if wanted.id is not None and not NAME.fullmatch(wanted.id):
        raise CannotOverrideError(
            f"{named('id')} {wanted.id} is no id.",
            "An id has 1 to 64 characters of a-z, 0-9 and `-`.",
        )

    def edit(text: str) -> Edited:
        identity = wanted.id or _free_id(wanted.base_id, text)
        override = Override(identity, until, because, by, wanted.drain, wanted.pin)
        _refuse_unknown_names(desk, override)
        _refuse_second_pin(desk, override, text)
        return edited(text, desk.at, add=override)

    return edit


def lifting(desk: Desk, identity: str | None) -> Callable[[str], Edited]:
    """Return the edit that ends an override, or all for None. It raises CannotOverrideError."""

    def edit(text: str) -> Edited:
        there = read_text(text).overrides
        if identity is None:
            return edited(text, desk.at, lift={override.id for override in there})
        if not any(override.id == identity for override in there):
            live = [override.id for override in there if override.is_live(desk.at)]
            hint = did_you_mean(identity, live) or (
                f"In force: {', '.join(live)}." if live else "No override is in force."
            )
            raise CannotOverrideError(f"There is no override {identity} in {desk.file}.", hint)
        return edited(text, desk.at, lift={identity})

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
            f"Lift it first (route-console lift {error.override.id}), or give this one another id.",
        ) from None
    except FileLockedError as error:
        raise CannotOverrideError(
            f"Another command holds {error.path} and does not let go.",
            "End the process that hangs; nothing was changed.",
        ) from None
    except UnicodeDecodeError:
        raise CannotOverrideError(f"{desk.file} is not UTF-8 text.", "Save it as UTF-8.") from None


def shown(override: Override) -> str:
    """Return when an override ends, in words for people."""
    return override.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


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
    name = login_name()
    if name is None:
        raise CannotOverrideError("Who you are is not known here.", "Say it with `by`.")
    return name
