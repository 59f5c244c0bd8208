"""What the Routes screen shows: by what, over how long, sorted how, and what was read of it.

A plain object: its screen reads from the log what it asks for and draws what it says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from console.traffic.filters.printing import term
from console.traffic.metrics.marks import Mark
from console.traffic.metrics.scores import Score
from console.traffic.metrics.windows import Compared, Window
from console.traffic.rollups import DIMENSIONS, MinuteRollup
from console.ui.figure_columns import COLUMNS

WINDOWS = (
    (5, "5 min"),
    (15, "15 min"),
    (60, "hour"),
    (6 * 60, "6 hours"),
    (24 * 60, "day"),
    (7 * 24 * 60, "7 days"),
    (30 * 24 * 60, "30 days"),
)
"""Minutes, and what to call them."""

FIRST_WINDOW = 2

CHART_STEPS = 48
"""Steps a chart has at most; a step of an hour or more is whole hours."""


@dataclass(frozen=True)
class Course:
    """How one value's figures went, step by step, and what was done meanwhile."""

    value: str | None
    step_minutes: int
    series: Sequence[MinuteRollup]
    marks: Sequence[Mark] = ()


@dataclass
class RoutesDocument:
    """The state of the screen; what was read is of `asked` as it was then."""

    dimension: str = DIMENSIONS[0]
    window_index: int = FIRST_WINDOW
    sorted_by: str = COLUMNS[0].title
    window: Window | None = None
    course: Course | None = None
    parts: list[Compared] = field(default_factory=list)
    """The rows in the order they are shown."""

    @property
    def minutes(self) -> int:
        """The length of the window."""
        return WINDOWS[self.window_index][0]

    @property
    def asked(self) -> tuple[str, int]:
        """What is to be read: the dimension, and the minutes of the window."""
        return self.dimension, self.minutes

    @property
    def window_words(self) -> str:
        """What the window is called."""
        return WINDOWS[self.window_index][1]

    def turn(self, by: int) -> None:
        """Turn to another dimension; what was read of the one before is void."""
        place = (DIMENSIONS.index(self.dimension) + by) % len(DIMENSIONS)
        self.dimension = DIMENSIONS[place]
        self._forget()

    def lengthen(self, by: int) -> None:
        """Take a longer window, or a shorter one."""
        index = max(0, min(len(WINDOWS) - 1, self.window_index + by))
        if index != self.window_index:
            self.window_index = index
            self._forget()

    def sort_by_next(self, titles: Sequence[str]) -> None:
        """Sort by the next of the columns that are shown."""
        place = titles.index(self.sorted_by) if self.sorted_by in titles else -1
        self.sorted_by = titles[(place + 1) % len(titles)]
        self._sort()

    def take(self, asked: tuple[str, int], window: Window) -> bool:
        """Take a window that was read; return whether it is still the one wanted."""
        if asked != self.asked:
            return False
        self.window = window
        self._sort()
        return True

    @property
    def scores_of_course(self) -> list[Score]:
        """What was said about the answers of the value whose course is shown."""
        value = self.course.value if self.course is not None else None
        return next((part.scores for part in self.parts if part.now.value == value), [])

    def filter_of(self, part: Compared) -> str:
        """Return the filter of the traffic list that shows a row's requests."""
        since = (
            f"since:{self.minutes}m" if self.minutes < 1440 else f"since:{self.minutes // 1440}d"
        )
        return f"{term(self.dimension, part.now.value)} {since}"

    def _forget(self) -> None:
        self.window = self.course = None
        self.parts = []

    def _sort(self) -> None:
        if self.window is None:
            return
        key = next(column.key for column in COLUMNS if column.title == self.sorted_by)

        def worth(part: Compared) -> tuple[bool, float]:
            value = key(part.now)
            return value is not None, 0.0 if value is None else value

        self.parts = sorted(self.window.parts, key=worth, reverse=True)


def step_of(minutes: int) -> int:
    """Return how many minutes a step of the chart has: whole hours from one hour on."""
    step = max(1, -(-minutes // CHART_STEPS))
    return step if step < 60 else -(-step // 60) * 60


def act_on(dimension: str, value: str | None) -> str:
    """Return what an override of a row would do, as far as the row says so."""
    if value is None or dimension not in ("model", "provider", "route"):
        return ""
    return f"pin {value} " if dimension == "route" else f"{dimension}:{value}"
