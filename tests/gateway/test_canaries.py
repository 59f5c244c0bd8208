"""Keys planted everywhere come out nowhere: not in the log, in `/healthz`, or on the terminal."""

import json
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import CANARY, Desk
from tests.gateway.gateway_process import SERVE, GatewayProcess
from tests.gateway.scripted_provider import Act, Wire, answers, completion, says
from tests.gateway.scripted_responses import ending, failed, message, response, streams_events

IN_BODY = "sk-body-canary-0123456789"
IN_HEADER = "sk-header-canary-0123456789"
IN_URL = "sk-url-canary-0123456789"
IN_ANSWER = "sk-answer-canary-0123456789"
IN_ENVIRONMENT = "no shape of a key at all"
CANARIES = (CANARY, IN_BODY, IN_HEADER, IN_URL, IN_ANSWER, IN_ENVIRONMENT)

BREAKS = f"""
from console.gateway import exchange
def broken(*given, **named):
    secret = {IN_ENVIRONMENT!r}
    raise ZeroDivisionError(secret + " " + repr(given) + repr(named))
exchange.client_hints = broken
{SERVE}
"""


TEXTS = f"Here is {IN_BODY} and {IN_ENVIRONMENT}, {CANARY}."
CHAT = {"messages": [{"role": role, "content": TEXTS} for role in ("system", "user")]}
RESPONSE = {"instructions": TEXTS, "input": [{"role": "user", "content": TEXTS}]}
EMBEDDING = {"input": [TEXTS, TEXTS]}


def request(**says: Any) -> dict[str, Any]:
    return {
        "json": {
            **says,
            "model": IN_BODY,
            "metadata": {"conversation_id": IN_BODY, "task": IN_BODY, IN_BODY: IN_BODY},
            "user": IN_BODY,
            "api_key": IN_BODY,
        },
        "headers": {
            "authorization": f"Bearer {IN_HEADER}",
            "x-api-key": IN_HEADER,
            "x-route-tags": f"team={IN_HEADER}",
        },
        "params": {"api_key": IN_URL},
    }


async def repeats_what_it_got(wire: Wire) -> None:
    error = {"message": f"Wrong key {CANARY}, {IN_ANSWER}: {IN_BODY} {IN_ENVIRONMENT}"}
    await wire.answer(401, json.dumps({"error": error}).encode())


@pytest.mark.parametrize("program", [SERVE, BREAKS])
async def test_planted_keys_come_out_nowhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setenv("SOMEBODY_S_PASSWORD", IN_ENVIRONMENT)
    html = f"<html>{IN_ANSWER} {CANARY} ?key={IN_ENVIRONMENT}</html>".encode()
    in_text = completion(f"Your key is {IN_ANSWER}, {IN_ENVIRONMENT}.")
    fails = failed(message=f"Wrong key {CANARY}, {IN_ANSWER}: {IN_BODY} {IN_ENVIRONMENT}")
    course: list[tuple[str, dict[str, Any], Act]] = [
        ("/chat/completions", CHAT, repeats_what_it_got),
        ("/chat/completions", CHAT, says(502, html, "text/html")),
        ("/chat/completions", CHAT, answers(in_text)),
        ("/embeddings", EMBEDDING, repeats_what_it_got),
        ("/responses", RESPONSE, answers(response(message(f"It is {IN_ANSWER}, {CANARY}.")))),
        ("/responses", {**RESPONSE, "stream": True}, streams_events(ending(fails))),
    ]
    await desk.provider("east", *(act for _, _, act in course))
    desk.write_table(desk.table(capture={"text": "full"}))
    seen = ""

    async with GatewayProcess(desk.table_path, desk.log_path, program=program) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url, verify=False, timeout=30) as client:
            for address, said, _ in course:
                await client.post(address, **request(**said))
            given = {"request_id": IN_BODY, "name": IN_BODY, "score": 1, "comment": IN_BODY}
            await client.post("/outcomes", json=given)
            root = gateway.url.removesuffix("/v1")
            for address in ("/healthz", "/metrics"):
                seen += (await client.get(root + address)).text
        while_alive = b"".join(file.read_bytes() for file in desk.log_path.parent.iterdir())
        seen += "".join([gateway.line, *(await gateway.stop())])
    closed = b"".join(file.read_bytes() for file in desk.log_path.parent.iterdir())

    if program == BREAKS:
        assert "failed inside the gateway: ZeroDivisionError" in seen
    else:
        [_, refused, *_] = await desk.logged(len(course))
        [attempt] = desk.read_log(lambda reader: reader.attempts(refused.request_id))
        assert attempt.error_type == "upstream_5xx"
        assert attempt.error_message.startswith("<html>[secret")
    for canary in CANARIES:
        assert canary not in seen
        assert canary.encode() not in while_alive + closed
