"""The console's places, each loaded only once it is gone to: a start should not wait for them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.command import Provider


def _traffic() -> Screen[None]:
    from console.ui.screens.traffic import TrafficScreen

    return TrafficScreen()


def _routes() -> Screen[None]:
    from console.ui.screens.routes import RoutesScreen

    return RoutesScreen()


def _rules() -> Screen[None]:
    from console.ui.screens.rules import RulesScreen

    return RulesScreen()


def _preview() -> Screen[None]:
    from console.ui.screens.preview import PreviewScreen

    return PreviewScreen()


def _tests() -> Screen[None]:
    from console.ui.screens.tests import TestsScreen

    return TestsScreen()


def _history() -> Screen[None]:
    from console.ui.screens.history import HistoryScreen

    return HistoryScreen()


PLACES: dict[str, str | Callable[[], Screen[Any]]] = {
    "traffic": _traffic,
    "routes": _routes,
    "rules": _rules,
    "preview": _preview,
    "tests": _tests,
    "history": _history,
}
"""What makes each place, by the name of its mode."""


def table_commands() -> "type[Provider]":
    """Return the commands of the table, for the palette."""
    from console.ui.table_commands import TableCommands

    return TableCommands
