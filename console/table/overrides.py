"""Time-boxed changes by whoever is on call, in a file beside the table."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from console.table.checked import checked
from console.table.findings import Findings
from console.table.nulls import without_nulls
from console.table.problems import Problem
from console.table.sections import NAME
from console.table.yaml_source import join, read_bounded, read_source


class Drain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A provider or a model that must not be used; one of the two is given."""

    provider: str | None = None
    model: str | None = None


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A route whose requests take another one instead."""

    route: str
    to: str


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change, in force until a moment, with who made it and why. It drains or it pins."""

    id: str
    until: datetime
    because: str
    by: str
    drain: Drain | None = None
    pin: Pin | None = None

    def is_live(self, at: float) -> bool:
        """Tell whether the override is in force at `at` (Unix seconds): before `until`."""
        return at < self.until.timestamp()

    def drains(self, model: str, provider: str) -> bool:
        """Tell whether this override takes `model` of `provider` out of use."""
        return self.drain is not None and (
            self.drain.model == model or self.drain.provider == provider
        )


class Entry(msgspec.Struct, frozen=True):
    """Where an override stands in its file: `path` as in `overrides[2]`, the rest from 1."""

    path: str
    line: int
    column: int


class LoadedOverrides(msgspec.Struct, frozen=True):
    """The overrides of a file, live and expired, as far as they could be read.

    `entries` says where each of them stands, by its id.
    """

    overrides: tuple[Override, ...]
    problems: list[Problem]
    entries: dict[str, Entry] = {}


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    overrides: list[Any] = []


def overrides_beside(table_path: Path) -> Path:
    """Return where the overrides of a table stand: `<name>.overrides.yaml` beside it."""
    return table_path.with_name(f"{table_path.stem}.overrides.yaml")


def read_overrides(path: Path) -> LoadedOverrides:
    """Read the overrides in `path`; a file that does not exist holds none.

    Raises OSError where the file is there and cannot be read.
    """
    try:
        data = read_bounded(path)
    except FileNotFoundError:
        return LoadedOverrides((), [])
    return parse_overrides(data)


def parse_overrides(data: bytes | str) -> LoadedOverrides:
    """Read the overrides in `data`. One with an error is left out and told."""
    source = read_source(data)
    findings = Findings(source)
    if source.data is None:
        return LoadedOverrides((), findings.sorted())
    data_given = without_nulls(source.data, "", findings)
    document = checked(data_given, _Document, "", findings)
    read: dict[str, Override] = {}
    entries: dict[str, Entry] = {}
    for index, entry in enumerate(document.overrides if document else []):
        path = join("overrides", index)
        before = findings.count
        override = checked(entry, Override, path, findings)
        if override is None:
            continue
        _check(override, path, read, findings)
        if findings.count == before:
            read[override.id] = override
            entries[override.id] = Entry(path, *source.place(path))
    if document is not None and document.version != 1:
        findings.error("unknown-version", "version", f"Version {document.version} is not known.")
        read = {}
    return LoadedOverrides(tuple(read.values()), findings.sorted(), entries)


def _check(override: Override, path: str, read: dict[str, Override], findings: Findings) -> None:
    if not NAME.fullmatch(override.id):
        message = "An override's id has 1 to 64 characters of a–z, 0–9 and `-`."
        findings.error("bad-name", join(path, "id"), message)
    elif override.id in read:
        message = f"The override id `{override.id}` is given twice."
        findings.error("duplicate-id", join(path, "id"), message)
    if override.until.tzinfo is None:
        hint = "Write it as 2026-11-23T15:30:00Z."
        findings.error("no-time-zone", join(path, "until"), "`until` has no time zone.", hint)
    if not override.because.strip():
        findings.error("no-reason", join(path, "because"), "An override says why it is there.")
    if not override.by.strip():
        findings.error("no-author", join(path, "by"), "An override says who made it.")
    if (override.drain is None) == (override.pin is None):
        findings.error("no-effect", path, "An override has either `drain` or `pin`.")
    drain = override.drain
    if drain is not None and (drain.provider is None) == (drain.model is None):
        message = "`drain` names either a `provider` or a `model`."
        findings.error("bad-value", join(path, "drain"), message)
