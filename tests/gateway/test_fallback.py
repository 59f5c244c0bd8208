"""What is tried after a failure, what the client sees of it, and what the log says."""

import socket
from typing import Any

import openai
import pytest

from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import (
    WORDS,
    Act,
    answers,
    chunk_of,
    completion,
    cuts_after,
    never_answers,
    resets,
    says,
    streams,
)

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


def route(**changes: Any) -> dict[str, Any]:
    general = {"model": "east-model", "fallbacks": ["west-model"], "timeout_s": 5, "retries": 0}
    return {"general": general | changes}


FAILURES = [
    (never_answers, "timeout", None),
    (resets, "connection_reset", None),
    (says(429, retry_after="30"), "rate_limited", 429),
    (says(500), "upstream_5xx", 500),
    (says(502, b"<html>Bad gateway</html>", "text/html"), "upstream_5xx", 502),
    (says(408), "upstream_4xx", 408),
    (says(302, location="http://127.0.0.1:1/"), "bad_answer", 302),
    (says(200, b"<html>Welcome</html>", "text/html"), "bad_answer", 200),
    (says(200, b"[]"), "bad_answer", 200),
    (says(200, {"object": "chat.completion", "choices": []}), "bad_answer", 200),
    (answers({"error": {"message": "overloaded"}}), "upstream_error", 200),
]


@pytest.mark.parametrize(("act", "error_type", "status"), FAILURES)
async def test_a_failed_attempt_falls_back_to_the_next_target(
    desk: Desk, act: Act, error_type: str, status: int | None
) -> None:
    await desk.provider("east", act)
    await desk.provider("west", answers(completion("From the west.")))
    client = await desk.open(desk.table(routes=route(timeout_s=0.2)))

    raw = await client.chat.completions.with_raw_response.create(model="any", messages=ASK)

    assert raw.parse().choices[0].message.content == "From the west."
    assert raw.headers["x-route-model"] == "west-model"
    assert raw.headers["x-route-attempts"] == "2"
    row, [first, second] = await desk.one_logged()
    assert (first.kind, first.error_type, first.http_status) == ("primary", error_type, status)
    assert first.why_next == f"fallback_after_{error_type}"
    assert (second.kind, second.error_type, second.why_next) == ("fallback", None, None)
    assert (row.status, row.n_attempts, row.n_fallbacks) == ("degraded", 2, 1)
    assert (row.response_model, row.provider_name) == ("west-model", "west")


@pytest.mark.parametrize(
    ("act", "error_type", "status"),
    [
        *FAILURES[:5],
        (answers(), "bad_answer", 200),
        (streams(done=False), "eof_no_finish", 200),
        (streams(chunk_of({"role": "assistant"})), "eof_no_finish", 200),
        (streams({"error": {"message": "overloaded"}}), "upstream_error", 200),
        (cuts_after(chunk_of({"role": "assistant", "content": ""})), "connection_reset", 200),
        (streams({"odd": 1}, *WORDS[:1], done=False), "eof_no_finish", 200),
    ],
)
async def test_a_stream_that_fails_before_its_first_content_falls_back_unseen(
    desk: Desk, act: Act, error_type: str, status: int | None
) -> None:
    await desk.provider("east", act)
    await desk.provider("west", streams(*WORDS))
    client = await desk.open(desk.table(routes=route(first_chunk_timeout_s=0.2)))

    stream = await client.chat.completions.create(model="any", messages=ASK, stream=True)
    chunks = [chunk async for chunk in stream]

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello."
    assert {chunk.model for chunk in chunks} == {"west-model"}
    row, [first, second] = await desk.one_logged()
    assert (first.error_type, first.http_status) == (error_type, status)
    assert first.why_next == f"fallback_after_{error_type}"
    assert (second.kind, second.error_type) == ("fallback", None)
    assert (row.status, row.stream_end) == ("degraded", "done")


async def test_a_provider_that_refuses_connections_is_fallen_back_from(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    table = desk.table()
    table["providers"]["east"]["base_url"] = nobody
    client = await desk.open(table)

    await client.chat.completions.create(model="any", messages=ASK)

    _, [first, _] = await desk.one_logged()
    assert (first.error_type, first.why_next) == (
        "connection_refused",
        "fallback_after_connection_refused",
    )


async def test_a_target_is_retried_as_often_as_its_route_says(desk: Desk) -> None:
    east = await desk.provider("east", says(503), resets, answers())
    client = await desk.open(desk.table(routes={"general": {"model": "east-model", "retries": 2}}))

    await client.chat.completions.create(model="any", messages=ASK)

    row, attempts = await desk.one_logged()
    assert [(a.kind, a.why_next) for a in attempts] == [
        ("primary", "retry_after_upstream_5xx"),
        ("retry", "retry_after_connection_reset"),
        ("retry", None),
    ]
    assert (row.status, row.n_attempts, row.n_fallbacks) == ("ok", 3, 0)
    assert len(east.received) == 3


async def test_a_short_retry_after_is_waited_for_and_logged(desk: Desk) -> None:
    await desk.provider("east", says(429, retry_after_ms="30"), answers())
    client = await desk.open(desk.table(routes={"general": {"model": "east-model", "retries": 1}}))

    await client.chat.completions.create(model="any", messages=ASK)

    row, [first, second] = await desk.one_logged()
    assert (first.retry_after_s, first.why_next) == (0.03, "retry_after_rate_limited")
    assert first.duration_ms is not None
    assert second.ts_start - first.ts_start >= 0.03 + first.duration_ms / 1000 - 0.005
    assert row.gateway_overhead_ms is not None
    assert row.gateway_overhead_ms < 30


@pytest.mark.parametrize("stream", [False, True])
async def test_the_provider_s_refusal_of_the_request_reaches_the_client_as_it_is(
    desk: Desk, stream: bool
) -> None:
    error = {"error": {"message": "Too long.", "type": "t", "param": "messages", "code": "ctx"}}
    await desk.provider("east", says(400, error))
    west = await desk.provider("west", answers())
    client = await desk.open()

    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(model="any", messages=ASK, stream=stream)

    assert (caught.value.code, caught.value.param) == ("ctx", "messages")
    assert caught.value.response.json() == error
    assert caught.value.response.headers["x-route-model"] == "east-model"
    assert west.received == []
    row, [attempt] = await desk.one_logged()
    assert (row.status, row.http_status, row.error_type) == ("error", 400, "upstream_4xx")
    assert (attempt.http_status, attempt.why_next) == (400, None)


async def test_a_refusal_that_is_a_web_page_is_described_instead_of_sent_on(desk: Desk) -> None:
    await desk.provider("east", says(404, b"<html>nginx</html>", "text/html"))
    client = await desk.open()

    with pytest.raises(openai.NotFoundError) as caught:
        await client.chat.completions.create(model="any", messages=ASK)

    assert caught.value.code == "upstream_4xx"
    assert "nginx" not in caught.value.response.text


@pytest.mark.parametrize(
    ("acts", "status", "error_type", "code"),
    [
        ([says(429, retry_after="7"), says(429, retry_after="40")], 429, "rate_limited", "c"),
        ([never_answers, never_answers], 504, "timeout", "timeout"),
        ([says(503), says(503)], 503, "upstream_5xx", "c"),
        ([says(503), resets], 502, "connection_reset", "connection_reset"),
    ],
)
async def test_when_every_attempt_failed_the_client_is_told_not_to_try_again(
    desk: Desk, acts: list[Act], status: int, error_type: str, code: str
) -> None:
    for name, act in zip(("east", "west"), acts, strict=True):
        await desk.provider(name, act)
    client = await desk.open(desk.table(routes=route(timeout_s=0.2)))

    with pytest.raises(openai.APIStatusError) as caught:
        await client.chat.completions.create(model="any", messages=ASK)

    response = caught.value.response
    assert (caught.value.status_code, caught.value.code) == (status, code)
    assert response.headers["x-should-retry"] == "false"
    assert response.headers.get("retry-after") == ("7" if status == 429 else None)
    assert response.headers["x-route-attempts"] == "2"
    row, attempts = await desk.one_logged()
    assert response.headers["x-request-id"] == row.request_id
    assert (row.status, row.http_status, row.error_type) == ("error", status, error_type)
    assert attempts[-1].why_next is None
    assert (row.cost_usd, row.response_model) == (None, None)


async def test_a_route_whose_every_target_failed_escalates_where_it_says_so(desk: Desk) -> None:
    await desk.provider("east", says(500))
    await desk.provider("west", answers(completion("From the west.")))
    routes = {
        "general": {
            "model": "east-model",
            "retries": 0,
            "escalate": {"to": "large", "on": ["failed"], "because": "It must be answered."},
        },
        "large": {"model": "west-model"},
    }
    client = await desk.open(desk.table(routes=routes))

    raw = await client.chat.completions.with_raw_response.create(model="any", messages=ASK)

    assert (raw.headers["x-route"], raw.headers["x-route-model"]) == ("general", "west-model")
    row, [first, second] = await desk.one_logged()
    assert (first.why_next, second.kind) == ("escalation_after_failed", "escalation")
    assert (row.status, row.escalated, row.escalation_reason) == ("degraded", True, "failed")


async def test_without_an_eligible_target_every_skip_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.provider("east", answers())
    await desk.provider("west", answers())
    table = desk.table()
    table["providers"]["west"]["api_key_env"] = "DESK_KEY_THAT_IS_NOT_SET"
    table["models"]["east-model"]["context_tokens"] = 2
    client = await desk.open(table)

    with pytest.raises(openai.InternalServerError) as caught:
        await client.chat.completions.create(model="any", messages=ASK)

    assert (caught.value.status_code, caught.value.code) == (503, "no_eligible_target")
    assert "east-model (context_too_small), west-model (missing_key)" in caught.value.message
    row, attempts = await desk.one_logged()
    assert (row.status, row.error_type) == ("error", "no_eligible_target")
    assert list(attempts) == []
