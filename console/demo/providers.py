"""Simulated providers on loopback: the chat-completions protocol with stated odds of trouble.

They make nothing up about the protocol, only about the answers: a gateway, or the `openai` client,
talks to them as to any provider, at `<url>/<provider>/v1`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from types import TracebackType
from typing import Self
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from console.demo import wire
from console.demo.answers import Answer, answer_to
from console.demo.ask import Ask, AskError, read_ask
from console.demo.behaviour import BEHAVIOURS, EVERYDAY, Behaviour
from console.demo.fate import Fate, draw_fate
from console.demo.loopback import LoopbackServer
from console.demo.paced import Header, Paced, Part
from console.demo.weather import Weather, under

HANG_S = 600.0
"""Real seconds after which a hanging call ends by itself; its caller will have given up before."""
EVENT_EVERY_S = 0.05
"""A stream sends at most one event in this many real seconds, with as many tokens as fell due."""

_JSON: tuple[Header, ...] = ((b"content-type", b"application/json"),)
_EVENTS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
)


class SimulatedProviders:
    """An async context manager: inside it, every provider answers at its `base_urls`.

    Call number n of a model has the same fate under the same seed, weather apart. `speed` divides
    every time; `clock` gives real seconds. Raises OSError on entering where no port can be had.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        seed: int = 7,
        speed: float = 1.0,
        behaviours: Mapping[str, Behaviour] = BEHAVIOURS,
        weather: Weather | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._names = tuple(names)
        self._seed = seed
        self._speed = speed
        self._behaviours = behaviours
        self._weather = weather or Weather(seed, names)
        self._clock = clock
        self._began = clock()
        self._calls: Counter[str] = Counter()
        self._server = LoopbackServer(self.app())

    @property
    def base_urls(self) -> dict[str, str]:
        """The address of each provider, as a table's `base_url` wants it."""
        return {name: f"{self._server.url}/{quote(name)}/v1" for name in self._names}

    @property
    def calls(self) -> int:
        """How many calls came in so far."""
        return self._calls.total()

    def app(self) -> ASGIApp:
        """Return the ASGI application that speaks for all of them."""
        path = "/{provider:path}/v1/chat/completions"
        return Starlette(routes=[Route(path, self._chat, methods=["POST"])])

    async def __aenter__(self) -> Self:
        self._began = self._clock()
        await self._server.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._server.__aexit__(kind, error, trace)

    async def _chat(self, request: Request) -> Paced:
        provider = request.path_params["provider"]
        if provider not in self._names:
            return _error(404, "No such provider is simulated.", "not_found", None)
        try:
            ask = read_ask(await request.body())
        except AskError as error:
            return _error(400, str(error), "invalid_request_error", None, param=error.param)
        return self._answer(provider, ask)

    def _answer(self, provider: str, ask: Ask) -> Paced:
        at = (self._clock() - self._began) * self._speed
        fair = self._behaviours.get(ask.model, EVERYDAY)
        behaviour = under(fair, self._weather.at(provider, at))
        model = f"{provider}:{ask.model}"
        self._calls[model] += 1
        key = f"{self._seed}:{model}:{self._calls[model]}"
        fate = draw_fate(behaviour, key)
        match fate.outcome:
            case "hang":
                message = "The model took too long."
                return _error(504, message, "server_error", "timeout", pause_s=HANG_S)
            case "server_error":
                return self._server_error(fate)
            case "rate_limited":
                return self._rate_limited(ask, fate)
        answer = answer_to(ask, fate, behaviour.bytes_per_token)
        stamp = wire.Stamp(f"chatcmpl-{fate.text_seed:08x}", int(time.time()), ask.model)
        reading = behaviour.prefill_s_per_1k * answer.usage.prompt_tokens / 1000
        thinking = fate.reasoning_tokens / fate.tokens_per_s
        wait_s = (fate.first_token_s + reading + thinking) / self._speed
        if ask.stream:
            return self._stream(ask, fate, answer, stamp, wait_s)
        return self._whole(fate, answer, stamp, wait_s)

    def _server_error(self, fate: Fate) -> Paced:
        return _error(
            fate.error_status,
            "The server had an error while processing your request.",
            "server_error",
            "overloaded" if fate.error_status == 503 else None,
            pause_s=0.3 * fate.first_token_s / self._speed,
        )

    def _rate_limited(self, ask: Ask, fate: Fate) -> Paced:
        seconds = max(1, ceil(fate.retry_after_s / self._speed))
        return _error(
            429,
            f"Rate limit reached for {ask.model}. Please try again in {seconds}s.",
            "requests",
            "rate_limit_exceeded",
            pause_s=0.05 / self._speed,
            headers=((b"retry-after", str(seconds).encode()),),
        )

    def _whole(self, fate: Fate, answer: Answer, stamp: wire.Stamp, wait_s: float) -> Paced:
        data = wire.completion(answer, stamp)
        headers = (*_JSON, (b"content-length", str(len(data)).encode()))
        said = answer.usage.completion_tokens - answer.usage.reasoning_tokens
        pause = wait_s + said / fate.tokens_per_s / self._speed
        cut = fate.outcome == "cut"
        sent = data[: len(data) // 2] if cut else data
        return Paced(200, headers, lambda: (Part(pause, sent),), cut=cut)

    def _stream(
        self, ask: Ask, fate: Fate, answer: Answer, stamp: wire.Stamp, wait_s: float
    ) -> Paced:
        pace = fate.tokens_per_s * self._speed
        events = tuple(wire.deltas(answer, max(1, round(pace * EVENT_EVERY_S)) * 4))
        cut = fate.outcome == "cut"
        if cut:
            events = events[: max(1, int(len(events) * fate.cut_at))]
        said = answer.usage.completion_tokens - answer.usage.reasoning_tokens
        gap_s = said / pace / max(1, len(events))

        def parts() -> Iterator[Part]:
            for number, delta in enumerate(events):
                pause = wait_s if number == 0 else gap_s
                yield Part(pause, wire.chunk(stamp, delta, None, ask.include_usage))
            if cut:
                return
            last = wire.chunk(stamp, {}, answer.finish_reason, ask.include_usage)
            yield Part(gap_s, last)
            if ask.include_usage:
                yield Part(0.0, wire.usage_chunk(stamp, answer.usage))
            yield Part(0.0, wire.DONE)

        return Paced(200, _EVENTS, parts, cut=cut)


def _error(
    status: int,
    message: str,
    kind: str,
    code: str | None,
    *,
    param: str | None = None,
    pause_s: float = 0.0,
    headers: Iterable[Header] = (),
) -> Paced:
    data = wire.error_object(message, kind, code, param)
    return Paced(status, (*_JSON, *headers), lambda: (Part(pause_s, data),))
