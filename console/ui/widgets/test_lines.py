"""The tests of a table in lines: what came of each, what became of one, and what all cover."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.content import Content

from console.routing.table_tests import SeenCondition, TestResult
from console.ui.tests_run import Ran, TestsRun
from console.ui.widgets.lines import BLANK, QUIET, Line, line, say, titled

_SIGNS = {
    "PASS": ("✓", "$outcome-ok"),
    "FAIL": ("✗", "bold $outcome-error"),
    "ERROR": ("!", "bold $outcome-degraded"),
}
_DRAFT, _SERVED, _ALONE = "draft", "in service", "result"
_WIDTH = 10


@dataclass(frozen=True)
class Covered:
    """A rule or a task's default (`kind` tells which) of the list of what the tests cover."""

    kind: str
    name: str

    @property
    def key(self) -> str:
        """What it is known by in the list."""
        return f"{self.kind} {self.name}"


def summary(run: TestsRun) -> str:
    """Say how many tests pass by each table, and how much they cover."""
    if run.draft is not None:
        words = f"draft: {run.draft.summary}"
        words += f" · in service: {run.served.summary}" if run.served is not None else ""
    else:
        words = run.served.summary if run.served is not None else ""
    if run.coverage is not None:
        total = len(run.coverage.covered) + len(run.coverage.missing)
        words += f" · coverage {100 * len(run.coverage.covered) // max(total, 1)} %"
    return words


def list_lines(run: TestsRun) -> Iterator[Line]:
    """Return the tests, each with a sign a table; the number of an item is its place in order."""
    if run.trouble:
        yield line((run.trouble, QUIET))
    if run.state:
        yield line((run.state, "bold $outcome-degraded"))
    for problem in run.problems:
        yield line((f"line {problem.line}: {problem.message}", "bold $outcome-error"))
    has_two = run.draft is not None and run.served is not None
    if has_two:
        yield line((f"{_DRAFT}  {_SERVED}", QUIET), wraps=False)
    for place, ran in enumerate(run.in_order):
        if has_two and ran.draft is not None and ran.served is not None:
            lead = say(_sign(ran.draft), " " * (len(_DRAFT) + 1), _sign(ran.served))
            lead = lead.pad_right(len(_SERVED) + 1)
        else:
            lead = say(_sign(ran.draft or ran.served), " ")
        name = (ran.test.name, "" if ran.passes else "bold")
        yield line(name, lead=lead, item=place, head=True, wraps=False)


def _sign(result: TestResult | None) -> tuple[str, str]:
    return _SIGNS[result.outcome] if result is not None else (" ", "")


def detail_lines(ran: Ran) -> Iterator[Line]:
    """Return what one test expects, what came of it by each table, and where it turned."""
    yield line((ran.test.name, "bold"), (f"  line {ran.test.line}", QUIET))
    expected = ", ".join(
        f"{key} {'none' if value is None else value}" for key, value in ran.test.expect.items()
    )
    yield titled("expects", expected, width=_WIDTH)
    is_alone = ran.draft is None or ran.served is None
    for word, result in ((_DRAFT, ran.draft), (_SERVED, ran.served)):
        if result is not None:
            sign, style = _SIGNS[result.outcome]
            words = result.message or "passes"
            yield titled(_ALONE if is_alone else word, (f"{sign} {words}", style), width=_WIDTH)
            if result.turn:
                yield titled("", (result.turn, QUIET), width=_WIDTH)


def coverage_lines(run: TestsRun) -> tuple[list[Line], list[Covered]]:
    """Return each rule and task default, those that lack something first, with its conditions.

    And what they are: the number of an item is its place among them.
    """
    if run.coverage is None:
        return [], []
    conditions: dict[str, list[SeenCondition]] = defaultdict(list)
    for each in run.conditions.conditions if run.conditions is not None else ():
        conditions[each.rule].append(each)
    missing = set(run.coverage.missing)

    def lacks(end: str) -> bool:
        kind, _, name = end.partition(" ")
        of = conditions.get(name, ()) if kind == "rule" else ()
        return end in missing or not all(each.true and each.false for each in of)

    lines = [*_head(run), BLANK]
    things: list[Covered] = []
    for end in sorted(_ends(run), key=lambda end: not lacks(end)):
        thing = Covered(*end.split(" ", 1))
        of = conditions.get(thing.name, []) if thing.kind == "rule" else []
        lines += _covered(thing, end not in missing, of, len(things))
        things.append(thing)
    return lines, things


def _ends(run: TestsRun) -> Iterable[str]:
    """Return the rules and the task defaults in the order of the table."""
    assert run.shown is not None
    table = run.shown.router.table
    yield from (f"rule {rule.id}" for rule in table.rules if rule.enabled)
    yield from (f"task {task}" for task in table.tasks)


def _head(run: TestsRun) -> Iterator[Line]:
    assert run.coverage is not None
    covered, missing = len(run.coverage.covered), len(run.coverage.missing)
    if missing:
        words = f"{missing} of {covered + missing} rules and task defaults: no test ends in them"
        yield line((words, "bold"))
    else:
        words = "✓ every enabled rule and task default has a test that ends in it"
        yield line((words, "$outcome-ok"))
    found = run.conditions
    if found is None:
        yield line(("putting each test to every rule …", QUIET))
    elif found.total:
        yield line(f"{found.seen} of {found.total} conditions were seen both true and false")


def _covered(
    thing: Covered, is_covered: bool, conditions: list[SeenCondition], item: int
) -> Iterator[Line]:
    lead = Content.styled("" if thing.kind == "rule" else "task ", QUIET)
    told = ("", "") if is_covered else ("  no test ends here", "$outcome-degraded")
    yield line((thing.name, "bold"), told, lead=lead, item=item, head=True, wraps=False)
    for each in conditions:
        lead = say("  ", _seen("true", each.true), " ", _seen("false", each.false), "  ")
        yield line((each.wanted, QUIET), lead=lead, item=item, wraps=False)


def _seen(word: str, was_seen: bool) -> tuple[str, str]:
    return (f"✓ {word}", "$outcome-ok") if was_seen else (f"✗ {word}", "$outcome-degraded")
