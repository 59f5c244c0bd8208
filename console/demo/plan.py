"""What the player will send and when: prompts dealt like cards onto arrival times."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from console.demo.prompts import PromptSpec
from console.demo.requests import ClientRequest, Length, build_request
from console.demo.trace import TracedCall
from console.routing.facts import BYTES_PER_TOKEN


@dataclass(frozen=True)
class Planned:
    """A request and its time: seconds after the beginning, at speed 1."""

    at_s: float
    request: ClientRequest


def plan_day(
    prompts: Sequence[PromptSpec], arrivals: Iterable[float], seed: int
) -> Iterator[Planned]:
    """Yield a request for every arrival.

    Prompts are dealt from a shuffled deck: each is sent once before any is sent again.
    """
    deck = _deal(prompts, Random(f"{seed}:deck"))
    for number, (at, spec) in enumerate(zip(arrivals, deck, strict=False)):
        yield Planned(at, build_request(spec, Random(f"{seed}:request:{number}")))


def plan_trace(
    prompts: Sequence[PromptSpec], trace: Iterable[TracedCall], seed: int
) -> Iterator[Planned]:
    """Yield a request for every traced call, as long as the call and asking for as long an answer.

    Any prompt that fits is taken; where none does, the shortest is cut.
    """
    by_size = sorted(prompts, key=_bytes)
    sizes = [_bytes(spec) for spec in by_size]
    for number, call in enumerate(trace):
        rng = Random(f"{seed}:request:{number}")
        fitting = bisect_right(sizes, call.input_tokens * BYTES_PER_TOKEN)
        spec = by_size[rng.randrange(max(1, fitting))]
        length = Length(call.input_tokens, call.output_tokens)
        yield Planned(call.at_s, build_request(spec, rng, length))


def _deal(prompts: Sequence[PromptSpec], rng: Random) -> Iterator[PromptSpec]:
    deck = list(prompts)
    while deck:
        rng.shuffle(deck)
        yield from deck


def _bytes(spec: PromptSpec) -> int:
    turns = spec.turns if isinstance(spec.turns, tuple) else ()
    return sum(len(text.encode()) for text in (spec.prompt, spec.system or "", *turns))
