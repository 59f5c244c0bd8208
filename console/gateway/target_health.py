"""Knows which targets of the table take requests now, from how the gateway's own attempts went.

Each target has a breaker, kept over a reload of the table as long as the model's provider and its
name there stay the same. Nothing is asked of a provider for the sake of its health: a probe is a
client's own request.
"""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, assert_never

import msgspec

from console.gateway.breaker import Breaker, BreakerLimits, Pass
from console.gateway.failures import ErrorType
from console.routing.decision import SkipReason, Target
from console.table.model import Table
from console.traffic.target_states import TargetState

Verdict = Literal["answered", "failed", "nothing"]

NOT_COUNTED = frozenset({"upstream_4xx", "client_abort", "gateway_stopped", "internal"})
"""Ends of an attempt that say nothing about the target: the request, the client or the gateway was
to blame."""

SHORTEST_WAIT_S = 1.0
"""What a client is told to wait where a target is being probed: how long that takes is unknown."""


class TargetKey(NamedTuple):
    """What makes a target the same after a reload of the table."""

    model: str
    provider: str
    upstream_model: str


class Entered(msgspec.Struct, frozen=True):
    """One attempt under way, to be ended by `TargetHealth.ended`."""

    key: TargetKey
    breaker: Breaker
    leave: Pass


class TargetHealth:
    """The breakers of one gateway. Used in its event loop only.

    `changed` is set whenever a target is left alone, or taken back, by what an attempt found out.
    """

    def __init__(
        self,
        limits: BreakerLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.changed = asyncio.Event()
        self._limits = limits or BreakerLimits()
        self._clock = clock
        self._wall_clock = wall_clock
        self._breakers: dict[TargetKey, Breaker] = {}
        self._troubled: dict[TargetKey, _Trouble] = {}

    def skips(
        self, table: Table, missing_keys: Mapping[str, SkipReason]
    ) -> Mapping[str, SkipReason]:
        """Return the models of `table` that take no request now, `missing_keys` among them."""
        if not self._troubled:
            return missing_keys
        now = self._clock()
        skips = dict(missing_keys)
        for key, trouble in self._troubled.items():
            if key.model not in skips and not trouble.breaker.allows(now) and _has(table, key):
                skips[key.model] = "cooling_down"
        return skips

    def left_alone_s(self, table: Table, model: str) -> float | None:
        """Return for how many seconds no request may be sent to `model`; None when one may be.

        0 while a probe is under way: how long that takes is unknown.
        """
        trouble = self._troubled.get(_key_of(table, model)) if self._troubled else None
        now = self._clock()
        if trouble is None or trouble.breaker.allows(now):
            return None
        return trouble.breaker.left_alone_for(now)

    def wait_s(self, table: Table, targets: tuple[Target, ...]) -> int | None:
        """Return in how many whole seconds the first of `targets` that cools down may be asked.

        At least 1; None where none of them is cooling down.
        """
        now = self._clock()
        waits = [
            trouble.breaker.left_alone_for(now)
            for target in targets
            if target.skipped == "cooling_down"
            and (trouble := self._troubled.get(_key_of(table, target.model))) is not None
        ]
        return math.ceil(max(SHORTEST_WAIT_S, min(waits))) if waits else None

    def enter(self, table: Table, model: str) -> Entered | None:
        """Take the leave to make one attempt; None where the target is left alone after all."""
        key = _key_of(table, model)
        breaker = self._breakers.get(key)
        if breaker is None:
            breaker = self._breakers[key] = Breaker(self._limits)
        leave = breaker.enter(self._clock())
        return None if leave is None else Entered(key, breaker, leave)

    def ended(
        self, entered: Entered, error_type: ErrorType | None, retry_after_s: float | None
    ) -> None:
        """Note how an attempt ended; `error_type` None is a good answer, taken to its end."""
        breaker, leave, now = entered.breaker, entered.leave, self._clock()
        before = breaker.state(now), breaker.left_alone_for(now)
        verdict = verdict_of(error_type)
        if verdict == "answered":
            breaker.succeeded(leave, now)
        elif verdict == "failed":
            breaker.failed(leave, now, retry_after_s)
        elif verdict == "nothing":
            breaker.told_nothing(leave)
        else:
            assert_never(verdict)
        after = breaker.state(now), breaker.left_alone_for(now)
        if before != after or (after[0] == "closed" and entered.key in self._troubled):
            self._note(entered, error_type, was_closed=before[0] == "closed")

    def states(self, table: Table) -> list[TargetState]:
        """Return the targets of `table` that are not simply in use, in the table's order."""
        now, wall = self._clock(), self._wall_clock()
        states = []
        for model in table.models:
            key = _key_of(table, model)
            trouble = self._troubled.get(key)
            if trouble is None or (state := trouble.breaker.state(now)) == "closed":
                continue
            left = trouble.breaker.left_alone_for(now)
            states.append(
                TargetState(
                    model=key.model,
                    provider=key.provider,
                    upstream_model=key.upstream_model,
                    state=state,
                    reason=trouble.breaker.reason or "",
                    last_error=trouble.last_error,
                    since_ts=wall - (now - trouble.since),
                    until_ts=wall + left if left > 0 else None,
                )
            )
        return states

    def keep_only(self, table: Table) -> None:
        """Forget the targets that `table` does not have."""
        kept = {_key_of(table, model) for model in table.models}
        for key in self._breakers.keys() - kept:
            del self._breakers[key]
            self._troubled.pop(key, None)

    def _note(self, entered: Entered, error_type: ErrorType | None, *, was_closed: bool) -> None:
        """Keep at hand the targets that are not in use: requests look only through those."""
        now, key = self._clock(), entered.key
        if entered.breaker.state(now) == "closed":
            self._troubled.pop(key, None)
        elif self._breakers.get(key) is entered.breaker:
            old = None if was_closed else self._troubled.get(key)
            since = now if old is None else old.since
            self._troubled[key] = _Trouble(entered.breaker, since, error_type or "")
        self.changed.set()


class _Trouble(msgspec.Struct):
    breaker: Breaker
    since: float
    last_error: str


def verdict_of(error_type: ErrorType | None) -> Verdict:
    """Return what the end of an attempt says about its target.

    A failure is whatever the provider or the way to it is to blame for: connections, timeouts, 429,
    5xx, unreadable answers, cut streams.
    """
    if error_type is None:
        return "answered"
    return "nothing" if error_type in NOT_COUNTED else "failed"


def _key_of(table: Table, model: str) -> TargetKey:
    return TargetKey(model, table.models[model].provider, table.model_sent_upstream(model))


def _has(table: Table, key: TargetKey) -> bool:
    return key.model in table.models and _key_of(table, key.model) == key
