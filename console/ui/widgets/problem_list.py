"""The list of what is wrong with a table: each problem, and each request that shows one, marked."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from console.table.lint.finding import Finding, Witness
from console.ui.foreign_text import foreign
from console.ui.problems_in_view import Told
from console.ui.widgets.item_list import ItemList


class ProblemList(ItemList[Told]):
    """Tells what is asked of the marked problem; doing it is the screen's matter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p",
            "preview",
            "Preview",
            id="problems.preview",
            tooltip="The request that shows the finding in Preview, looking at its rule",
        ),
        Binding(
            "A",
            "make_test",
            "Make a test",
            show=False,
            id="problems.test",
            tooltip="Make a test of the table of the request that shows the finding",
        ),
        Binding(
            "i",
            "explain",
            "Explain",
            show=False,
            id="problems.explain",
            tooltip="What such a finding means, and what to do",
        ),
    ]

    @dataclass
    class PreviewWanted(Message):
        """The reader asks for a request that shows a finding in Preview."""

        told: Told
        witness: Witness

    @dataclass
    class TestWanted(Message):
        """The reader asks for a test of a request that shows a finding."""

        told: Told
        witness: Witness

    @dataclass
    class NothingShown(Message):
        """There is no request that shows the marked problem, or no page about it."""

        sentence: str

    @dataclass
    class PageWanted(Message):
        """The reader asks what a code means."""

        code: str

    def watch_cursor(self, before: int | None, now: int | None) -> None:
        """Say in the frame what the keys do with what is marked."""
        super().watch_cursor(before, now)
        self.name_keys()

    def name_keys(self) -> None:
        """Say in the frame what the keys do with what is marked."""
        told = self.marked
        words = []
        if told is not None and told.rule is not None:
            words.append("enter its rule")
        if told is not None and told.shown is not None:
            words += ["p preview", "A test"]
        if told is not None and isinstance(told.problem, Finding):
            words.append("i what it means")
        self.border_subtitle = foreign(" · ".join(words)) if words else Content("")

    def action_preview(self) -> None:
        """Ask for the request that shows it in Preview."""
        self._ask_with_witness(self.PreviewWanted)

    def action_make_test(self) -> None:
        """Ask for a test of it."""
        self._ask_with_witness(self.TestWanted)

    def _ask_with_witness(self, wanted: type["PreviewWanted"] | type["TestWanted"]) -> None:
        told = self.marked
        if told is None or told.shown is None:
            self.post_message(self.NothingShown("No request shows this problem."))
        else:
            self.post_message(wanted(told, told.shown))

    def action_explain(self) -> None:
        """Ask what it means."""
        told = self.marked
        if told is None or not isinstance(told.problem, Finding):
            self.post_message(self.NothingShown("Only findings of lint have a page."))
        else:
            self.post_message(self.PageWanted(told.problem.code))
