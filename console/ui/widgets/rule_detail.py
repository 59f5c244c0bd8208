"""One rule, task or default route in full: why it is there, what it asks, where it leads."""

from collections.abc import Iterator

from textual.content import Content

from console.routing.words import when_words
from console.table.load import Loaded
from console.table.model import Rule, Table, Task
from console.ui.rule_hits import RuleHits
from console.ui.theme import route_style
from console.ui.widgets.lines import BLANK, QUIET, Line, line, say, titled
from console.ui.widgets.rule_rows import Item
from console.ui.yaml_excerpt import Excerpt, excerpt_of


def detail_lines(
    item: Item, table: Table, loaded: Loaded | None, hits: RuleHits, what: str = "file"
) -> list[Line]:
    """Return everything the table says of one row.

    `loaded` is the file, or `what` else the table was read from; None where that has changed since.
    """
    if isinstance(item, Rule):
        lines = [*_rule_lines(item, table, hits)]
        path = f"rules[{table.rules.index(item)}]"
    elif item is not None:
        lines = [*_task_lines(item, table.tasks[item], table)]
        path = f"tasks.{item}"
    else:
        lines = [*_default_lines(table, hits)]
        path = "default"
    return [*lines, BLANK, *_source_lines(path, loaded, what)]


def source_lines(excerpt: Excerpt, marked: int | None = None) -> Iterator[Line]:
    """Return lines of a file with their numbers; the line numbered `marked` stands out."""
    width = len(str(excerpt.first + len(excerpt.lines)))
    for number, text in enumerate(excerpt.lines, start=excerpt.first):
        style = "bold $outcome-error" if number == marked else QUIET
        yield line(text.replace("\t", "    "), lead=say((f"{number:>{width}}  ", style)))


def _source_lines(path: str, loaded: Loaded | None, what: str) -> Iterator[Line]:
    excerpt = excerpt_of(loaded.text, loaded.places, path) if loaded is not None else None
    if excerpt is None:
        words = f"Its lines cannot be shown: the {what} has changed and has errors."
        yield line((words, QUIET))
    else:
        yield from source_lines(excerpt)


def _rule_lines(rule: Rule, table: Table, hits: RuleHits) -> Iterator[Line]:
    number = table.rules.index(rule) + 1
    state = "" if rule.enabled else ", disabled"
    yield titled(
        "rule", (rule.id, "bold"), (f"  number {number} of {len(table.rules)}{state}", QUIET)
    )
    yield titled("because", rule.because)
    yield titled("when", when_words(rule.when))
    if rule.task is not None:
        yield titled("task", f"becomes {rule.task}")
    yield titled("route", *_route_parts(rule.route or table.tasks[rule.task or ""].route, table))
    yield titled("hits", _hits_words(rule.id, hits))


def _task_lines(name: str, task: Task, table: Table) -> Iterator[Line]:
    yield titled("task", (name, "bold"), (f"  owner {task.owner}" if task.owner else "", QUIET))
    if task.description:
        yield titled("about", task.description)
    yield titled("route", *_route_parts(task.route, table))
    yield titled("hits", "", ("counted together with the default route's", QUIET))


def _default_lines(table: Table, hits: RuleHits) -> Iterator[Line]:
    yield titled("default", ("takes what no rule and no task takes", "bold"))
    yield titled("route", *_route_parts(table.default, table))
    words = "" if hits.of(None) is None else ", with the tasks' defaults"
    yield titled("hits", _hits_words(None, hits), (words, QUIET))


def _route_parts(route: str, table: Table) -> tuple[tuple[str, str], tuple[str, str]]:
    description = table.routes[route].description
    style = route_style(list(table.routes).index(route))
    return (f"→ {route}", f"bold {style}"), (f"  {description}", QUIET)


def _hits_words(rule: str | None, hits: RuleHits) -> Content:
    found = hits.of(rule)
    if found is None:
        return say(("unknown: there is no log to count them in", QUIET))
    return say(
        f"{found:,} in the last hour", (f", {hits.share_words(rule)} of {hits.total:,}", QUIET)
    )
