"""Figures in the few characters there are for them."""

import pytest

from console.quantities import ago, clock, count, dollars, duration, moment, percent, rate


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (None, "?"),
        (0.2, "0ms"),
        (84, "84ms"),
        (999.4, "999ms"),
        (999.6, "1.0s"),
        (9_940, "9.9s"),
        (9_960, "10s"),
        (59_600, "1m00"),
        (185_000, "3m05"),
        (7_800_000, "2h10"),
        (10**12, ">99h"),
    ],
)
def test_a_duration_takes_five_characters_at_most(ms: float | None, shown: str) -> None:
    assert duration(ms) == shown
    assert len(shown) <= 5


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, "?"),
        (0, "0"),
        (999, "999"),
        (1_000, "1.0k"),
        (9_960, "10k"),
        (999_499, "999k"),
        (999_500, "1.0M"),
        (34_000_000, "34M"),
        (10**13, ">1T"),
    ],
)
def test_a_count_takes_few_characters(number: int | None, shown: str) -> None:
    assert count(number) == shown


def test_an_unknown_cost_is_a_question_mark_and_a_free_one_is_not() -> None:
    assert dollars(None) == "?"
    assert dollars(0.0) == "$0.0000"
    assert dollars(0.00001) == "<$.0001"
    assert dollars(0.0012) == "$0.0012"
    assert dollars(1234.5) == "$1,234.50"


def test_rates_and_spans_of_time_are_told_in_one_unit() -> None:
    assert [rate(x) for x in (None, 0, 0.26, 99.9, 1240)] == ["?", "0", "0.3", "99.9", "1,240"]
    assert [ago(x) for x in (-1, 12, 240, 10_800, 200_000)] == [
        "0 s",
        "12 s",
        "4 min",
        "3 h",
        "2 days",
    ]


@pytest.mark.parametrize("ts", [1e300, float("nan"), float("inf"), -1e18])
def test_a_time_out_of_this_world_is_unknown(ts: float) -> None:
    assert clock(ts) == "?"
    assert moment(ts) == "?"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (None, "?"),
        (0.0, "0 %"),
        (0.0001, "<0.1 %"),
        (0.003, "0.3 %"),
        (0.0994, "9.9 %"),
        (0.12, "12 %"),
        (0.9999, "100.0 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_that_is_not_nothing_is_never_shown_as_nothing(
    share: float | None, shown: str
) -> None:
    assert percent(share) == shown
