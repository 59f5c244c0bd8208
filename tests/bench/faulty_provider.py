"""A provider that now and then goes wrong, in every way providers do, by seeded chance."""

import asyncio
import random
from collections.abc import Mapping

from tests.gateway.scripted_provider import (
    WORDS,
    Act,
    ScriptedProvider,
    Wire,
    answers,
    cuts_after,
    never_answers,
    resets,
    says,
    streams,
)

SLOW_TASK = "slow"
"""Streams of this task always drip, so that a client can leave in the middle."""

_ERROR_EVENT = {"error": {"message": "overloaded", "type": "server_error", "code": "overloaded"}}


async def _stalls_after_the_first_chunk(wire: Wire) -> None:
    await wire.begin_stream()
    for document in WORDS[:2]:
        await wire.event(document)
    await wire.gateway_left()


async def _drips(wire: Wire) -> None:
    await wire.begin_stream()
    for document in WORDS:
        await wire.event(document)
        await asyncio.sleep(0.05)
    await wire.chunk(b"data: [DONE]\n\n")
    await wire.end_stream()


FOR_ALL: Mapping[str, Act] = {
    "reset": resets,
    "stall": never_answers,
    "429": says(429, retry_after="0"),
    "429 with a long Retry-After": says(429, retry_after="3"),
    "429 without Retry-After": says(429),
    "500": says(500),
    "HTML 502": says(502, b"<html>Bad gateway</html>", "text/html"),
    "400": says(400),
    "empty 200": says(200, b""),
    "invalid JSON": says(200, b'{"choices": [{'),
}
FOR_STREAMS: Mapping[str, Act] = {
    "cut": cuts_after(*WORDS[:3]),
    "end without finish": streams(*WORDS[:3], done=False),
    "error in the stream": streams(*WORDS[:3], _ERROR_EVENT),
    "error before the stream": streams(_ERROR_EVENT),
    "stall after the first chunk": _stalls_after_the_first_chunk,
    "slow drip": _drips,
}
_WELL = {False: answers(), True: streams(*WORDS)}


class FaultyProvider(ScriptedProvider):
    """Answers well but for a share of `faults`, drawn evenly from every kind there is."""

    def __init__(self, faults: float, seed: int) -> None:
        super().__init__(self._act)
        self._faults = faults
        self._chance = random.Random(seed)
        self.played: dict[str, int] = {}

    async def _act(self, wire: Wire) -> None:
        # Popped, as a long run would otherwise keep every request in memory.
        body = self.received.pop().body
        is_stream = bool(body.get("stream"))
        if is_stream and (body.get("metadata") or {}).get("task") == SLOW_TASK:
            await _drips(wire)
            return
        if self._chance.random() >= self._faults:
            await _WELL[is_stream](wire)
            return
        kinds = {**FOR_ALL, **FOR_STREAMS} if is_stream else FOR_ALL
        kind = self._chance.choice(list(kinds))
        self.played[kind] = self.played.get(kind, 0) + 1
        await kinds[kind](wire)
