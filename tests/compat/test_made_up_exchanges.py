"""Embeddings and responses through the gateway are, to OpenAI's client, what they are direct.

No such exchange that went well was recorded, so these are made up after OpenAI's documentation;
what the client itself makes of them, its helpers included, is the same over both ways.
"""

import asyncio
import base64
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from openai import AsyncOpenAI, AsyncStream, DefaultHttpxClient, OpenAI, Stream
from pydantic import BaseModel

from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import Act, answers
from tests.gateway.scripted_responses import (
    CALL,
    beginning,
    calling,
    ending,
    hello,
    message,
    response,
    saying,
    streams_events,
)

VECTOR = base64.b64encode(struct.pack("<3f", 0.0, 1.0, -2.5)).decode()
TOOL = {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": False}


class Named(BaseModel):
    name: str


def embedded(*vectors: Any) -> dict[str, Any]:
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    return {"object": "list", "data": data, "model": "upstream", "usage": usage}


NAMED = response(message('{"name":"A"}'))
Made = tuple[Act, Callable[[Any], Any]]
"""What a provider does, and what a client is asked for."""

EXCHANGES: dict[str, Made] = {
    "embeddings in base64": (
        answers(embedded(VECTOR, VECTOR)),
        lambda client: client.embeddings.create(model="m", input=["a", "b"]),
    ),
    "embeddings in numbers": (
        answers(embedded([0.0, 1.5e-7], [1.0, -0.25])),
        lambda client: client.embeddings.create(
            model="m", input=[[1, 2], [3]], encoding_format="float", dimensions=2
        ),
    ),
    "a response": (
        answers(response()),
        lambda client: client.responses.create(model="m", input="Greet me.", store=False),
    ),
    "a response with a call": (
        answers(response({"type": "reasoning", "id": "rs_1", "summary": []}, CALL)),
        lambda client: client.responses.create(model="m", input="Look.", tools=[TOOL]),
    ),
    "a parsed response": (
        answers(NAMED),
        lambda client: client.responses.parse(model="m", input="Name?", text_format=Named),
    ),
    "a streamed response": (
        streams_events(*hello()),
        lambda client: client.responses.create(model="m", input="Greet me.", stream=True),
    ),
    "the stream helper with a schema": (
        streams_events(*beginning(), *saying('{"name":', '"A"}'), ending(NAMED)),
        lambda client: client.responses.stream(model="m", input="Name?", text_format=Named),
    ),
    "the stream helper with a call": (
        streams_events(*beginning(), *calling(), ending(response(CALL))),
        lambda client: client.responses.stream(model="m", input="Look.", tools=[TOOL]),
    ),
}


def shown(told: Any) -> Any:
    """Return what the client made, with the provider's name for the model wherever it stands."""
    held = told.to_dict(warnings=False)
    for part in (held, held.get("response")):
        if isinstance(part, dict) and "model" in part:
            part["model"] = "the same"
    return held


def asking_sync(client: OpenAI) -> Callable[[Made], Awaitable[Any]]:
    def call(made: Made) -> Any:
        answer = made[1](client)
        if isinstance(answer, Stream):
            return [shown(event) for event in answer]
        if hasattr(answer, "to_dict"):
            return shown(answer)
        with answer as stream:
            return [event.type for event in stream], shown(stream.get_final_response())

    async def ask(made: Made) -> Any:
        return await asyncio.to_thread(call, made)

    return ask


def asking_async(client: AsyncOpenAI) -> Callable[[Made], Awaitable[Any]]:
    async def ask(made: Made) -> Any:
        answer = made[1](client)
        if not hasattr(answer, "__aenter__"):
            answer = await answer
        if isinstance(answer, AsyncStream):
            return [shown(event) async for event in answer]
        if hasattr(answer, "to_dict"):
            return shown(answer)
        async with answer as stream:
            types = [event.type async for event in stream]
            return types, shown(await stream.get_final_response())

    return ask


@pytest.mark.parametrize("is_async", [True, False], ids=["async", "sync"])
async def test_what_the_client_makes_of_an_answer_through_the_gateway_is_what_it_makes_direct(
    desk: Desk, is_async: bool
) -> None:
    on: list[Act] = []
    provider = await desk.provider("one", lambda wire: on[-1](wire))
    gateway = await desk.open()
    with DefaultHttpxClient(verify=False) as http:
        direct, through = (
            asking_async(gateway.with_options(base_url=url))
            if is_async
            else asking_sync(
                OpenAI(base_url=url, api_key="client-s-own", max_retries=0, http_client=http)
            )
            for url in (provider.url, desk.url)
        )
        for name, made in EXCHANGES.items():
            on.append(made[0])

            assert await through(made) == await direct(made), name

    asked, passed_on = provider.received[1::2], provider.received[::2]
    for given, sent in zip(asked, passed_on, strict=True):
        assert given.path == sent.path
        assert {**sent.body, "model": "m"} == given.body
