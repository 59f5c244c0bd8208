"""What OpenAI's own client gets through the gateway is what it would have got without it.

Runs over the installed version of the client. For another one, install it apart and put it first:
`pip install --target /tmp/openai-1 openai==1.109.1`, then
`PYTHONPATH=/tmp/openai-1 pytest tests/compat`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from openai import APIError, AsyncOpenAI, DefaultHttpxClient, OpenAI

from tests.compat.recorded import Recorded, Replay, recorded
from tests.gateway.conftest import Desk

Answer = tuple[str, Any]
"""What a client call came to: `whole`, `chunks` or the name of an error, and what it held."""

Ask = Callable[[Recorded], Awaitable[Answer]]

LEFT_OUT = {"messages": 2, "other": 8}
"""Exchanges over other protocols than OpenAI's, by protocol: the gateway speaks none of them."""

ROUTED = {"chat.completions": 409, "embeddings": 3, "responses": 5}
"""Exchanges that are replayed. Of embeddings and of responses only errors were recorded."""

MEANT = {"told before the stream": 1, "usage not asked for": 6}
"""How often the gateway changes what the client gets, beside `model`."""


def routed(shared_data: Path) -> list[Recorded]:
    """Return the recorded exchanges that can be routed; what is left out is counted and named."""
    every = recorded(shared_data / "upstream")
    assert Counter(exchange.api for exchange in every) == {**LEFT_OUT, **ROUTED}
    return [exchange for exchange in every if exchange.api in ROUTED]


def _arguments(exchange: Recorded) -> dict[str, Any]:
    """Return the request as arguments of `create`, fields a version may not know among them."""
    body = dict(exchange.request)
    known: dict[str, Any] = {
        name: body.pop(name) for name in ("model", "messages", "input", "stream") if name in body
    }
    return {**known, "extra_body": body}


def _asked(client: AsyncOpenAI | OpenAI, exchange: Recorded) -> Any:
    """Return the part of a client that makes requests like this one."""
    parts = {
        "chat.completions": client.chat.completions,
        "embeddings": client.embeddings,
        "responses": client.responses,
    }
    return parts[exchange.api]


def _told(error: APIError) -> Answer:
    return type(error).__name__, (getattr(error, "status_code", None), error.body)


def asking_async(client: AsyncOpenAI) -> Ask:
    async def ask(exchange: Recorded) -> Answer:
        try:
            answer = await _asked(client, exchange).create(**_arguments(exchange))
            if exchange.is_streamed:
                return "chunks", [chunk.to_dict(warnings=False) async for chunk in answer]
            return "whole", answer.to_dict(warnings=False)
        except APIError as error:
            return _told(error)

    return ask


def asking_sync(client: OpenAI) -> Ask:
    def call(exchange: Recorded) -> Answer:
        try:
            answer = _asked(client, exchange).create(**_arguments(exchange))
            if exchange.is_streamed:
                return "chunks", [chunk.to_dict(warnings=False) for chunk in answer]
            return "whole", answer.to_dict(warnings=False)
        except APIError as error:
            return _told(error)

    async def ask(exchange: Recorded) -> Answer:
        return await asyncio.to_thread(call, exchange)

    return ask


def expected(exchange: Recorded, direct: Answer, meant: Counter[str]) -> Answer:
    """Return a direct answer with the changes that are meant, counting them in `meant`.

    The answer's `model` is the served one. Usage the client did not ask for is left out, as it was
    the gateway that asked. An error that is all of a stream is told with a status of its own, as
    another attempt might have mended it.
    """
    kind, held = direct
    if kind == "whole":
        return kind, {**held, "model": "one-model"}
    if kind == "APIError":
        meant["told before the stream"] += 1
        return "InternalServerError", (502, held[1])
    if kind != "chunks":
        return direct
    chunks = [{**chunk, "model": "one-model"} for chunk in held]
    if exchange.asks_for_usage or not any(chunk.get("usage") for chunk in chunks):
        return kind, chunks
    meant["usage not asked for"] += 1
    kept = [chunk for chunk in chunks if chunk.get("choices") or not chunk.get("usage")]
    return kind, [{k: v for k, v in chunk.items() if k != "usage"} for chunk in kept]


async def differences(
    exchanges: list[Recorded], replay: Replay, desk: Desk, direct: Ask, through: Ask
) -> tuple[list[str], Counter[str]]:
    """Return a line for every exchange whose client or whose provider can tell the gateway.

    Beside them the changes that are meant, counted.
    """
    found, meant = [], Counter[str]()
    for exchange in exchanges:
        replay.on = exchange
        wanted = expected(exchange, await direct(exchange), meant)
        asked = desk.providers["one"].received[-1].body
        got = await through(exchange)
        passed_on = desk.providers["one"].received[-1].body
        if got != wanted:
            found.append(f"{exchange.name}: {str(wanted)[:400]} became {str(got)[:400]}")
        if _sent(asked) != _sent(passed_on):
            found.append(f"{exchange.name}: the provider was asked something else")
    return found, meant


def _sent(body: dict[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in body.items() if name not in ("model", "stream_options")}


@pytest.mark.parametrize("is_async", [True, False], ids=["async", "sync"])
async def test_what_the_client_gets_through_the_gateway_is_what_it_would_have_got_direct(
    desk: Desk, shared_data: Path, is_async: bool
) -> None:
    exchanges = routed(shared_data)
    replay = Replay()
    provider = await desk.provider("one", replay)
    gateway = await desk.open()
    if is_async:
        async with gateway.with_options(base_url=provider.url) as straight:
            asks = asking_async(straight), asking_async(gateway)
            found, meant = await differences(exchanges, replay, desk, *asks)
    else:
        with DefaultHttpxClient(verify=False) as http:
            clients = [
                OpenAI(base_url=url, api_key="client-s-own", max_retries=0, http_client=http)
                for url in (provider.url, desk.url)
            ]
            found, meant = await differences(exchanges, replay, desk, *map(asking_sync, clients))

    assert not found, f"{len(found)} of {len(exchanges)}:\n" + "\n".join(found)
    assert meant == MEANT
