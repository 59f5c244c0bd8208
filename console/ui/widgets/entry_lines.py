"""What stands below an entry under edit, as lines: what is wrong with it, which names are known."""

from collections.abc import Sequence

from console.table.form.document import EntryDocument
from console.table.problems import Problem
from console.ui.widgets.lines import QUIET, Line, line

TOLD = 6
"""Problems told; the count tells of more."""

NAMES_TOLD = 12


def entry_problem_lines(
    document: EntryDocument, problems: Sequence[Problem], refusal: str
) -> list[Line]:
    """Return the first problems, by the entry's own lines; or why its lines are refused."""
    if refusal:
        return [line((refusal, "$outcome-error"))]
    told = [_one(document, problem) for problem in problems[:TOLD]]
    if len(problems) > TOLD:
        told.append(line((f"and {len(problems) - TOLD} more", QUIET)))
    if document.trouble:
        told.append(line(("The form waits until the YAML can be read again.", QUIET)))
    return told or [line(("✓ It can be read.", "$outcome-ok"))]


def _one(document: EntryDocument, problem: Problem) -> Line:
    if not document.is_about(problem):
        where = f"elsewhere, line {problem.line} of the file: "
        return line((where, "bold"), (problem.message, "$outcome-error"))
    return line(
        (f"line {problem.line - document.first_line + 1}: ", "bold"),
        (problem.message, "$outcome-error" if problem.is_error else "$outcome-degraded"),
        (f"  {problem.hint or ''}", QUIET),
    )


def known_name_lines(names: Sequence[str]) -> list[Line]:
    """Return one line with the first names that may be typed, none where there are none."""
    if not names:
        return []
    more = len(names) - NAMES_TOLD
    others = (f" and {more} more" if more > 0 else "", QUIET)
    return [line(("known: ", QUIET), " · ".join(names[:NAMES_TOLD]), others)]
