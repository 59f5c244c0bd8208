"""Histograms that can be added up, and how far their quantiles may be off."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.traffic.histogram import LARGEST, RELATIVE_ERROR, SMALLEST, Histogram, merge_encoded

values_in_range = st.floats(SMALLEST, LARGEST, allow_nan=False)
many_values = st.lists(values_in_range, min_size=1, max_size=200)


def histogram_of(values: list[float]) -> Histogram:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    return histogram


@given(many_values, st.floats(0, 1))
def test_a_quantile_is_within_two_percent_of_the_value_it_stands_for(
    values: list[float], q: float
) -> None:
    exact = sorted(values)[max(1, math.ceil(q * len(values))) - 1]

    told = histogram_of(values).quantile(q)

    assert RELATIVE_ERROR <= 0.02
    assert told == pytest.approx(exact, rel=RELATIVE_ERROR)


@given(many_values, many_values)
def test_merging_two_histograms_is_counting_all_their_values(
    some: list[float], others: list[float]
) -> None:
    merged = merge_encoded(histogram_of(some).encode(), histogram_of(others).encode())

    assert Histogram.decode(merged) == histogram_of(some + others)


@given(st.lists(values_in_range, max_size=200))
def test_a_histogram_survives_being_written_and_read(values: list[float]) -> None:
    histogram = histogram_of(values)

    assert Histogram.decode(histogram.encode()) == histogram


def test_a_thousand_latencies_take_a_few_hundred_bytes() -> None:
    latencies = [100.0 * 1.003**n for n in range(1_000)]

    assert len(histogram_of(latencies).encode()) < 300


def test_an_empty_histogram_has_no_quantile_and_takes_one_byte() -> None:
    assert Histogram().quantile(0.5) is None
    assert len(Histogram().encode()) == 1


@pytest.mark.parametrize("value", [0.0, -5.0, 1e-9, 1e300, math.inf])
def test_values_beyond_the_edges_are_counted_at_the_edge(value: float) -> None:
    [told] = {histogram_of([value]).quantile(0.5)}

    edge = SMALLEST if value < 1 else LARGEST
    assert told == pytest.approx(edge, rel=RELATIVE_ERROR)


def test_nan_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        Histogram().add(math.nan)


@pytest.mark.parametrize("damaged", [b"", b"\x02", b"\x01\x05", b"\x01\x85"])
def test_what_is_no_histogram_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="histogram"):
        Histogram.decode(damaged)
