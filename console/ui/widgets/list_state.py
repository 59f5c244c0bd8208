"""Why the traffic list is empty, in its title and in its place; and how far a search has come."""

from typing import NamedTuple

from textual.content import Content

from console.ui.log_feed import LogNews
from console.ui.widgets.log_trouble import (
    empty_text,
    no_log_text,
    nothing_selected_text,
    problem_text,
)


class Nothing(NamedTuple):
    """What is said where there is nothing to list."""

    title: str
    told: Content


def nothing_listed(has_log: bool, news: LogNews, asked: str, search: str) -> Nothing:
    """Say why nothing is listed: `asked` is the filter, `search` how far it was looked for."""
    if not has_log:
        return Nothing("no log", no_log_text())
    if news.problem is not None:
        return Nothing("waiting for the log", problem_text(news.problem))
    if news.looked_at is None:
        return Nothing("opening the log …", Content(""))
    if asked and news.size:
        return Nothing(f"none of {news.size:,}", nothing_selected_text(asked, search))
    return Nothing("no requests yet", empty_text(news.gateways, news.looked_at))


def words_of_search(reached: int, log_size: int | None) -> str:
    """Return how far a search has come, by the number of the request it has reached."""
    return f"searching, at request {reached:,}" + (f" of {log_size:,}" if log_size else "")
