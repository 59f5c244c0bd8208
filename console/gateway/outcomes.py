"""Takes what clients say about answers: `POST /v1/outcomes`."""

import asyncio
import time
from typing import Any

import msgspec
from starlette.types import Receive, Scope, Send

from console.gateway.access import client_of
from console.gateway.client_connection import ClientGone, read_body
from console.gateway.client_hints import header_texts
from console.gateway.openai_errors import RefusalError
from console.gateway.reply import Reply
from console.gateway.service import Service
from console.gateway.uuid7 import uuid7
from console.gateway.web_pages import refuse_web_pages
from console.json_text import NotJsonError, decoded, encoded
from console.traffic.batch import Begun, Finished
from console.traffic.outcomes import (
    Found,
    KeyReused,
    OutcomeProblem,
    UnknownRequest,
    judged,
    look_up,
    outcome_of,
)
from console.traffic.problem import LogProblem
from console.traffic.records import OutcomeRow, RequestRow


class OutcomeEndpoint:
    """The ASGI application behind it. A repeat is answered 200 with what was taken before."""

    def __init__(self, service: Service) -> None:
        self._service = service
        # One after the other: two that come at once with one key must not both count as the first.
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        service = self._service
        reply = Reply(send, uuid7(), service.tables.current.title, service.log.durable)
        try:
            headers = header_texts(scope["headers"])
            refuse_web_pages(headers)
            given = _object(await read_body(receive, headers))
            status, outcome = await self._taken(given, client_of(scope))
            await reply.json(status, encoded(_shown(outcome)))
        except RefusalError as refusal:
            service.metrics.request_refused(refusal.status, refusal.code)
            await reply.refused(refusal)
        except ClientGone:
            return

    async def _taken(self, given: dict[str, Any], client: str | None) -> tuple[int, OutcomeRow]:
        """Return the status to answer and the outcome as the log has it. Raises `RefusalError`."""
        service = self._service
        try:
            outcome = outcome_of(given, time.time(), client)
            service.log.redactor.record(outcome)
            async with self._turn:
                found = await asyncio.to_thread(self._look_up, outcome)
                earlier = judged(outcome, found)
                if earlier is not None:
                    return 200, earlier
                service.log.outcome(outcome)
        except OutcomeProblem as problem:
            raise _refused(problem) from None
        except LogProblem:
            raise RefusalError(
                503,
                "The traffic log cannot be read now: whether it has the request is not known.",
                code="log_unavailable",
                kind="gateway_error",
            ) from None
        if found.request is not None:
            table = service.tables.current.table
            service.metrics.outcome(outcome.name, outcome.score, found.request, table)
        return 201, outcome

    def _look_up(self, outcome: OutcomeRow) -> Found:
        """Look among what is still to be written, then on disk: it may get there meanwhile."""
        request: RequestRow | None = None
        earlier: OutcomeRow | None = None
        key = outcome.idempotency_key
        for event in self._service.log.not_on_disk():
            match event:
                case Begun() | Finished() if event.row.request_id == outcome.request_id:
                    request = event.row
                case OutcomeRow() if key is not None and event.idempotency_key == key:
                    earlier = earlier or event
        if request is not None and (key is None or earlier is not None):
            return Found(request, earlier)
        on_disk = look_up(self._service.log.path, outcome)
        return Found(request or on_disk.request, on_disk.earlier or earlier)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        given = decoded(raw)
    except NotJsonError:
        raise RefusalError(400, "The body is not JSON.", code="invalid_json") from None
    if not isinstance(given, dict):
        raise RefusalError(400, "The body must be a JSON object.", code="invalid_type")
    return given


def _refused(problem: OutcomeProblem) -> RefusalError:
    match problem:
        case UnknownRequest():
            status, code = 404, "unknown_request"
        case KeyReused():
            status, code = 409, "idempotency_key_reused"
        case _:
            status, code = 400, "invalid_value"
    return RefusalError(status, problem.sentence, code=code, param=problem.field)


def _shown(outcome: OutcomeRow) -> dict[str, Any]:
    return {"object": "outcome", **msgspec.structs.asdict(outcome)}
