"""The table in order as rows of a list: rules, then what takes the requests no rule takes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from textual.content import Content

from console.routing.words import when_words
from console.table.model import Rule, Table
from console.ui.foreign_text import foreign
from console.ui.rule_hits import RuleHits
from console.ui.theme import route_style
from console.ui.widgets.lines import QUIET, line, say

LONGEST_ID = 28
LONGEST_TARGET = 30
SHOWN_CONDITION = 400
HITS_WIDTH, NUMBER_WIDTH = 10, 4

Cells = tuple[str, Content, Content, Content, str]
"""Number, name, condition, target and hits of a row."""

Item = Rule | str | None
"""What a row is about: a rule, the name of a task, or None for the default route."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths, in cells, that the rows of one table share."""

    name: int
    target: int

    @classmethod
    def of(cls, table: Table) -> "Columns":
        """Return the widths that a table's names ask for."""
        names = [len(rule.id) for rule in table.rules] + [len(task) + 5 for task in table.tasks]
        routes = [len(route) + 2 for route in table.routes]
        routes += [
            len(table.tasks[rule.task].route if rule.route is None else rule.route)
            + len(rule.task)
            + 6
            for rule in table.rules
            if rule.task is not None and (rule.route is not None or rule.task in table.tasks)
        ]
        return cls(
            min(max(names, default=8), LONGEST_ID), min(max(routes, default=8), LONGEST_TARGET)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells of fixed width, and a condition that gets what room is left.

    `about` makes the cells number, name, condition, target and hits; it is called when the row
    comes into view, since a table may have a thousand.
    """

    columns: Columns
    about: Callable[[], Cells]
    item: int | None = None
    quiet: bool = False

    @property
    def head(self) -> bool:
        """Whether the row shows the cursor: all but the heading."""
        return self.item is not None

    def height(self, width: int) -> int:  # noqa: ARG002
        """Return 1: a row never wraps."""
        return 1

    def rows(self, width: int) -> list[Content]:
        """Return the row in `width` cells; where it is narrow, every cell gives way."""
        room = max(width - NUMBER_WIDTH - HITS_WIDTH - 3, 0)
        name_width = min(self.columns.name, max(room * 3 // 10, 8))
        target_width = min(self.columns.target, max(room * 3 // 10, 8))
        number, name, condition, target, hits = self.about()
        cells = Content(" ").join(
            [
                Content.styled(f"{number:>{NUMBER_WIDTH - 1}}", QUIET),
                _cell(name, name_width),
                _cell(condition, max(room - name_width - target_width, 0)),
                _cell(target, target_width),
                Content(f"{hits:>{HITS_WIDTH}}"),
            ]
        )
        return [cells.stylize(QUIET) if self.quiet else cells]


def items_of(table: Table) -> list[Item]:
    """Return what the rows of a table are about, in their order: their numbers are the items."""
    return [*table.rules, *table.tasks, None]


def heading(columns: Columns) -> Row:
    """Return the row of column names."""
    name, condition, target = (Content.styled(word, "bold") for word in ("rule", "when", "→ route"))
    return Row(columns, lambda: ("#", name, condition, target, "hits share"), quiet=True)


def table_rows(table: Table, hits: RuleHits) -> list[Row]:
    """Return a row for each rule, each task's default, and the default route."""
    columns = Columns.of(table)
    routes = {name: index for index, name in enumerate(table.routes)}
    no_rule = Row(columns, partial(_no_rule_cells, hits), quiet=True)
    rows: list[Row] = []
    for item, about in enumerate(items_of(table)):
        if isinstance(about, Rule):
            cells = partial(_rule_cells, item + 1, about, table, routes, hits)
            rows.append(Row(columns, cells, item, quiet=not about.enabled))
        elif about is not None:
            if item == len(table.rules):
                rows.append(no_rule)
            rows.append(Row(columns, partial(_task_cells, about, table, routes), item))
        else:
            if not table.tasks:
                rows.append(no_rule)
            rows.append(Row(columns, partial(_default_cells, table, routes), item))
    return rows


def _rule_cells(
    number: int, rule: Rule, table: Table, routes: dict[str, int], hits: RuleHits
) -> Cells:
    words = foreign(when_words(rule.when), limit=SHOWN_CONDITION)
    return (
        str(number),
        foreign(rule.id, "bold" if rule.enabled else ""),
        words if rule.enabled else say(("– disabled: ", "bold"), words),
        _target(rule.route or table.tasks[rule.task or ""].route, rule.task, routes),
        _hits_cell(hits, rule.id),
    )


def _task_cells(task: str, table: Table, routes: dict[str, int]) -> Cells:
    route = _target(table.tasks[task].route, None, routes)
    return ("", say(("task ", QUIET), task), say(("is declared", QUIET)), route, "")


def _default_cells(table: Table, routes: dict[str, int]) -> Cells:
    words = say(("no task of the table is declared", QUIET))
    route = _target(table.default, None, routes)
    return ("", say(("default", QUIET)), words, route, "")


def _no_rule_cells(hits: RuleHits) -> Cells:
    """What the rows below share: the log counts together what no rule took."""
    return ("", say("no rule"), say("holds, and then:"), Content(""), _hits_cell(hits, None))


def _hits_cell(hits: RuleHits, rule: str | None) -> str:
    return f"{hits.count_words(rule):>4} {hits.share_words(rule):>5}"


def _target(route: str, task: str | None, routes: dict[str, int]) -> Content:
    """Where a row leads: its route in the route's colour, and the task it sets, if it does."""
    led = foreign(f"→ {route}", route_style(routes.get(route)))
    return led if task is None else say(led, (f" as {task}", QUIET))


def _cell(content: Content, width: int) -> Content:
    length = content.cell_length
    if length > width:
        return content.truncate(width, ellipsis=True) if width > 0 else Content("")
    return content.pad_right(width - length)


def summary(table: Table, hits: RuleHits) -> Content:
    """Say how many requests no rule took, and how many went by rules that are gone."""
    if not hits.known:
        return say(("hits unknown: no log", QUIET))
    parts = [f"{hits.total:,} requests in the last hour"]
    strangers = hits.strangers({rule.id for rule in table.rules})
    if strangers:
        parts.append(f"{strangers:,} by rules not in this table")
    return line(", ".join(parts)).body
