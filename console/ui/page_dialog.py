"""What a finding of lint means, why it matters and what to do: the page of its code."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from console.table.lint.pages import PAGES
from console.ui.foreign_text import foreign
from console.ui.widgets.laid_out import LaidOut
from console.ui.widgets.lines import BLANK, QUIET, Line, line


class PageDialog(ModalScreen[None]):
    """Shows one page, as `route-console check --explain CODE` prints it."""

    HELP_TITLE = "What a finding means"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,i", "dismiss", "Close", id="problems.leave", tooltip="Back to the problems"
        ),
        Binding(
            "j,down", "scroll(1)", "Down", show=False, id="problems.down", tooltip="One line down"
        ),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="problems.up", tooltip="One line up"),
    ]

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = code

    def compose(self) -> ComposeResult:
        """A titled box that scrolls."""
        with VerticalScroll(id="page-box") as box:
            box.border_title = foreign(self._code, limit=60)
            box.border_subtitle = Content("esc closes")
            yield LaidOut(id="page-told")

    def on_mount(self) -> None:
        """Lay the page out."""
        lines = page_lines(self._code)
        self.query_one(LaidOut).lay_out(lambda width: [r for one in lines for r in one.rows(width)])

    def action_scroll(self, rows: int) -> None:
        """Scroll where there is more than fits."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)


def page_lines(code: str) -> list[Line]:
    """Return the page of a code, its paragraphs flowing into the width there is."""
    page = PAGES[code]
    lines = [line((page.title, "bold"), (f"  {page.severity}", QUIET))]
    for paragraph in page.text.split("\n\n"):
        lines.append(BLANK)
        rows = paragraph.split("\n")
        if any(row.startswith(" ") for row in rows):
            lines += [line(row, wraps=False) for row in rows]
        else:
            lines.append(line(" ".join(rows)))
    return lines
