"""The pane of the list: its title, the column titles, the list, or why there is nothing to list."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.ui.log_feed import LogNews
from console.ui.traffic_columns import heading
from console.ui.traffic_window import TrafficWindow
from console.ui.widgets.list_title import ListTitle
from console.ui.widgets.log_trouble import LogTrouble, empty_text, no_log_text, problem_text
from console.ui.widgets.traffic_list import TrafficList


class Heading(Static):
    """The column titles, for the width there is."""

    def on_resize(self) -> None:
        """Other columns fit now."""
        self.update(heading(self.size.width))


class ListPane(Vertical):
    """The traffic list with all that stands around it."""

    def __init__(self, window: TrafficWindow, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._window = window

    def compose(self) -> ComposeResult:
        """Title, column titles, and the list or the trouble in its place."""
        yield ListTitle(id="list-title")
        yield Heading(id="list-heading")
        yield TrafficList(self._window, id="traffic-list")
        yield LogTrouble(id="log-trouble")

    def show_state(self, has_log: bool, news: LogNews) -> None:
        """Bring the title, and what stands in place of the list, up to date."""
        empty = not self._window.rows
        trouble = news.problem.message if news.problem is not None and not empty else None
        self.query_one(ListTitle).show(self._window, _why_nothing(has_log, news), trouble)
        self.set_class(empty, "-no-rows")
        if empty:
            self._show_trouble(has_log, news)

    def _show_trouble(self, has_log: bool, news: LogNews) -> None:
        panel = self.query_one(LogTrouble)
        if not has_log:
            panel.say(no_log_text())
        elif news.problem is not None:
            panel.say(problem_text(news.problem))
        elif news.looked_at is not None:
            panel.say(empty_text(news.gateways, news.looked_at))
        else:
            panel.say(Content(""))


def _why_nothing(has_log: bool, news: LogNews) -> str:
    if not has_log:
        return "no log"
    if news.problem is not None:
        return "waiting for the log"
    return "opening the log …" if news.looked_at is None else "no requests yet"
