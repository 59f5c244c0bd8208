"""When simulated clients send: as many as stated, unevenly, and the same for the same seed."""

from itertools import islice, takewhile
from statistics import mean, pvariance

import pytest

from console.demo.arrivals import Pace, arrivals

QUIET = Pace(swing=0.0, burst_every_s=1e9)


def counts(pace: Pace, seconds: int, window: int) -> list[int]:
    found = [0] * (seconds // window)
    for at in takewhile(lambda at: at < seconds, arrivals(pace, 7)):
        found[int(at // window)] += 1
    return found


def test_arrivals_ascend_and_are_the_same_for_the_same_seed() -> None:
    first = list(islice(arrivals(Pace(), 7), 500))

    assert first == sorted(first)
    assert first == list(islice(arrivals(Pace(), 7), 500))
    assert first != list(islice(arrivals(Pace(), 8), 500))


def test_without_swing_and_bursts_arrivals_are_a_plain_poisson_process() -> None:
    per_10_s = counts(QUIET, 10_000, 10)

    assert mean(per_10_s) == pytest.approx(30.0, rel=0.05)
    assert pvariance(per_10_s) == pytest.approx(30.0, rel=0.2)


def test_bursts_make_arrivals_more_uneven_than_chance() -> None:
    per_10_s = counts(Pace(swing=0.0), 10_000, 10)

    assert pvariance(per_10_s) > 2 * mean(per_10_s)


def test_the_day_swells_in_its_first_half_and_ebbs_in_its_second() -> None:
    by_quarter = counts(Pace(burst_every_s=1e9), 1500, 375)

    assert min(by_quarter[:2]) > 1.4 * max(by_quarter[2:])
