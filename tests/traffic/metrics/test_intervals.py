"""What a sample can carry: intervals that hold the true rate, differences that are none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.traffic.metrics.intervals import rates_differ, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # Newcombe 1998, table I, method 3 (score without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_that_were_published(
    hits: int, trials: int, low: float, high: float
) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=0.00005)


def test_nothing_is_known_without_a_request() -> None:
    assert wilson(0, 0) == (0, 1)
    assert not rates_differ(0, 0, 50, 100)
    assert not rates_differ(50, 100, 0, 0)


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_the_rate_that_was_seen(seen: tuple[int, int]) -> None:
    hits, trials = seen
    low, high = wilson(hits, trials)
    assert 0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1


@pytest.mark.parametrize(("rate", "trials"), [(0.02, 400), (0.3, 60), (0.5, 30)])
def test_of_two_samples_of_the_same_traffic_few_are_said_to_differ(
    rate: float, trials: int
) -> None:
    chance = random.Random(11)

    def sample() -> int:
        return sum(chance.random() < rate for _ in range(trials))

    told = sum(rates_differ(sample(), trials, sample(), trials) for _ in range(800))
    assert told / 800 < 0.07


def test_a_difference_that_a_sample_carries_is_told() -> None:
    assert rates_differ(90, 1_000, 20, 1_000)
    assert rates_differ(20, 1_000, 90, 1_000)
    assert not rates_differ(1, 10, 0, 10)
