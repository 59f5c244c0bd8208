"""What can be said of a draft, in lines: what it changes, whether it holds, what it would move."""

from collections.abc import Iterator
from dataclasses import dataclass

from console.table.lint.finding import Finding
from console.table.test_file import TableTest
from console.ui.draft_report import REQUESTS_DECIDED, DraftReport
from console.ui.widgets.effect_lines import effect_lines, samples_shown
from console.ui.widgets.lines import BLANK, QUIET, Line, Part, line, titled

CHANGES_SHOWN = 12
FAILURES_SHOWN = 6
FINDINGS_SHOWN = 8
_WIDTH = 8


@dataclass(frozen=True)
class Mentioned:
    """A test, a finding, or a request by its id, that a report names."""

    what: TableTest | Finding | str

    @property
    def key(self) -> str:
        """What it is known by in the list."""
        if isinstance(self.what, str):
            return f"request {self.what}"
        if isinstance(self.what, Finding):
            return f"finding {self.what.code} {self.what.path} {self.what.message}"
        return f"test {self.what.line} {self.what.name}"


def report_lines(report: DraftReport | None) -> Iterator[Line]:
    """Return the report as far as it goes."""
    yield from _report(report, [], names_requests=False)


def report_items(report: DraftReport | None) -> tuple[list[Line], list[Mentioned]]:
    """Return the report with what can be gone to from it: the number of an item is its place."""
    things: list[Mentioned] = []
    return list(_report(report, things, names_requests=True)), things


def _report(
    report: DraftReport | None, things: list[Mentioned], *, names_requests: bool
) -> Iterator[Line]:
    if report is None:
        yield line(("No draft is begun: any edit of the rules begins one.", QUIET))
        return
    yield from changes_lines(report)
    yield BLANK
    yield _errors(report)
    yield from _tests(report, things)
    yield from _lint(report, things)
    yield BLANK
    if report.impact_trouble:
        yield line((report.impact_trouble, QUIET))
    elif report.errors == 0:
        first = len(things) if names_requests else None
        yield from effect_lines(report.impact, REQUESTS_DECIDED, has_log=True, first_item=first)
        things += [Mentioned(found) for found in samples_shown(report.impact)]


def changes_lines(report: DraftReport) -> Iterator[Line]:
    """Return what a draft changes, in words."""
    for place, sentence in enumerate(report.changes[:CHANGES_SHOWN]):
        yield titled("changes" if place == 0 else "", sentence, width=_WIDTH)
    yield from _more(len(report.changes) - CHANGES_SHOWN)
    if not report.changes:
        yield titled("changes", ("none", QUIET), width=_WIDTH)


def _errors(report: DraftReport) -> Line:
    if report.errors:
        s = "" if report.errors == 1 else "s"
        words = f"✗ {report.errors} error{s}: Problems in Rules says where. It cannot be saved so"
        return titled("errors", (words, "bold $outcome-error"), width=_WIDTH)
    return titled("errors", ("✓ none", "$outcome-ok"), width=_WIDTH)


def _tests(report: DraftReport, things: list[Mentioned]) -> Iterator[Line]:
    if report.errors:
        return
    if report.results is None:
        yield titled("tests", ("running …", QUIET), width=_WIDTH)
        return
    if not report.results:
        yield titled("tests", ("the table has none", QUIET), width=_WIDTH)
        return
    failed = report.failed
    if not failed:
        words = f"✓ all {len(report.results)} pass"
        yield titled("tests", (words, "$outcome-ok"), width=_WIDTH)
        return
    words = f"✗ {len(failed)} of {len(report.results)} do not pass"
    yield titled("tests", (words, "bold $outcome-error"), width=_WIDTH)
    for result in failed[:FAILURES_SHOWN]:
        told = f" · {result.message}"
        yield _item(len(things), (result.test.name, "bold"), (told, QUIET))
        things.append(Mentioned(result.test))
    yield from _more(len(failed) - FAILURES_SHOWN)


def _lint(report: DraftReport, things: list[Mentioned]) -> Iterator[Line]:
    if report.errors:
        return
    if report.findings is None:
        yield titled("lint", ("proving …", QUIET), width=_WIDTH)
        return
    told = [found for found in report.findings if found.severity != "note"]
    if not told:
        notes = len(report.findings)
        s = "" if notes == 1 else "s"
        words = "✓ no warning" + (f", {notes} note{s}" if notes else "")
        yield titled("lint", (words, "$outcome-ok"), width=_WIDTH)
        return
    s = "" if len(told) == 1 else "s"
    yield titled("lint", (f"! {len(told)} warning{s}", "bold $outcome-degraded"), width=_WIDTH)
    for found in told[:FINDINGS_SHOWN]:
        yield _item(len(things), found.message, (f"  [{found.code}]", QUIET))
        things.append(Mentioned(found))
    yield from _more(len(told) - FINDINGS_SHOWN)


def _item(number: int, *parts: Part) -> Line:
    return line(*parts, lead=" " * (_WIDTH + 1), item=number, head=True)


def _more(count: int) -> Iterator[Line]:
    if count > 0:
        yield titled("", (f"and {count} more", QUIET), width=_WIDTH)
