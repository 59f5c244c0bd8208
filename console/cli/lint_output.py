"""Findings of lint as lines for people: like problems, with the requests that show them below."""

from collections.abc import Sequence
from pathlib import Path

from console.cli.output import Paint, json_line, say
from console.cli.problems_output import say_problems
from console.table.lint.finding import Finding
from console.table.lint.pages import PAGES

MOST_SHOWN = 400
"""Characters of a request on one line; a phrase may be long."""


def say_findings(paths: dict[str, Path], findings: Sequence[Finding], paint: Paint) -> None:
    """Print findings on standard output, those that a comment silences left out.

    `paths` has the file of each `Finding.document`.
    """
    for found in findings:
        if found.ignored is None:
            say_problems(paths[found.document], [found], paint)
            for witness in found.witnesses:
                request = json_line(witness.request)
                shown = paint("dim", f"{witness.says}: {request}", limit=MOST_SHOWN)
                say(f"    {shown}")


def summary(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity, such as `2 warnings, 5 notes`."""
    told = [found for found in findings if found.ignored is None]
    words = []
    for severity in ("error", "warning", "note"):
        count = sum(found.severity == severity for found in told)
        if count:
            words.append(f"{count} {severity}{'s' if count != 1 else ''}")
    silenced = len(findings) - len(told)
    if silenced:
        words.append(f"{silenced} silenced")
    return ", ".join(words)


def say_page(code: str, paint: Paint) -> None:
    """Print the page section of a code of lint. Raises KeyError for another code."""
    page = PAGES[code]
    say(f"{paint('bold', code)} ({page.severity}): {page.title}")
    say()
    say(page.text)
