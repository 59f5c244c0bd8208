"""The commands the palette finds by name: `area: verb`, and only those that make sense here."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from console.ui.header import PLACES
from console.ui.theme import THEME_CYCLE

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp

ABOUT = {
    "traffic": "Live requests, and why each went where it went",
    "routes": "How each route fares, against the time before",
    "rules": "The table in order, with its problems",
    "preview": "Where a prompt would go, and why",
    "tests": "The table's tests, and what they cover",
    "history": "The versions of the table, and the way back",
}


def commands_of(app: "ConsoleApp", screen: Screen[object]) -> Iterator[SystemCommand]:
    """Return the commands for the screen in front."""
    for mode, _, name in PLACES:
        if mode != app.current_mode:
            yield SystemCommand(f"go: {name}", ABOUT[mode], partial(app.switch_mode, mode))
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id and active.enabled and active.node is screen and binding.description:
            area, _, _ = binding.id.partition(".")
            yield SystemCommand(
                f"{area}: {binding.description}",
                binding.tooltip or binding.description,
                partial(screen.run_action, binding.action),
            )
    for name in THEME_CYCLE:
        if name != app.theme:
            yield SystemCommand(f"theme: {name}", "Change the colours", partial(_wear, app, name))
    yield SystemCommand("help: Keys", "The keys of where you are", app.action_help)
    yield SystemCommand("table: Read again", "Read the table's file now", app.look_at_table_again)
    yield SystemCommand("console: Quit", "Leave the console", app.action_quit)


def _wear(app: "ConsoleApp", name: str) -> None:
    app.theme = name
