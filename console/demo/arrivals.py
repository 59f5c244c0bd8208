"""When requests arrive: a working day that swells and ebbs, with bursts, as a Poisson process."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from console.demo.behaviour import Lognormal

BURST_S = Lognormal(12.0, 0.5)
BURST_FACTOR = Lognormal(2.8, 0.4)


@dataclass(frozen=True)
class Pace:
    """How busy the clients are. Rates per second and times in seconds, at speed 1.

    The rate swings about `mean_per_s` by the share `swing` over a "day" of `day_s`. Every
    `burst_every_s`, on average, a burst multiplies it for a while, `max_factor` times at most.
    """

    mean_per_s: float = 3.0
    swing: float = 0.45
    day_s: float = 1500.0
    burst_every_s: float = 120.0
    burst_s: Lognormal = BURST_S
    burst_factor: Lognormal = BURST_FACTOR
    max_factor: float = 6.0

    def rate(self, at_s: float) -> float:
        """Return the rate at a time, bursts apart: the mean at first, and rising from there."""
        return self.mean_per_s * (1.0 + self.swing * math.sin(2.0 * math.pi * at_s / self.day_s))


@dataclass(frozen=True)
class _Burst:
    start_s: float
    end_s: float
    factor: float


def arrivals(pace: Pace, seed: int) -> Iterator[float]:
    """Yield ascending arrival times in seconds, for ever.

    Thinning (Lewis and Shedler, 1979): candidates come at the highest rate there can be, and each
    is kept with the share that the rate of its moment is of it.
    """
    rng = Random(f"{seed}:arrivals")
    bursts = _bursts(pace, Random(f"{seed}:bursts"))
    burst = next(bursts)
    highest = pace.mean_per_s * (1.0 + pace.swing) * pace.max_factor
    at = 0.0
    while True:
        at += rng.expovariate(highest)
        while burst.end_s < at:
            burst = next(bursts)
        factor = burst.factor if burst.start_s <= at else 1.0
        if rng.random() < pace.rate(at) * factor / highest:
            yield at


def _bursts(pace: Pace, rng: Random) -> Iterator[_Burst]:
    end = 0.0
    while True:
        start = end + rng.expovariate(1.0 / pace.burst_every_s)
        end = start + pace.burst_s.draw(rng)
        factor = min(pace.max_factor, max(1.0, pace.burst_factor.draw(rng)))
        yield _Burst(start, end, factor)
