"""The line above the traffic list: following or paused, what is shown, and how much is new."""

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message

from console.quantities import day
from console.ui.foreign_text import foreign
from console.ui.traffic_window import TrafficWindow
from console.ui.widgets.state_text import StateText


class NewRows(StateText):
    """How many requests came since the list was paused; a click follows them."""

    @dataclass
    class FollowWanted(Message):
        """It was clicked."""

    def on_click(self, event: events.Click) -> None:
        """Follow what is new."""
        event.stop()
        self.post_message(self.FollowWanted())


class ListTitle(Horizontal):
    """Says truthfully what the list shows."""

    def compose(self) -> ComposeResult:
        """State to the left, the sign of new rows to the right."""
        yield StateText(id="list-state")
        yield NewRows(id="new-rows")

    def show(
        self,
        window: TrafficWindow,
        nothing: str,
        trouble: str | None,
        *,
        log_size: int | None = None,
        asked: str = "",
        search: str = "",
    ) -> None:
        """Tell the state of a window on a log of `log_size` requests.

        `nothing` says why it has no rows, when it has none; `trouble` why it gets no new ones;
        `asked` is the filter, and `search` says how far a long search for it has come.
        """
        self.set_class(not window.following, "-paused")
        row = window.cursor_row
        beside = foreign(day(row.ts_start), "$quiet") if row is not None else Content("")
        if trouble is not None:
            beside = foreign(trouble, "bold $outcome-error", limit=200)
        state = Content(window.title(log_size) if window.rows else nothing)
        if asked:
            state += foreign(f" · {asked}", "bold $accent", limit=200)
        if search:
            state += Content.styled(f" · {search}", "$quiet")
        self.query_one("#list-state", StateText).say(state + "  " + beside)
        chip = self.query_one(NewRows)
        chip.display = window.arrived > 0
        chip.say(Content(f" +{window.arrived:,} new · G follows "))
