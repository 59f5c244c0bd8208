"""What is wrong with a table, each problem at its place in the text, with what shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
from textual.content import Content

from console.table.lint.finding import Finding
from console.table.problems import Problem, Severity
from console.ui.foreign_text import foreign
from console.ui.problems_in_view import Told
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

_BLOCKING = {"same-as-default": "the same way by: "}
"""What the rules named with a finding do to it; of the other codes they cover it."""

REQUEST_SHOWN = 400
"""Characters of a request on its line, of which most are cut off anyway."""


def problem_lines(told: Sequence[Told]) -> tuple[list[Line], list[Told]]:
    """Return problems with the lines around them, and what the numbers of their items stand for.

    The requests that show a finding are items of their own.
    """
    lines: list[Line] = []
    things: list[Told] = []
    for one in told[:MOST_TOLD]:
        lines += _problem(one, len(things))
        things.append(one)
        for witness in one.problem.witnesses if isinstance(one.problem, Finding) else ():
            request = msgspec.json.encode(witness.request).decode()[:REQUEST_SHOWN]
            shown = say((f"{witness.says}: ", QUIET), request)
            lines.append(Line(Content("  "), shown, len(things), head=True, wraps=False))
            things.append(replace(one, witness=witness))
        lines.append(BLANK)
    if len(told) > MOST_TOLD:
        lines.append(line((f"… and {len(told) - MOST_TOLD:,} more", QUIET)))
    return lines, things


def _problem(one: Told, number: int) -> Iterator[Line]:
    problem, file = one.problem, one.file
    sign, style = SEVERITY_SIGNS[problem.severity]
    place = f"{file.name}:{problem.line}:{problem.column}"
    code = f"  [{problem.code}]" if isinstance(problem, Finding) else ""
    where = f"{place}  ", "bold"
    yield Line(
        Content(""),
        say((f"{sign:<10}", style), where, (problem.path, QUIET), (code, QUIET)),
        number,
        head=True,
    )
    yield line(problem.message, lead="  ", item=number)
    if problem.hint:
        yield line(problem.hint, lead=Content.styled("  hint: ", QUIET), item=number)
    if isinstance(problem, Finding) and problem.blocking:
        names = ", ".join(problem.blocking)
        how = _BLOCKING.get(problem.code, "covered by: ")
        yield line(names, lead=Content.styled(f"  {how}", QUIET), item=number)
    if file.text is not None:
        yield from _lines_around(problem, file.text, number)


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
