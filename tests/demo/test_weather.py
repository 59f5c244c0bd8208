"""Bad quarter-hours: when they come, and what they do to a model."""

import itertools

from console.demo.behaviour import Behaviour
from console.demo.weather import CALM, Condition, Weather, under

PROVIDERS = ("acorn", "birch", "cedar")
MINUTES = [minute * 60.0 for minute in range(24 * 60)]


def test_the_same_seed_brings_the_same_weather_whatever_the_order_of_asking() -> None:
    one, other = Weather(7, PROVIDERS), Weather(7, PROVIDERS)

    forwards = [one.at("birch", at) for at in MINUTES]
    backwards = [other.at("birch", at) for at in reversed(MINUTES)]

    assert forwards == backwards[::-1]


def test_a_demo_begins_in_fair_weather_and_sees_trouble_within_five_minutes() -> None:
    for seed in range(20):
        weather = Weather(seed, PROVIDERS)

        assert all(weather.at(name, 60.0) == CALM for name in PROVIDERS)
        assert any(weather.at(name, 300.0) != CALM for name in PROVIDERS)


def test_over_a_day_every_provider_is_calm_most_of_the_time_but_not_always() -> None:
    weather = Weather(7, PROVIDERS)

    for name in PROVIDERS:
        calm = sum(weather.at(name, at) == CALM for at in MINUTES) / len(MINUTES)
        assert 0.4 < calm < 0.95


def test_a_spell_comes_on_slowly() -> None:
    weather = Weather(7, PROVIDERS)

    severities = [weather.at("acorn", float(at)).severity for at in range(0, 6 * 3600, 5)]

    steps = [abs(after - before) for before, after in itertools.pairwise(severities)]
    assert max(severities) > 0.5
    assert max(steps) < 0.1


def test_an_unknown_provider_has_fair_weather() -> None:
    assert Weather(7, PROVIDERS).at("dogwood", 900.0) == CALM


def test_each_kind_of_weather_worsens_its_own_part_of_a_models_behaviour() -> None:
    fair = Behaviour()

    assert under(fair, CALM) == fair
    slow = under(fair, Condition("slow", 1.0))
    assert slow.first_token_s.median > 3 * fair.first_token_s.median
    assert slow.tokens_per_s.median < fair.tokens_per_s.median
    assert under(fair, Condition("throttled", 1.0)).p_rate_limited > 0.5
    failing = under(fair, Condition("failing", 1.0))
    assert failing.p_server_error > 0.3
    assert failing.p_cut > 0.1
    assert under(fair, Condition("down", 1.0)).p_server_error > 0.9
