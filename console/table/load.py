"""Loads a routing table: text in, a checked table or every problem at its place out."""

from pathlib import Path
from typing import Any

import msgspec

from console.table.findings import Findings
from console.table.model import Table
from console.table.nulls import without_nulls
from console.table.problems import Problem
from console.table.references import check_references
from console.table.rereading import reread
from console.table.secrets import find_secrets
from console.table.sections import Sections, read_sections
from console.table.version import version_of
from console.table.yaml_source import MAX_BYTES, Place, Source, read_bounded, read_source


class Loaded(msgspec.Struct, frozen=True):
    """What a file turned out to hold. `table` is None where any problem is an error.

    `places` maps a path such as `rules[3].when.prompt` to line and column, counted from 1.
    """

    table: Table | None
    problems: list[Problem]
    text: str
    version: str
    places: dict[str, Place]

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep the table out of service."""
        return [problem for problem in self.problems if problem.is_error]


def read_table(path: Path) -> Loaded:
    """Load the table in the file `path`. Raises OSError where the file cannot be read."""
    return parse_table(read_bounded(path))


def parse_table(data: bytes | str) -> Loaded:
    """Load the table in `data`. Never raises: what is wrong is in `problems`."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    text = raw.decode("utf-8", "replace") if len(raw) <= MAX_BYTES else ""
    source = read_source(raw)
    findings = Findings(source)
    find_secrets(text, findings)
    return _loaded(source, source.data, findings, text, version_of(raw))


def reparse(text: str) -> Loaded:
    """Load what `parse_table` loads; of rules whose lines were read lately nothing is read again.

    For a text under edit: most of its rules are those of the text before.
    """
    again = reread(text)
    if again is None:
        return parse_table(text)
    findings = Findings(again.source)
    return _loaded(again.source, again.known, findings, text, version_of(text.encode()))


def _loaded(source: Source, data: Any, findings: Findings, text: str, version: str) -> Loaded:
    table: Table | None = None
    if data is not None:
        sections = _sections(without_nulls(data, "", findings), findings)
        if sections is not None:
            check_references(sections, findings)
            if not findings.failed:
                table = sections.table(version)
    return Loaded(table, findings.sorted(), text, version, source.places)


def _sections(data: Any, findings: Findings) -> Sections | None:
    if isinstance(data, dict):
        return read_sections(data, findings)
    hint = "It begins with `version: 1`, `name: …` and `default: …`."
    findings.error("wrong-type", "", "A table is a mapping.", hint)
    return None
