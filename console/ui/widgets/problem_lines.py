"""What is wrong with a table's file, each problem at its place in the text."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from console.table.problems import Problem, Severity
from console.ui.foreign_text import foreign
from console.ui.widgets.lines import BLANK, QUIET, Line, line, say
from console.ui.widgets.rule_detail import source_lines
from console.ui.yaml_excerpt import Excerpt, excerpt_around

SEVERITY_SIGNS: dict[Severity, tuple[str, str]] = {
    "error": ("✗ error", "bold $outcome-error"),
    "warning": ("! warning", "bold $outcome-degraded"),
    "note": ("· note", "$outcome-in-flight"),
}
AROUND = 2
"""Lines of the file shown before and after a problem."""

MOST_TOLD = 200
"""Problems told one by one; a file with more has one cause."""


def problem_lines(problems: Sequence[Problem], text: str | None, file_name: str) -> Iterator[Line]:
    """Return problems with the lines around them; a problem's number is its item.

    `text` is the file's, None where it is not at hand.
    """
    for number, problem in enumerate(problems[:MOST_TOLD]):
        sign, style = SEVERITY_SIGNS[problem.severity]
        place = f"{file_name}:{problem.line}:{problem.column}"
        head = say((f"{sign:<10}", style), (f"{place}  ", "bold"), (problem.path, QUIET))
        yield Line(Content(""), head, number, head=True)
        yield line(problem.message, lead="  ", item=number)
        if problem.hint:
            yield line(problem.hint, lead=Content.styled("  hint: ", QUIET), item=number)
        if text is not None:
            yield from _lines_around(problem, text, number)
        yield BLANK
    if len(problems) > MOST_TOLD:
        yield line((f"… and {len(problems) - MOST_TOLD:,} more", QUIET))


def _lines_around(problem: Problem, text: str, item: int) -> Iterator[Line]:
    excerpt = excerpt_around(text, problem.line, AROUND)
    number_width = len(str(excerpt.first + len(excerpt.lines)))
    for offset, shown in enumerate(source_lines(excerpt, problem.line)):
        number = excerpt.first + offset
        yield Line(Content("  ") + shown.lead, shown.body, item, wraps=False)
        if number == problem.line:
            yield _caret(excerpt, offset, problem.column, number_width, item)


def _caret(excerpt: Excerpt, offset: int, column: int, number_width: int, item: int) -> Line:
    """A mark under the column a problem names, counted in what the line looks like."""
    before = excerpt.lines[offset][: max(column - 1, 0)].replace("\t", "    ")
    indent = foreign(before).cell_length + number_width + 4
    return Line(
        Content(" " * indent), Content.styled("▲", "bold $outcome-error"), item, wraps=False
    )
