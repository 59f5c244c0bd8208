"""The palette's search over the table and the log: rules, routes, models, and a request's id."""

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import Hit, Hits, Provider

from console.inert import inert
from console.traffic.filters.printing import term
from console.ui.foreign_text import foreign

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.ui.app import ConsoleApp

_REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{4,27}")
NAME_LIMIT = 80


class TableCommands(Provider):
    """Offers what the table in service names, and a request whose id was pasted."""

    async def search(self, query: str) -> Hits:
        """Yield what fits what was typed."""
        app = cast("ConsoleApp", self.app)
        wanted = query.strip()
        if _REQUEST_ID.fullmatch(wanted):
            show = partial(
                app.show_traffic, f"id:{wanted}*" if len(wanted) < 36 else f"id:{wanted}"
            )
            yield Hit(1.0, f"request: {wanted}", show, help="Show it in Traffic")
        matcher = self.matcher(query)
        for name, told, run in _named(app):
            shown = inert(name, limit=NAME_LIMIT)
            score = matcher.match(shown)
            if score > 0:
                # Not `matcher.highlight`, which would read a foreign name as markup.
                yield Hit(score, foreign(shown), run, shown, told)


def _named(app: "ConsoleApp") -> "Iterator[tuple[str, str, Callable[[], object]]]":
    table = app.table_in_view.table
    if table is None:
        return
    for rule in table.rules:
        yield f"rule: {rule.id}", "Show it in Rules", partial(app.show_rule, rule.id)
    for word, names in (
        ("route", table.routes),
        ("model", table.models),
        ("provider", table.providers),
        ("task", table.tasks),
    ):
        for name in names:
            text = term(word, name)
            yield f"{word}: {name}", "Show its requests", partial(app.show_traffic, text)
