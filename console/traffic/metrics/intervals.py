"""How far a sample carries a rate, and whether two rates differ by more than chance.

Everything is at 95 %: of a hundred samples of the same traffic, five say otherwise.
"""

from math import sqrt
from typing import NamedTuple

Z = 1.959964
"""The normal distribution's quantile for 95 %, two-sided."""


class Interval(NamedTuple):
    """Where the true rate lies, 0 to 1."""

    low: float
    high: float


def wilson(hits: int, trials: int) -> Interval:
    """Return the interval of a rate of `hits` in `trials`; with no trials it is all of 0 to 1.

    Wilson's score interval (E. B. Wilson, JASA 22, 1927): it holds for few trials and for rates
    near 0, where most error rates are.
    """
    if trials <= 0:
        return Interval(0.0, 1.0)
    rate = hits / trials
    spread = Z * sqrt(rate * (1 - rate) / trials + Z * Z / (4 * trials * trials))
    centre = rate + Z * Z / (2 * trials)
    whole = 1 + Z * Z / trials
    return Interval(max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole))


def rates_differ(hits: int, trials: int, hits_before: int, trials_before: int) -> bool:
    """Tell whether two rates differ by more than their samples leave to chance.

    By the interval of their difference made of both Wilson intervals (R. G. Newcombe, Statistics
    in Medicine 17, 1998, method 10): they differ where it does not hold 0.
    """
    if trials <= 0 or trials_before <= 0:
        return False
    now, before = hits / trials, hits_before / trials_before
    of_now, of_before = wilson(hits, trials), wilson(hits_before, trials_before)
    difference = now - before
    low = difference - sqrt((now - of_now.low) ** 2 + (of_before.high - before) ** 2)
    high = difference + sqrt((of_now.high - now) ** 2 + (before - of_before.low) ** 2)
    return low > 0 or high < 0
