"""The filter of the traffic list: what was typed, what it means, or what is wrong with it."""

from dataclasses import dataclass

from console.traffic.filters.problem import FilterProblem
from console.traffic.selection import Condition, NameAnchor, Selection

_ERRORS = Condition("(r.status = 'error')")
_BY_STATUS = NameAnchor("requests_status", "status", ("error",), " AND r.status <> 'ok'")


@dataclass(frozen=True)
class TrafficFilter:
    """A filter that can be carried out; without text it selects everything."""

    text: str = ""
    selection: Selection | None = None
    """None where everything is shown."""

    @property
    def errors(self) -> Selection:
        """The requests of this filter that failed."""
        chosen = self.selection
        if chosen is None:
            return Selection(_ERRORS, _BY_STATUS)
        condition = Condition(
            f"({chosen.condition.sql} AND {_ERRORS.sql})", chosen.condition.parameters
        )
        return Selection(condition, _BY_STATUS, chosen.since, chosen.until)


def filter_of(text: str, now: float) -> TrafficFilter:
    """Return the filter that a text asks for, reckoned from `now`. Raises FilterProblem."""
    # The language is learnt when it is first spoken: a console that starts need not know it.
    from console.traffic.filters.compiling import selection_of
    from console.traffic.filters.reading import read_filter

    node = read_filter(text, now)
    if node is None:
        return TrafficFilter()
    return TrafficFilter(text.strip(), selection_of(node))


def problem_of(text: str, now: float) -> FilterProblem | None:
    """Return what is wrong with a text as a filter, None where nothing is."""
    from console.traffic.filters.reading import read_filter

    try:
        read_filter(text, now)
    except FilterProblem as problem:
        return problem
    return None
