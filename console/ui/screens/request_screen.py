"""What can be done with a request wherever one is shown: take its id, take its provider out."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.traffic.records import RequestRow
from console.ui.console_screen import ConsoleScreen


class RequestScreen(ConsoleScreen):
    """A place where one request is meant; give it `row_meant`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y",
            "copy_id",
            "Copy id",
            show=False,
            id="traffic.copy",
            tooltip="Copy the request's id (OSC 52)",
        ),
        Binding(
            "d",
            "act",
            "Drain",
            show=False,
            id="traffic.act",
            tooltip="Take the request's provider or model out of use for a while",
        ),
    ]

    def row_meant(self) -> RequestRow | None:
        """Return the request that is meant, None where there is none."""
        raise NotImplementedError

    def action_copy_id(self) -> None:
        """Copy the id of the request that is meant."""
        row = self.row_meant()
        if row is None:
            self.console.tell("There is no request to copy the id of.", "warning")
        else:
            self.console.copy(row.request_id, "request id")

    def action_act(self) -> None:
        """Ask for an override, beginning with the provider of the request."""
        row = self.row_meant()
        provider = row.provider_name if row is not None else None
        self.console.act(f"provider:{provider}" if provider else "")
