"""How a simulated model behaves: how quick it is, how much it says, and how often it goes wrong.

All times are seconds at speed 1. Times and lengths of language models are skewed to the right, so
every one is lognormal, given by its median and the sigma of its logarithm: about two thirds of the
draws lie between median / e^sigma and median x e^sigma.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType


@dataclass(frozen=True)
class Lognormal:
    """A lognormal distribution. `sigma` 0 always gives the median."""

    median: float
    sigma: float = 0.0

    def draw(self, rng: Random) -> float:
        """Return one value; always takes one normal draw from `rng`, whatever `sigma` is."""
        return self.median * math.exp(self.sigma * rng.normalvariate(0.0, 1.0))


@dataclass(frozen=True)
class Behaviour:
    """One model's distributions and probabilities, in fair weather.

    Of the ways to go wrong as a whole (`p_hang` to `p_truncated`) at most one befalls a request;
    their sum stays below 1. A cut answer breaks the connection part of the way through. The two
    JSON faults befall only answers for which JSON was asked and which nothing else befell:
    `p_broken_json` leaves the closing brackets out, `p_wrong_schema` a required field.
    """

    first_token_s: Lognormal = Lognormal(0.8, 0.35)
    """Until the first token, reading of the prompt and reasoning apart."""
    prefill_s_per_1k: float = 0.02
    """Seconds to read 1,000 tokens of the prompt."""
    tokens_per_s: Lognormal = Lognormal(70.0, 0.25)
    output_tokens: Lognormal = Lognormal(220.0, 0.6)
    """Length of an answer in prose, unless the request bounds it."""
    reasoning_tokens: Lognormal | None = None
    """Tokens thought before the first one said; None: the model does not reason."""
    bytes_per_token: float = 4.0
    """UTF-8 bytes of prompt to a token: tokenizers differ, so bills differ from the estimate."""
    p_cached: float = 0.4
    """Chance that the beginning of a prompt of 1,024 tokens or more is still cached."""
    p_tool_call: float = 0.8
    """Chance that a request which offers tools is answered by calling one."""

    p_hang: float = 0.001
    """Nothing comes until the caller gives up."""
    p_server_error: float = 0.006
    p_rate_limited: float = 0.006
    retry_after_s: Lognormal = Lognormal(4.0, 0.6)
    p_cut: float = 0.003
    p_refusal: float = 0.006
    p_content_filter: float = 0.001
    p_empty: float = 0.003
    p_truncated: float = 0.008
    """The answer stops for length before it is whole."""

    p_broken_json: float = 0.01
    p_wrong_schema: float = 0.01


BEHAVIOURS: Mapping[str, Behaviour] = MappingProxyType(
    {
        "birch-flash": Behaviour(
            first_token_s=Lognormal(0.25, 0.3),
            tokens_per_s=Lognormal(190.0, 0.2),
            output_tokens=Lognormal(110.0, 0.6),
            bytes_per_token=3.7,
            p_cached=0.0,
            p_truncated=0.02,
            p_broken_json=0.06,
            p_wrong_schema=0.04,
            p_empty=0.008,
        ),
        "birch-coder": Behaviour(
            first_token_s=Lognormal(0.6, 0.3),
            tokens_per_s=Lognormal(115.0, 0.25),
            output_tokens=Lognormal(420.0, 0.6),
            bytes_per_token=3.4,
            p_truncated=0.025,
        ),
        "acorn-mini-2": Behaviour(
            first_token_s=Lognormal(0.45, 0.35),
            tokens_per_s=Lognormal(95.0, 0.25),
            output_tokens=Lognormal(200.0, 0.55),
            p_refusal=0.02,
        ),
        "acorn-pro-2": Behaviour(
            first_token_s=Lognormal(0.9, 0.4),
            tokens_per_s=Lognormal(62.0, 0.25),
            output_tokens=Lognormal(380.0, 0.6),
            reasoning_tokens=Lognormal(160.0, 0.9),
            p_rate_limited=0.012,
        ),
        "cedar-long": Behaviour(
            first_token_s=Lognormal(1.1, 0.4),
            prefill_s_per_1k=0.045,
            tokens_per_s=Lognormal(58.0, 0.3),
            output_tokens=Lognormal(420.0, 0.5),
            bytes_per_token=4.3,
            p_hang=0.004,
        ),
        "cedar-private-24b": Behaviour(
            first_token_s=Lognormal(0.7, 0.5),
            prefill_s_per_1k=0.12,
            tokens_per_s=Lognormal(42.0, 0.3),
            output_tokens=Lognormal(190.0, 0.5),
            p_cached=0.0,
            p_server_error=0.015,
            p_broken_json=0.05,
        ),
    }
)
"""The models of the demo's own table, by the name their provider knows them by."""

EVERYDAY = Behaviour()
"""What a model that is not described behaves like."""
