"""Requests the gateway does not take, told in the shape OpenAI's clients read."""

import json
from typing import Any

import httpx
import openai
import pytest

from console.gateway.client_request import MAX_BODY_BYTES
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import answers

CHAT = "/v1/chat/completions"
ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


def assert_told(answer: httpx.Response, status: int, code: str, param: str | None = None) -> None:
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["code"], error["param"]) == (code, param)
    assert len(answer.headers["x-request-id"]) == 36
    assert answer.headers["x-route-table"].startswith("desk@")


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b"", "invalid_json", None),
        (b"{broken", "invalid_json", None),
        (b'{"messages": [], "temperature": NaN}', "invalid_json", None),
        (b'\xff{"messages": []}', "invalid_json", None),
        (b"[" * 1000 + b"]" * 1000, "invalid_json", None),
        (b'{"messages": ' + b"[" * 1000 + b"]" * 1000 + b"}", "invalid_json", None),
        (b'{"a":' * 100_000, "invalid_json", None),
        (b"[]", "invalid_type", None),
        (b'"text"', "invalid_type", None),
        (b'{"model": "any"}', "missing_required_parameter", "messages"),
        (b'{"messages": null}', "missing_required_parameter", "messages"),
        (b'{"messages": "Hello"}', "invalid_type", "messages"),
        (b'{"messages": [], "model": 7}', "invalid_type", "model"),
        (b'{"messages": [], "stream": "yes"}', "invalid_type", "stream"),
        (b'{"messages": [], "stream_options": []}', "invalid_type", "stream_options"),
    ],
)
async def test_a_body_that_cannot_be_routed_is_refused_with_its_reason(
    desk: Desk, body: bytes, code: str, param: str | None
) -> None:
    east = await desk.provider("east", answers())
    await desk.open()

    answer = await desk.http.post(CHAT, content=body)

    assert_told(answer, 400, code, param)
    assert east.received == []


async def test_the_client_library_raises_its_own_error_for_a_refused_request(desk: Desk) -> None:
    await desk.provider("east", answers())
    client = await desk.open()

    with pytest.raises(openai.BadRequestError) as caught:
        await client.post("/chat/completions", body={"messages": "Hello"}, cast_to=object)

    assert (caught.value.param, caught.value.type) == ("messages", "invalid_request_error")
    assert caught.value.request_id is not None


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_ten_mebibytes_is_refused(desk: Desk, announced: bool) -> None:
    await desk.provider("east", answers())
    await desk.open()
    too_large = b" " * (MAX_BODY_BYTES + 1)

    async def in_pieces() -> Any:
        for start in range(0, len(too_large), 1 << 20):
            yield too_large[start : start + (1 << 20)]

    answer = await desk.http.post(CHAT, content=too_large if announced else in_pieces())

    assert_told(answer, 413, "request_too_large")


async def test_a_body_of_ten_mebibytes_is_taken(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.open()
    body = json.dumps({"model": "any", "messages": ASK}).encode()

    answer = await desk.http.post(CHAT, content=body.ljust(MAX_BODY_BYTES))

    assert answer.status_code == 200
    await desk.logged()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "unknown_url"),
        ("POST", "/", 404, "unknown_url"),
        ("POST", "/v1/chat/completions/", 404, "unknown_url"),
        ("GET", "/v1/chat/completions", 405, "method_not_allowed"),
        ("DELETE", "/models", 405, "method_not_allowed"),
    ],
)
async def test_an_unknown_address_or_method_is_told_as_an_openai_error(
    desk: Desk, method: str, path: str, status: int, code: str
) -> None:
    await desk.provider("east", answers())
    await desk.open()

    answer = await desk.http.request(method, path)

    assert_told(answer, status, code)


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://evil.example", 403), ("null", 403), ("http://localhost:3000", 200)],
)
async def test_pages_of_other_sites_may_not_use_the_gateway(
    desk: Desk, origin: str, status: int
) -> None:
    await desk.provider("east", answers())
    await desk.open()

    answer = await desk.http.post(
        CHAT, json={"model": "any", "messages": ASK}, headers={"origin": origin}
    )

    assert answer.status_code == status
