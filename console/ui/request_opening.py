"""Goes to one request, by its id, from wherever the console names it."""

from console.traffic.filters.printing import term
from console.ui.app import ConsoleApp
from console.ui.screens.traffic import TrafficScreen
from console.ui.widgets.traffic_list import TrafficList


async def open_request(console: ConsoleApp, request_id: str) -> None:
    """Open Traffic on that request alone, with its detail; `esc` there leads on to the others."""
    console.show_traffic(term("id", request_id))
    await console.switch_mode("traffic")
    screen = console.screen
    if isinstance(screen, TrafficScreen):
        # Behind the filter in the screen's own queue: applying one closes a detail.
        screen.pane.list.post_message(TrafficList.Opened(request_id))
