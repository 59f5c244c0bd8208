"""What every place of the console has in common: the header above, the keys below."""

from typing import cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

from console.ui.app import ConsoleApp
from console.ui.header import ConsoleHeader


class ConsoleScreen(Screen[None]):
    """A place of the console: give it `compose_body`, and `HELP` prose for the help screen."""

    @property
    def console(self) -> ConsoleApp:
        """The app, with the table in view and the log's news."""
        return cast(ConsoleApp, self.app)

    def compose(self) -> ComposeResult:
        """Header, the place itself, footer."""
        yield ConsoleHeader()
        yield from self.compose_body()
        yield Footer(show_command_palette=False)

    def compose_body(self) -> ComposeResult:
        """What stands between header and footer."""
        yield from ()
