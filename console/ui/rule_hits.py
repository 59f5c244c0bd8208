"""How often each rule took a request of late; unknown where there is no log to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.quantities import count

WINDOW_S = 3_600.0
"""Hits are counted over the last hour."""

UNKNOWN = "–"


@dataclass(frozen=True)
class RuleHits:
    """Completed requests by rule over the last hour, `None` standing for no rule."""

    counts: Mapping[str | None, int] = field(default_factory=dict)
    known: bool = False
    """False until a log was read, and again when it no longer can be."""

    @property
    def total(self) -> int:
        """All requests of the hour."""
        return sum(self.counts.values())

    def of(self, rule: str | None) -> int | None:
        """Return the hits of a rule; None where nothing is known."""
        return self.counts.get(rule, 0) if self.known else None

    def count_words(self, rule: str | None) -> str:
        """Return the hits in a cell: `1.2k`, `0`, or `–` where unknown."""
        return count(self.counts.get(rule, 0)) if self.known else UNKNOWN

    def share_words(self, rule: str | None) -> str:
        """Return the share of all requests in a cell: `12%`, `<1%`, or `–` where there is none."""
        if not self.known or not self.total:
            return UNKNOWN
        hits = self.counts.get(rule, 0)
        share = 100 * hits / self.total
        return "<1%" if 0 < share < 0.5 else f"{share:.0f}%"

    def strangers(self, rules: set[str]) -> int:
        """Return how many requests were taken by rules that are not in the table in view."""
        return sum(hits for rule, hits in self.counts.items() if rule and rule not in rules)
