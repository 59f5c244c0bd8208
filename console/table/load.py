"""Loads a routing table: text in, a checked table or every problem at its place out."""

from pathlib import Path
from typing import Any

import msgspec

from console.table.findings import Findings
from console.table.model import Table
from console.table.nulls import without_nulls
from console.table.problems import Problem
from console.table.references import check_references
from console.table.secrets import find_secrets
from console.table.sections import Sections, read_sections
from console.table.version import version_of
from console.table.yaml_source import MAX_BYTES, Place, read_bounded, read_source


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
    version = version_of(raw)
    source = read_source(raw)
    findings = Findings(source)
    find_secrets(text, findings)
    table: Table | None = None
    if source.data is not None:
        sections = _sections(without_nulls(source.data, "", findings), findings)
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
