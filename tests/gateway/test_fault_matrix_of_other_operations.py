"""Every way a provider can fail embeddings or a response in one piece, and what comes of each.

There is one target and nothing to fall back to, so that each fault is seen as it is. Streamed
responses have a matrix of their own, in `test_response_streams`.
"""

import asyncio
from typing import Any

import openai
import pytest

from console.gateway.embeddings_operation import Embeddings
from tests.gateway.conftest import Desk
from tests.gateway.metrics_page import samples, value
from tests.gateway.scripted_provider import (
    Act,
    Wire,
    answers,
    never_answers,
    resets,
    says,
)
from tests.gateway.scripted_responses import message, response

FEW_BYTES = 16 * 1024
HTML = b"<html>Bad gateway</html>"
LARGE = "x" * 3 * FEW_BYTES

LABELS = {
    "embeddings": {"gen_ai_operation_name": "embeddings", "openai_api_type": ""},
    "responses": {"gen_ai_operation_name": "chat", "openai_api_type": "responses"},
}


async def ask(client: openai.AsyncOpenAI, operation: str) -> Any:
    if operation == "embeddings":
        return await client.embeddings.create(model="any", input="Hello.")
    return await client.responses.create(model="any", input="Hello.")


def vectors(data: Any) -> Act:
    return answers({"object": "list", "data": data, "model": "upstream"})


async def drips_spaces(wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    await wire.send(b"content-length: 99999\r\n\r\n")
    while not wire.writer.is_closing():
        await wire.send(b" ")
        await asyncio.sleep(0.05)


OF_BOTH: dict[str, tuple[Act, int, str, int | None]] = {
    "reset": (resets, 502, "connection_reset", None),
    "stall": (never_answers, 504, "timeout", None),
    "slow drip": (drips_spaces, 504, "timeout", None),
    "HTML 502": (says(502, HTML, "text/html"), 502, "upstream_5xx", 502),
    "HTML 200": (says(200, HTML, "text/html"), 502, "bad_answer", 200),
    "empty 200": (says(200, b""), 502, "bad_answer", 200),
    "invalid JSON": (says(200, b'{"output": [{'), 502, "bad_answer", 200),
    "no object": (says(200, b"[1]"), 502, "bad_answer", 200),
    "error in a 200": (answers({"error": "busy"}), 502, "upstream_error", 200),
}
OF_EMBEDDINGS: dict[str, tuple[Act, int, str, int | None]] = {
    "no vectors": (vectors([]), 502, "bad_answer", 200),
    "vectors no list": (vectors(5), 502, "bad_answer", 200),
    "vector no object": (vectors([5]), 502, "bad_answer", 200),
    "oversized": (vectors([{"embedding": LARGE}]), 502, "answer_too_large", 200),
}
OF_RESPONSES: dict[str, tuple[Act, int, str, int | None]] = {
    "no output": (answers(response(output=None)), 502, "bad_answer", 200),
    "queued": (answers(response(status="queued")), 502, "bad_answer", 200),
    "failed": (answers(response(status="failed")), 502, "upstream_error", 200),
    "oversized": (answers(response(message(LARGE))), 502, "answer_too_large", 200),
}


@pytest.mark.parametrize(
    ("operation", "act", "status", "error_type", "seen"),
    [
        pytest.param(operation, *fault, id=f"{operation}, {name}")
        for operation, faults in (
            ("embeddings", {**OF_BOTH, **OF_EMBEDDINGS}),
            ("responses", {**OF_BOTH, **OF_RESPONSES}),
        )
        for name, fault in faults.items()
    ],
)
async def test_a_fault_is_told_to_the_client_to_the_log_and_in_the_metrics(
    desk: Desk,
    operation: str,
    act: Act,
    status: int,
    error_type: str,
    seen: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Embeddings, "most_answer_bytes", FEW_BYTES)
    monkeypatch.setattr("console.gateway.upstream.MAX_ANSWER_BYTES", FEW_BYTES)
    await desk.provider("east", act)
    route = {"model": "east-model", "retries": 0, "timeout_s": 0.4}
    client = await desk.open(desk.table(routes={"general": route}))

    with pytest.raises(openai.APIStatusError) as caught:
        await ask(client, operation)

    assert (caught.value.status_code, caught.value.code) == (status, error_type)
    assert caught.value.response.headers["x-should-retry"] == "false"
    row, [attempt] = await desk.one_logged()
    assert (row.operation_name, row.status, row.http_status) == (operation, "error", status)
    assert (row.error_type, attempt.error_type) == (error_type, error_type)
    assert (attempt.http_status, attempt.held_back, row.cost_usd) == (seen, None, None)
    failed = {**LABELS[operation], "error_type": error_type}
    found = await samples(desk)
    assert value(found, "gen_ai_server_request_duration_seconds_count", **failed) == 1
    assert value(found, "gen_ai_client_operation_duration_seconds_count", **failed) == 1


@pytest.mark.parametrize("operation", LABELS)
async def test_a_client_that_hangs_up_cancels_the_provider_at_once(
    desk: Desk, operation: str
) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def goes_on_forever(wire: Wire) -> None:
        asked.set()
        await wire.gateway_left()
        left.set()

    await desk.provider("east", goes_on_forever)
    client = await desk.open()
    call = asyncio.create_task(ask(client, operation))
    await asyncio.wait_for(asked.wait(), 5)
    call.cancel()

    await asyncio.wait_for(left.wait(), 5)
    row, [attempt] = await desk.one_logged()
    assert (row.operation_name, row.status) == (operation, "client_cancelled")
    assert (row.error_type, attempt.error_type) == ("client_abort", "client_abort")
    assert row.cost_usd is None
    aborted = {**LABELS[operation], "error_type": "client_abort"}
    found = await samples(desk)
    assert value(found, "gen_ai_server_request_duration_seconds_count", **aborted) == 1
