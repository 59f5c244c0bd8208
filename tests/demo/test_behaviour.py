"""The odds and the pace of simulated models."""

from dataclasses import replace
from random import Random
from statistics import median
from typing import Any

import pytest

from console.demo.behaviour import BEHAVIOURS, Behaviour, Lognormal
from console.demo.fate import Outcome, draw_fate

SURE = Behaviour(
    p_hang=0.0,
    p_server_error=0.0,
    p_rate_limited=0.0,
    p_cut=0.0,
    p_refusal=0.0,
    p_content_filter=0.0,
    p_empty=0.0,
    p_truncated=0.0,
)


def test_half_of_all_draws_lie_below_the_median_and_two_thirds_within_one_sigma() -> None:
    rng = Random(1)

    draws = [Lognormal(2.0, 0.5).draw(rng) for _ in range(4000)]

    assert median(draws) == pytest.approx(2.0, rel=0.05)
    assert sum(2.0 / 1.6487 < draw < 2.0 * 1.6487 for draw in draws) / 4000 == pytest.approx(
        0.683, abs=0.03
    )


def test_the_same_seed_and_number_give_the_same_fate_and_others_another() -> None:
    behaviour = BEHAVIOURS["birch-flash"]

    first = draw_fate(behaviour, "7:birch:birch-flash:1")

    assert first == draw_fate(behaviour, "7:birch:birch-flash:1")
    assert first != draw_fate(behaviour, "7:birch:birch-flash:2")
    assert first != draw_fate(behaviour, "8:birch:birch-flash:1")


def test_trouble_comes_as_often_as_its_probability_says() -> None:
    behaviour = replace(SURE, p_rate_limited=0.2, p_truncated=0.1)

    fates = [draw_fate(behaviour, str(number)).outcome for number in range(4000)]

    assert fates.count("rate_limited") / 4000 == pytest.approx(0.2, abs=0.03)
    assert fates.count("truncated") / 4000 == pytest.approx(0.1, abs=0.03)
    assert set(fates) == {"answer", "rate_limited", "truncated"}


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("p_hang", "hang"),
        ("p_server_error", "server_error"),
        ("p_rate_limited", "rate_limited"),
        ("p_cut", "cut"),
        ("p_refusal", "refusal"),
        ("p_content_filter", "content_filter"),
        ("p_empty", "empty"),
        ("p_truncated", "truncated"),
    ],
)
def test_a_probability_of_one_is_certainty(name: str, outcome: Outcome) -> None:
    certain: dict[str, Any] = {name: 1.0}
    behaviour = replace(SURE, **certain)

    assert {draw_fate(behaviour, str(number)).outcome for number in range(50)} == {outcome}


def test_weather_moves_the_odds_but_not_the_luck() -> None:
    fair = draw_fate(SURE, "7:acorn:acorn-mini-2:3")
    foul = draw_fate(replace(SURE, p_server_error=1.0), "7:acorn:acorn-mini-2:3")

    assert replace(foul, outcome="answer") == fair


@pytest.mark.parametrize("name", list(BEHAVIOURS))
def test_every_described_model_mostly_works(name: str) -> None:
    outcomes = [draw_fate(BEHAVIOURS[name], str(number)).outcome for number in range(2000)]

    assert outcomes.count("answer") / 2000 > 0.9


def test_only_long_prompts_are_cached_and_only_in_whole_steps() -> None:
    behaviour = replace(SURE, p_cached=1.0)

    fate = draw_fate(behaviour, "cached")

    assert fate.cached_tokens(1023) == 0
    assert 0 < fate.cached_tokens(5000) < 5000
    assert fate.cached_tokens(5000) % 128 == 0
