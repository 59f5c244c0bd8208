"""Simulated providers as the official client sees them, over loopback."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI

from console.demo.behaviour import Behaviour, Lognormal
from console.demo.providers import SimulatedProviders
from tests.demo.test_answers import JSON_SCHEMA, SCHEMA, TOOL
from tests.demo.test_behaviour import SURE

QUICK = replace(SURE, p_cached=1.0, reasoning_tokens=Lognormal(50.0, 0.0))
MESSAGES: Any = [{"role": "user", "content": "Where is my order?"}]


@asynccontextmanager
async def client_of(
    behaviour: Behaviour = QUICK, seed: int = 7, provider: str = "acorn"
) -> AsyncIterator[AsyncOpenAI]:
    behaviours: Mapping[str, Behaviour] = {"m": behaviour}
    async with (
        SimulatedProviders(["acorn"], seed=seed, speed=1000.0, behaviours=behaviours) as providers,
        AsyncOpenAI(
            base_url=providers.base_urls["acorn"].replace("acorn", provider),
            api_key="unused",
            max_retries=0,
        ) as client,
    ):
        yield client


async def test_the_openai_client_reads_a_whole_answer_with_its_usage() -> None:
    async with client_of() as client:
        answer = await client.chat.completions.create(model="m", messages=MESSAGES)

    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "m"
    usage = answer.usage
    assert usage is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert usage.completion_tokens_details is not None
    assert usage.completion_tokens_details.reasoning_tokens == 50
    assert usage.prompt_tokens_details is not None
    assert usage.prompt_tokens_details.cached_tokens == 0


async def test_the_beginning_of_a_long_prompt_is_reported_as_cached() -> None:
    long: Any = [{"role": "user", "content": "word " * 2000}]
    async with client_of() as client:
        answer = await client.chat.completions.create(model="m", messages=long)

    assert answer.usage is not None
    assert answer.usage.prompt_tokens_details is not None
    assert (answer.usage.prompt_tokens_details.cached_tokens or 0) >= 1024


async def test_a_stream_begins_with_the_role_and_ends_with_the_finish_reason() -> None:
    async with client_of() as client:
        stream = await client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
        chunks = [chunk async for chunk in stream]

    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert [chunk.choices[0].finish_reason for chunk in chunks][-1] == "stop"
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in chunks)


async def test_usage_is_streamed_only_where_it_was_asked_for() -> None:
    async with client_of() as client:
        stream = await client.chat.completions.create(
            model="m", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]

    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert all(chunk.usage is None for chunk in chunks[:-1])


async def test_the_same_seed_and_number_give_the_same_answer_streamed_or_not() -> None:
    async with client_of() as client:
        whole = await client.chat.completions.create(model="m", messages=MESSAGES)
    async with client_of() as client:
        stream = await client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
        pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
    async with client_of(seed=8) as client:
        other = await client.chat.completions.create(model="m", messages=MESSAGES)

    assert "".join(pieces) == whole.choices[0].message.content
    assert other.choices[0].message.content != whole.choices[0].message.content


async def test_the_clients_stream_helper_puts_tool_calls_together() -> None:
    tools: Any = [TOOL]
    async with (
        client_of(replace(QUICK, p_tool_call=1.0)) as client,
        client.chat.completions.stream(model="m", messages=MESSAGES, tools=tools) as stream,
    ):
        answer = await stream.get_final_completion()

    [call] = answer.choices[0].message.tool_calls or []
    assert call.function.name == "get_order"
    assert "order_id" in json.loads(call.function.arguments)
    assert answer.choices[0].finish_reason == "tool_calls"


async def test_a_json_schema_is_answered_with_json_that_has_its_fields() -> None:
    wanted: Any = JSON_SCHEMA
    async with client_of() as client:
        answer = await client.chat.completions.create(
            model="m", messages=MESSAGES, response_format=wanted
        )

    assert set(json.loads(answer.choices[0].message.content or "")) == set(SCHEMA["required"])


async def test_a_rate_limit_says_when_to_come_back() -> None:
    async with client_of(replace(SURE, p_rate_limited=1.0)) as client:
        with pytest.raises(openai.RateLimitError) as refused:
            await client.chat.completions.create(model="m", messages=MESSAGES)

    assert int(refused.value.response.headers["retry-after"]) >= 1
    assert refused.value.code == "rate_limit_exceeded"


async def test_a_server_error_is_one_of_the_five_hundreds() -> None:
    async with client_of(replace(SURE, p_server_error=1.0)) as client:
        with pytest.raises(openai.InternalServerError) as failed:
            await client.chat.completions.create(model="m", messages=MESSAGES)

    assert failed.value.status_code in (500, 502, 503)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_cut_answer_breaks_the_connection(stream: bool) -> None:
    behaviours = {"m": replace(SURE, p_cut=1.0)}
    body = {"model": "m", "messages": MESSAGES, "stream": stream}
    async with (
        SimulatedProviders(["acorn"], speed=1000.0, behaviours=behaviours) as providers,
        httpx.AsyncClient() as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(f"{providers.base_urls['acorn']}/chat/completions", json=body)


async def test_a_hanging_model_says_nothing_until_the_caller_gives_up() -> None:
    async with client_of(replace(SURE, p_hang=1.0)) as client:
        with pytest.raises(openai.APITimeoutError):
            await client.chat.completions.create(model="m", messages=MESSAGES, timeout=0.05)


async def test_a_request_no_provider_would_take_is_a_bad_request() -> None:
    async with client_of() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.chat.completions.create(model="m", messages=[])

    assert refused.value.param == "messages"


async def test_a_provider_that_is_not_simulated_is_not_found() -> None:
    async with client_of(provider="dogwood") as client:
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(model="m", messages=MESSAGES)
