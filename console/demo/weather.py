"""The weather at the providers: now and then one of them has a bad quarter of an hour.

A spell comes on over a fifth of its length and passes off over another. Everything follows from the
seed and the simulated time, so the same demo has the same bad quarter-hours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random
from typing import Literal

from console.demo.behaviour import Behaviour, Lognormal

Kind = Literal["calm", "slow", "throttled", "failing", "down"]
SPELLS: tuple[Kind, ...] = ("slow", "throttled", "failing", "down")

FIRST_SPELL_S = 120.0
"""A demo of five minutes should see some trouble, but first what normal looks like."""
APART_S = 600.0
"""How much later the next provider's first spell comes, so that they do not all begin at once."""
SPELL_S = Lognormal(900.0, 0.3)
CALM_S = Lognormal(2400.0, 0.5)
RAMP = 0.2


@dataclass(frozen=True)
class Condition:
    """What a provider suffers from at a moment, and how badly: 0 (not at all) to 1."""

    kind: Kind = "calm"
    severity: float = 0.0


CALM = Condition()


@dataclass(frozen=True)
class Spell:
    """Bad weather of one kind from `start_s` to `end_s`, simulated seconds from the beginning."""

    kind: Kind
    start_s: float
    end_s: float
    peak: float

    def severity(self, at_s: float) -> float:
        """Return 0 to `peak`: rising, level, falling."""
        share = (at_s - self.start_s) / (self.end_s - self.start_s)
        if not 0.0 < share < 1.0:
            return 0.0
        return self.peak * min(1.0, share / RAMP, (1.0 - share) / RAMP)


class Weather:
    """The spells of all providers under one seed."""

    def __init__(self, seed: int, providers: Sequence[str]) -> None:
        order = sorted(providers)
        Random(f"{seed}:weather").shuffle(order)
        self._coming = {
            name: _spells(Random(f"{seed}:weather:{name}"), FIRST_SPELL_S + place * APART_S)
            for place, name in enumerate(order)
        }
        self._known: dict[str, list[Spell]] = {name: [] for name in order}

    def at(self, provider: str, at_s: float) -> Condition:
        """Return the condition of `provider` at a simulated time; calm where it is not known."""
        if provider not in self._known:
            return CALM
        known = self._known[provider]
        while not known or known[-1].end_s < at_s:
            known.extend(islice(self._coming[provider], 1))
        for spell in known:
            severity = spell.severity(at_s)
            if severity > 0.0:
                return Condition(spell.kind, severity)
        return CALM


def _spells(rng: Random, first_s: float) -> Iterator[Spell]:
    start = first_s * rng.uniform(0.8, 1.2)
    while True:
        end = start + SPELL_S.draw(rng)
        yield Spell(rng.choice(SPELLS), start, end, rng.uniform(0.6, 1.0))
        start = end + CALM_S.draw(rng)


def under(behaviour: Behaviour, condition: Condition) -> Behaviour:
    """Return how a model behaves in that weather: worse in one way, by the severity."""
    bad = condition.severity
    match condition.kind:
        case "calm":
            return behaviour
        case "slow":
            return replace(
                behaviour,
                first_token_s=_times(behaviour.first_token_s, 1.0 + 6.0 * bad),
                tokens_per_s=_times(behaviour.tokens_per_s, 1.0 / (1.0 + 2.0 * bad)),
                p_hang=behaviour.p_hang + 0.03 * bad,
            )
        case "throttled":
            return replace(behaviour, p_rate_limited=max(behaviour.p_rate_limited, 0.7 * bad))
        case "failing":
            return replace(
                behaviour,
                p_server_error=max(behaviour.p_server_error, 0.4 * bad),
                p_cut=max(behaviour.p_cut, 0.12 * bad),
            )
        case "down":
            return replace(behaviour, p_server_error=max(behaviour.p_server_error, 0.93 * bad))


def _times(distribution: Lognormal, factor: float) -> Lognormal:
    return replace(distribution, median=distribution.median * factor)
