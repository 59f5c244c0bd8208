"""Does routing earn its keep? What the same traffic would have cost had one model taken all of it.

Costs are by the table's prices and the tokens that were used. Three things cannot be known from a
log, and are not guessed: how good the other model's answers would have been, how long it would have
taken on these prompts, and how many tokens its own tokeniser and its own answers would have had.
"""

from collections.abc import Callable, Iterator

import msgspec

from console.routing.cost import estimated_cost
from console.routing.targets import Targets
from console.table.model import Table
from console.traffic.logged_facts import Logged, newest_logged
from console.traffic.metrics.attempt_counts import AttemptCount, attempt_counts
from console.traffic.reader import LogReader

REQUESTS = 5_000
"""The newest requests that are looked at."""


class OneModel(msgspec.Struct):
    """What one model would have made of the traffic.

    `could_not` counts requests it could not have carried: its context is too small, or it lacks
    tools, pictures or JSON schemas. `cost_usd` is over those it could carry whose tokens are known
    and whose own cost is known; None where there is none to compare. `own` is how its own attempts
    went in that time, on whatever it was given: another model's prompts may be harder.
    """

    model: str
    could_not: int = 0
    compared: int = 0
    cost_usd: float | None = None
    routed_usd: float = 0.0
    own: AttemptCount = msgspec.field(default_factory=AttemptCount)


class Baseline(msgspec.Struct):
    """All models of a table against what was done, over the `looked_at` newest requests."""

    looked_at: int = 0
    without_facts: int = 0
    models: list[OneModel] = []
    is_done: bool = False

    def copied(self) -> "Baseline":
        """Return it as it is now: another thread may go on counting."""
        return msgspec.structs.replace(
            self, models=[msgspec.structs.replace(one) for one in self.models]
        )


def baseline_of(
    reader: LogReader,
    table: Table,
    *,
    last: int = REQUESTS,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Baseline]:
    """Yield the baseline of the newest `last` requests, the same object after every slice.

    The last time it is done, unless it was cancelled. Raises what the reader does.
    """
    found = Baseline(models=[OneModel(name) for name in table.models])
    targets = Targets(table)
    for slice_ in newest_logged(reader, last, is_cancelled):
        for logged in slice_:
            _count(found, logged, table, targets)
        yield found
    if not is_cancelled():
        own = attempt_counts(reader, (reader.last_seq() or 0) - last + 1)
        for one in found.models:
            one.own = own.get(one.model, one.own)
        found.is_done = True
        yield found


def _count(found: Baseline, logged: Logged, table: Table, targets: Targets) -> None:
    found.looked_at += 1
    facts = logged.facts
    if facts is None:
        found.without_facts += 1
    for one in found.models:
        if facts is None:
            continue
        if targets.lacking(one.model, facts) is not None:
            one.could_not += 1
            continue
        price = table.models[one.model].usd_per_million
        cost = estimated_cost(price, logged.input_tokens, logged.output_tokens)
        if cost is not None and logged.cost_usd is not None:
            one.compared += 1
            one.cost_usd = (one.cost_usd or 0.0) + cost
            one.routed_usd += logged.cost_usd
