"""What every place of the console has in common: the header above, the keys below."""

from collections.abc import Mapping
from typing import Any, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

from console.routing.facts import Facts
from console.ui.app import ConsoleApp
from console.ui.header import ConsoleHeader


class ConsoleScreen(Screen[None]):
    """A place of the console: give it `compose_body`, and `HELP` prose for the help screen."""

    @property
    def console(self) -> ConsoleApp:
        """The app, with the table in view and the log's news."""
        return cast(ConsoleApp, self.app)

    def facts_of(self, request: Mapping[str, Any]) -> Facts | None:
        """Return the facts of a request as tests write it; None, and told, where it has none."""
        from console.routing.request_file import RequestError, read_request

        try:
            return read_request(request).facts
        except RequestError as error:
            self.console.tell(str(error), "warning")
            return None

    def compose(self) -> ComposeResult:
        """Header, the place itself, footer."""
        yield ConsoleHeader()
        yield from self.compose_body()
        yield Footer(show_command_palette=False)

    def compose_body(self) -> ComposeResult:
        """What stands between header and footer."""
        yield from ()
