"""What an answer costs, and that what is unknown is never 0."""

import pytest

from console.routing.cost import estimated_cost
from console.table.model import Price

PRICE = Price(input=2.0, output=8.0, cached_input=0.5)


@pytest.mark.parametrize(
    ("given", "output", "cached", "dollars"),
    [
        (1_000_000, 0, None, 2.0),
        (0, 1_000_000, None, 8.0),
        (1_000_000, 500_000, None, 6.0),
        (1_000_000, 0, 400_000, 1.4),
        (100, 0, 1_000_000, 100 * 0.5 / 1_000_000),
        (0, 0, 0, 0.0),
    ],
)
def test_a_cost_is_tokens_times_price_a_million(
    given: int, output: int, cached: int | None, dollars: float
) -> None:
    assert estimated_cost(PRICE, given, output, cached) == pytest.approx(dollars)


def test_without_a_cached_price_cached_tokens_cost_the_full_one() -> None:
    assert estimated_cost(Price(input=2.0, output=8.0), 1_000_000, 0, 1_000_000) == 2.0


@pytest.mark.parametrize(
    ("price", "given", "output"), [(None, 1, 1), (PRICE, None, 1), (PRICE, 1, None)]
)
def test_a_cost_of_which_anything_is_unknown_is_unknown(
    price: Price | None, given: int | None, output: int | None
) -> None:
    assert estimated_cost(price, given, output) is None


def test_a_price_of_nothing_is_known() -> None:
    assert estimated_cost(Price(input=0.0, output=0.0), 5, 5) == 0.0
