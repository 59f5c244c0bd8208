"""The assumptions of a table with their verdicts, the broken ones first."""

from collections.abc import Iterator, Sequence

from console.quantities import clock
from console.traffic.metrics.assumptions import Judged, Verdict
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import QUIET, Line, line
from console.ui.widgets.route_lines import bound_words

_ORDER: tuple[Verdict, ...] = ("broken", "unproven", "holds")
_SIGNS: dict[Verdict, tuple[str, str]] = {
    "broken": ("✗ broken  ", "bold $outcome-error"),
    "unproven": ("? unproven", "$quiet"),
    "holds": ("✓ holds   ", "$outcome-ok"),
}

Key = tuple[str, str, str]


class AssumptionsView(LineView):
    """Shows what was judged, and remembers since when something has been seen broken."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._broken_since: dict[Key, float] = {}

    def show(self, judged: Sequence[Judged], now: float) -> list[Judged]:
        """Show the verdicts of `now` (Unix seconds); return those that have just become broken."""
        broken = {_key(one): one for one in judged if one.verdict == "broken"}
        fresh = [one for key, one in broken.items() if key not in self._broken_since]
        self._broken_since = {key: self._broken_since.get(key, now) for key in broken}
        self.set_lines(self._verdicts(judged), follow=False)
        return fresh

    def _verdicts(self, judged: Sequence[Judged]) -> list[Line]:
        if not judged:
            return [line(("No route of the table in view has an assumption.", QUIET))]
        ordered = sorted(enumerate(judged), key=lambda one: (_ORDER.index(one[1].verdict), one[0]))
        return [row for number, one in ordered for row in self._told(number, one)]

    def _told(self, number: int, one: Judged) -> Iterator[Line]:
        sign, style = _SIGNS[one.verdict]
        figure = "" if one.figure is None else f"{one.figure:.4g}"
        since = self._broken_since.get(_key(one))
        seen = f"  seen broken since {clock(since)}" if since is not None else ""
        yield line(
            (f"{sign} ", style),
            (one.route, "bold"),
            f"  {one.assumption.says}",
            item=number,
            head=True,
        )
        yield line(
            (f"{figure or 'no figure'}", "bold" if figure else QUIET),
            (f"  {bound_words(one.assumption)}", QUIET),
            (f"  {one.samples:,} samples", QUIET),
            (f"  {one.why}" if one.why else "", "$outcome-degraded"),
            (seen, "$outcome-error"),
            lead=" " * 11,
            item=number,
        )


def _key(one: Judged) -> Key:
    return one.route, one.assumption.metric, one.assumption.says
