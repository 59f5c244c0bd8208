"""Decides logged requests twice, and tells what the difference comes to while it goes on.

Both decisions are the router's own: what this says would move is what serving would move. Nothing
is known of what another model would have answered, or of how long it would have taken.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import msgspec

from console.routing.cost import estimated_cost
from console.routing.decision import Decision
from console.routing.router import Router
from console.table.model import Table
from console.traffic.logged_facts import Logged, newest_logged
from console.traffic.reader import LogReader

SAMPLES = 5
"""Requests that are named for each move, the newest."""


class Move(NamedTuple):
    """From where to where: routes, or models where the route stays; None for no model at all."""

    kind: Literal["route", "model"]
    before: str | None
    after: str | None


class Impact(msgspec.Struct):
    """What was found so far among the newest `looked_at` requests.

    `undecidable` ones hang on texts that were not captured, or have no facts in the log. Costs are
    by the tables' prices and the tokens that were used, over the `priced` requests where both
    decisions name a model with a price and the tokens are known; so they compare like with like.
    `stranded` counts requests that would have had a model and then have none. `samples` are the ids
    of the newest of each move, newest first; `prompts` has how their prompts begin where that
    was asked for, empty where the log did not keep it.
    """

    looked_at: int = 0
    undecidable: int = 0
    moves: Counter[Move] = msgspec.field(default_factory=Counter)
    samples: dict[Move, list[str]] = {}
    prompts: dict[str, str] = {}
    stranded: int = 0
    priced: int = 0
    cost_before: float = 0.0
    cost_after: float = 0.0
    is_done: bool = False

    @property
    def moved(self) -> int:
        """How many requests would go to another route or model."""
        return self.moves.total()

    def copied(self) -> "Impact":
        """Return it as it is now: another thread may go on counting."""
        samples = {move: list(ids) for move, ids in self.samples.items()}
        return msgspec.structs.replace(
            self, moves=Counter(self.moves), samples=samples, prompts=dict(self.prompts)
        )


def impact_of(
    reader: LogReader,
    before: Router | None,
    after: Router,
    *,
    last: int = 20_000,
    at: float | None = None,
    with_prompts: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Impact]:
    """Yield what deciding the newest `last` requests by `after` instead of `before` changes.

    None for `before` stands for what was decided at the time. `at` is the moment, in Unix seconds,
    at which overrides count (now). `with_prompts` has the prompts of the samples read, too. The
    same object is yielded after every slice, the last time with `is_done`, unless it was cancelled.
    Raises what the reader does.
    """
    found = Impact()
    for slice_ in newest_logged(reader, last, is_cancelled):
        for logged in slice_:
            _count(found, logged, before, after, at)
        if with_prompts:
            _read_prompts(reader, found)
        yield found
    if not is_cancelled():
        found.is_done = True
        yield found


def _count(
    found: Impact, logged: Logged, before: Router | None, after: Router, at: float | None
) -> None:
    found.looked_at += 1
    if logged.facts is None:
        found.undecidable += 1
        return
    then = after.decide(logged.facts, at)
    first = before.decide(logged.facts, at) if before is not None else None
    if then.reason == "undecidable" or (first is not None and first.reason == "undecidable"):
        found.undecidable += 1
        return
    route = first.route if first is not None else logged.route
    model = first.model if first is not None else logged.response_model
    move = _move(route, model, then, is_recorded=first is None)
    if move is not None:
        found.moves[move] += 1
        named = found.samples.setdefault(move, [])
        if len(named) < SAMPLES:
            named.append(logged.request_id)
    found.stranded += model is not None and then.model is None
    table = before.table if before is not None else after.table
    _price(found, _cost(table, model, logged), _cost(after.table, then.model, logged))


def _read_prompts(reader: LogReader, found: Impact) -> None:
    """Read how the prompts of the samples begin: a few rows, of many that were looked at."""
    for named in found.samples.values():
        for request_id in named:
            if request_id not in found.prompts:
                row = reader.request(request_id)
                found.prompts[request_id] = (row.prompt_preview if row is not None else None) or ""


def _move(
    route: str | None, model: str | None, then: Decision, *, is_recorded: bool
) -> Move | None:
    if route != then.route:
        return Move("route", route, then.route)
    # What answered at the time may have been a fallback: that is no difference of decisions.
    if not is_recorded and model != then.model:
        return Move("model", model, then.model)
    return None


def _cost(table: Table, model: str | None, logged: Logged) -> float | None:
    known = table.models.get(model or "")
    if known is None:
        return None
    return estimated_cost(known.usd_per_million, logged.input_tokens, logged.output_tokens)


def _price(found: Impact, before: float | None, after: float | None) -> None:
    if before is not None and after is not None:
        found.priced += 1
        found.cost_before += before
        found.cost_after += after
