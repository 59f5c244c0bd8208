"""What can be said of a draft, in lines: what it changes, whether it holds, what it would move."""

from collections.abc import Iterator

from console.ui.draft_report import REQUESTS_DECIDED, DraftReport
from console.ui.widgets.effect_lines import effect_lines
from console.ui.widgets.lines import BLANK, QUIET, Line, line, titled

CHANGES_SHOWN = 12
FAILURES_SHOWN = 6
FINDINGS_SHOWN = 8
_WIDTH = 8


def report_lines(report: DraftReport | None) -> Iterator[Line]:
    """Return the report as far as it goes."""
    if report is None:
        yield line(("No draft is begun: any edit of the rules begins one.", QUIET))
        return
    yield from changes_lines(report)
    yield BLANK
    yield _errors(report)
    yield from _tests(report)
    yield from _lint(report)
    yield BLANK
    if report.impact_trouble:
        yield line((report.impact_trouble, QUIET))
    elif report.errors == 0:
        yield from effect_lines(report.impact, REQUESTS_DECIDED, has_log=True)


def changes_lines(report: DraftReport) -> Iterator[Line]:
    """Return what a draft changes, in words."""
    for place, sentence in enumerate(report.changes[:CHANGES_SHOWN]):
        yield titled("changes" if place == 0 else "", sentence, width=_WIDTH)
    if len(report.changes) > CHANGES_SHOWN:
        more = f"and {len(report.changes) - CHANGES_SHOWN} more"
        yield titled("", (more, QUIET), width=_WIDTH)
    if not report.changes:
        yield titled("changes", ("none", QUIET), width=_WIDTH)


def _errors(report: DraftReport) -> Line:
    if report.errors:
        s = "" if report.errors == 1 else "s"
        words = f"✗ {report.errors} error{s}: ] shows where. It cannot be saved so"
        return titled("errors", (words, "bold $outcome-error"), width=_WIDTH)
    return titled("errors", ("✓ none", "$outcome-ok"), width=_WIDTH)


def _tests(report: DraftReport) -> Iterator[Line]:
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
        yield titled("", (result.test.name, "bold"), (told, QUIET), width=_WIDTH)


def _lint(report: DraftReport) -> Iterator[Line]:
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
        yield titled("", found.message, (f"  [{found.code}]", QUIET), width=_WIDTH)
