"""Asks for a moment, in the forms that filters take, and gives it back in Unix seconds."""

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from console.quantities import day, moment
from console.traffic.filters.moments import FORMS, moment_of
from console.ui.foreign_text import foreign
from console.ui.widgets.line_input import LineInput


class MomentDialog(ModalScreen[float | None]):
    """One line for the moment, and under it how it is understood; None where it was left."""

    HELP_TITLE = "Jump to a time"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="moment.leave", tooltip="Stay where you are"),
    ]

    def compose(self) -> ComposeResult:
        """A titled box with the line in it."""
        with Vertical(id="moment-box") as box:
            box.border_title = Content("Jump to a time")
            box.border_subtitle = Content("enter jumps · esc goes back")
            yield LineInput(id="moment-input", placeholder=FORMS)
            yield Static(Content.styled(f"{FORMS} · local time", "$quiet"), id="moment-told")

    @on(Input.Changed)
    def _look(self, event: Input.Changed) -> None:
        """Say how the line is understood."""
        text = event.value.strip()
        found = moment_of(text, time.time())
        if found is not None:
            told = foreign(f"{day(found)}, {moment(found)}", "$outcome-ok")
        else:
            told = Content.styled(f"Write {FORMS}.", "$outcome-error" if text else "$quiet")
        self.query_one("#moment-told", Static).update(told)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        found = moment_of(event.value.strip(), time.time())
        if found is not None:
            self.dismiss(found)
