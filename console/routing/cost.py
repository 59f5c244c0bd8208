"""What an answer costs by the table's prices."""

from console.table.model import Price

MILLION = 1_000_000


def estimated_cost(
    price: Price | None,
    input_tokens: int | None,
    output_tokens: int | None,
    cached_tokens: int | None = None,
) -> float | None:
    """Return US dollars, or None where the price or a token count is unknown: never 0 for that.

    `cached_tokens` are part of `input_tokens`; where the table has no cached price they cost the
    full one.
    """
    if price is None or input_tokens is None or output_tokens is None:
        return None
    cached = min(cached_tokens or 0, input_tokens)
    cached_price = price.cached_input if price.cached_input is not None else price.input
    dollars = (
        (input_tokens - cached) * price.input + cached * cached_price + output_tokens * price.output
    )
    return dollars / MILLION
