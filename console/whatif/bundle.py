"""The incident bundle: marked requests with all that stood around them, as Markdown and as JSON."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import msgspec

from console.inert import inert
from console.json_text import encoded
from console.quantities import dollars, duration, moment, percent
from console.traffic.metrics.figures import Figures, figures_of
from console.traffic.metrics.marks import Mark, read_marks
from console.traffic.metrics.sums import read_sums
from console.traffic.reader import LogReader
from console.traffic.records import GatewayRow, TableVersionRow
from console.traffic.rollups import minute_of
from console.traffic.versions import versions_since
from console.whatif.evidence import as_document, as_markdown, code, fenced
from console.whatif.request_story import RequestStory, VersionRouters, read_story

MOST_REQUESTS = 50
AROUND_S = 1_800.0
"""How long before the first and after the last request is told of, in seconds."""

MOST_VERSIONS = 200
DIFF_LINES = 200


class NothingMarkedError(Exception):
    """None of the requests asked for is in the log."""


@dataclass(frozen=True)
class Bundle:
    """Everything that goes into the two files."""

    made_at: float
    log: Path
    stories: Sequence[RequestStory]
    figures: Sequence[Figures]
    marks: Sequence[Mark]
    versions: Sequence[TableVersionRow]
    gateways: Sequence[GatewayRow]


def gather(reader: LogReader, request_ids: Sequence[str]) -> Bundle:
    """Return what the log knows of the requests, and of the time around them.

    Raises NothingMarkedError, and what the reader does.
    """
    routers = VersionRouters()
    found = (read_story(reader, one, routers) for one in request_ids[:MOST_REQUESTS])
    stories = sorted((s for s in found if s is not None), key=lambda s: s.row.ts_start)
    if not stories:
        raise NothingMarkedError
    since = stories[0].row.ts_start - AROUND_S
    until = stories[-1].row.ts_start + AROUND_S
    sums = read_sums(reader, "route", minute_of(since), minute_of(until) + 1)
    total = sum(one.requests for one in sums.values())
    figures = [figures_of(one, total) for one in sums.values()]
    return Bundle(
        time.time(),
        reader.path,
        stories,
        sorted(figures, key=lambda one: -one.requests),
        read_marks(reader, since, until),
        _versions(reader, stories, until),
        reader.gateways(),
    )


def save(bundle: Bundle, folder: Path, redact: Callable[[str], str]) -> Path:
    """Write both files into a new folder within `folder`, for its owner alone; return it.

    `redact` has the last look at every text. Raises OSError.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(bundle.made_at))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = _new_folder(folder, f"incident-{stamp}")
    _write(made / "incident.md", redact(as_text(bundle)))
    _write(made / "incident.json", redact(encoded(_document(bundle)).decode()))
    return made


def as_text(bundle: Bundle) -> str:
    """Return the bundle as Markdown."""
    first, last = bundle.stories[0].row.ts_start, bundle.stories[-1].row.ts_start
    ids = ",".join(story.row.request_id for story in bundle.stories)
    parts = [
        f"# Incident: {len(bundle.stories)} requests, {moment(first)} to {moment(last)}",
        f"Made {moment(bundle.made_at)} from the log {code(str(bundle.log))}.",
        "Show it again: " + code(f"route-console tail id:{ids} --no-follow --last 1000"),
        "## Routes around it\n\n" + _figures_text(bundle.figures),
        "## What was changed around it\n\n" + _marks_text(bundle.marks),
        "## Gateways now\n\n" + _gateways_text(bundle.gateways),
        "## Table versions\n\n" + _versions_text(bundle.versions),
        "## Requests",
        *(as_markdown(story) for story in bundle.stories),
    ]
    return "\n\n".join(parts)


def _document(bundle: Bundle) -> dict[str, Any]:
    return {
        "made_at": bundle.made_at,
        "log": str(bundle.log),
        "requests": [as_document(story) for story in bundle.stories],
        "figures": msgspec.to_builtins(bundle.figures),
        "changes": msgspec.to_builtins(bundle.marks),
        "versions": msgspec.to_builtins(bundle.versions),
        "gateways": msgspec.to_builtins(bundle.gateways),
    }


def _versions(
    reader: LogReader, stories: Sequence[RequestStory], until: float
) -> list[TableVersionRow]:
    """Return the versions the requests were decided by, and those seen between and after them."""
    own = [reader.table_version(story.row.table_version) for story in stories]
    known = {version.version: version for version in own if version is not None}
    oldest = min((version.ts for version in known.values()), default=until)
    for version in versions_since(reader, oldest, MOST_VERSIONS):
        if version.ts < until:
            known.setdefault(version.version, version)
    return sorted(known.values(), key=lambda version: version.ts)


def _figures_text(figures: Sequence[Figures]) -> str:
    if not figures:
        return "No request ended in that time."
    lines = [
        "| route | requests | errors | degraded | p50 | p95 | cost |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in figures:
        cells = [
            code(one.value).replace("|", "\\|"),
            f"{one.requests:,}",
            percent(one.error_rate),
            percent(one.degraded_rate),
            duration(one.p50_ms),
            duration(one.p95_ms),
            dollars(one.cost_usd) + ("+?" if one.cost_unknown else ""),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _marks_text(marks: Sequence[Mark]) -> str:
    if not marks:
        return "Nothing that the log knows of."
    return "\n".join(f"- {moment(mark.ts)} {code(mark.what)}" for mark in marks)


def _gateways_text(gateways: Sequence[GatewayRow]) -> str:
    if not gateways:
        return "None has written to this log."
    return "\n".join(
        f"- {code(row.address)} serves {code(row.table_name)} {code(row.table_version[:12])},"
        f" heard of {moment(row.heartbeat_ts)}; left alone: {code(row.health)}"
        for row in gateways[:20]
    )


def _versions_text(versions: Sequence[TableVersionRow]) -> str:
    if not versions:
        return "Their texts are not in the log."
    parts = []
    before: TableVersionRow | None = None
    for version in versions:
        who = f" by {code(version.author)}" if version.author else ""
        why = f": {code(version.because)}" if version.because else ""
        parts.append(f"- {moment(version.ts)} {code(version.version[:12])}{who}{why}")
        if before is not None:
            parts.append(fenced(_diff(before.text, version.text)))
        before = version
    return "\n\n".join(parts)


def _diff(before: str, after: str) -> str:
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))
    if len(lines) > DIFF_LINES:
        lines = [*lines[:DIFF_LINES], f"… and {len(lines) - DIFF_LINES} lines more"]
    return inert("\n".join(lines), keep_newlines=True)


def _new_folder(folder: Path, name: str) -> Path:
    for number in range(1, 1_000):
        made = folder / (name if number == 1 else f"{name}-{number}")
        try:
            made.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return made
    raise FileExistsError(f"{folder / name} and a thousand like it are there already")


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
