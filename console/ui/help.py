"""Help: the keys of where you are, taken from the keys themselves, and a few lines on the panes."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Markdown

from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.lines import Line, titled

KEY_WIDTH = 18


def prose_of(screen: Screen[object]) -> list[str]:
    """Return what the panes from the focus outwards, or else all, say of themselves."""
    told = [pane.HELP for pane in _panes(screen) if pane.HELP]
    return list(dict.fromkeys(told))


def _panes(screen: Screen[object]) -> Iterator[Widget]:
    focused: DOMNode | None = screen.focused
    while isinstance(focused, Widget):
        yield focused
        focused = focused.parent
    yield from screen.query("*").results(Widget) if screen.focused is None else ()


def key_lines(screen: Screen[object]) -> list[Line]:
    """Return one line for each action that a key does here, innermost pane first."""
    keys: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.system or not binding.description:
            continue
        action = f"{binding.id or binding.action}"
        keys.setdefault(action, []).append(screen.app.get_key_display(binding))
        told = active.tooltip or binding.tooltip
        words[action] = binding.description + (f": {told}" if told else "")
    return [titled(" ".join(keys[action]), words[action], width=KEY_WIDTH) for action in keys]


class HelpScreen(ModalScreen[None]):
    """The keys of the screen below, and what its panes are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,question_mark,f1",
            "dismiss",
            "Close",
            id="help.close",
            tooltip="Back to where you were",
        ),
        Binding("j,down", "scroll(1)", "Down", show=False, id="help.down", tooltip="One line down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="help.up", tooltip="One line up"),
    ]

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._title = getattr(about, "HELP_TITLE", "")
        self._prose = prose_of(about)
        self._keys = key_lines(about)

    def compose(self) -> ComposeResult:
        """A title, the prose, the keys."""
        with VerticalScroll(id="help-box") as box:
            box.border_title = Content(f"Help · {self._title}" if self._title else "Help")
            box.border_subtitle = Content("esc closes")
            yield Markdown("\n\n".join(self._prose), id="help-prose", open_links=False)
            yield LaidOut(id="help-keys")

    def on_mount(self) -> None:
        """Lay the keys out for whatever width there is."""

        def layout(width: int) -> list[Content]:
            return [row for one in self._keys for row in one.rows(width)]

        self.query_one(LaidOut).lay_out(layout)

    def action_scroll(self, rows: int) -> None:
        """Scroll where the help is longer than the screen."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
