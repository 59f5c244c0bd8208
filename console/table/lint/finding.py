"""A finding of lint: a problem that keeps no table out of service, with what shows it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from console.table.lint.pages import PAGES
from console.table.problems import Problem
from console.table.secret_shapes import redacted
from console.table.yaml_source import Place, Source

Document = Literal["table", "overrides"]


class Witness(msgspec.Struct, frozen=True):
    """A request that shows a finding, as it would be written in a test of the table.

    `says` tells what it shows; `rule` is the rule the router takes it by, None for no rule.
    """

    says: str
    request: dict[str, Any]
    rule: str | None


class Finding(Problem, frozen=True):
    """One thing lint has to say, at its place in `document`.

    `rule` is the rule it is about, `blocking` the rules that bring it about. `ignored` is the
    reason given in the file for not wanting to hear of it, None where there is none.
    """

    document: Document = "table"
    rule: str | None = None
    blocking: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    ignored: str | None = None


def finding(code: str, path: str, message: str, hint: str | None = None, **more: Any) -> Finding:
    """Return a finding that has its severity from its page and does not know its place yet."""
    return Finding(
        code=code,
        severity=more.pop("severity", PAGES[code].severity),
        line=more.pop("line", 1),
        column=more.pop("column", 1),
        path=path,
        message=redacted(message),
        hint=None if hint is None else redacted(hint),
        **more,
    )


def in_place(findings: Iterable[Finding], places: Mapping[str, Place]) -> Iterator[Finding]:
    """Yield findings on a table with the line and column of what they speak of.

    `places` is that of the loaded table. A path that does not stand in the file is told at the
    nearest part that does.
    """
    source = Source(None, dict(places), {}, [])
    for found in findings:
        line, column = source.place(found.path)
        yield msgspec.structs.replace(found, line=line, column=column)
