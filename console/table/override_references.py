"""Checks what overrides say of a table: providers, models and routes that it has."""

from collections.abc import Iterable, Mapping, Sequence

from console.table.findings import did_you_mean
from console.table.model import Table
from console.table.overrides import Entry, Override
from console.table.problems import Problem, by_place
from console.table.secret_shapes import redacted
from console.table.yaml_source import join

_NOWHERE = Entry("", 1, 1)


def check_overrides(
    overrides: Sequence[Override], table: Table, entries: Mapping[str, Entry] | None = None
) -> list[Problem]:
    """Return every name in `overrides` that `table` does not have, as errors with a hint.

    An override with a problem has no effect; `Problem.path` begins with its entry's. `entries` says
    where each stands in its file, by id (`LoadedOverrides.entries`); without it all are told at the
    file's beginning.
    """
    problems: list[Problem] = []
    for override in overrides:
        entry = (entries or {}).get(override.id, _NOWHERE)
        problems += [
            Problem(
                code, "error", entry.line, entry.column, join(entry.path, key), redacted(text), hint
            )
            for code, key, text, hint in _misfits(override, table)
        ]
    return by_place(problems)


def fitting(overrides: Sequence[Override], table: Table) -> tuple[Override, ...]:
    """Return the overrides that `table` has every name of: those that can have an effect."""
    return tuple(override for override in overrides if not any(_misfits(override, table)))


_Misfit = tuple[str, str, str, str | None]


def _misfits(override: Override, table: Table) -> Iterable[_Misfit]:
    drain, pin = override.drain, override.pin
    if drain is not None and drain.provider is not None:
        yield from _unknown("drain.provider", "provider", drain.provider, table.providers)
    if drain is not None and drain.model is not None:
        yield from _unknown("drain.model", "model", drain.model, table.models)
    if pin is not None:
        yield from _unknown("pin.route", "route", pin.route, table.routes)
        yield from _unknown("pin.to", "route", pin.to, table.routes)
        if pin.route == pin.to:
            yield "bad-value", "pin.to", f"The route `{pin.route}` is pinned to itself.", None


def _unknown(key: str, what: str, name: str, known: Iterable[str]) -> Iterable[_Misfit]:
    names = sorted(known)
    if name in names:
        return
    hint = did_you_mean(name, names)
    if hint is None and len(names) <= 8:
        hint = f"The table has: {', '.join(names) or 'none'}."
    yield "missing-reference", key, f"There is no {what} `{name}`.", hint
