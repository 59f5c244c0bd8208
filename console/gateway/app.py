"""The gateway's addresses: what is routed, models to ask for, its health and its metrics."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from console.gateway.access import may_see_details
from console.gateway.chat_operation import Chat
from console.gateway.embeddings_operation import Embeddings
from console.gateway.endpoints import PATHS
from console.gateway.exchange import OperationEndpoint
from console.gateway.health import health
from console.gateway.openai_errors import error_object
from console.gateway.operation import Operation
from console.gateway.outcomes import OutcomeEndpoint
from console.gateway.reply import header_value
from console.gateway.responses_operation import Responses
from console.gateway.service import Service
from console.gateway.uuid7 import uuid7
from console.json_text import encoded

OPERATIONS: tuple[Operation, ...] = (Chat(), Embeddings(), Responses())

PREFIXES = ("/v1", "")
"""Clients give their base URL with or without it."""


def gateway_app(service: Service) -> ASGIApp:
    """Return the ASGI application of a gateway, with and without `/v1` before its addresses.

    What nearly every request is for goes straight to its endpoint: the framework's layers around
    it would cost more than the decision does.
    """
    others, outcomes = OtherEndpoints(service), OutcomeEndpoint(service)
    operations = {
        prefix + PATHS[operation.name]: OperationEndpoint(service, operation)
        for prefix in PREFIXES
        for operation in OPERATIONS
    }
    routes = [
        route
        for prefix in PREFIXES
        for route in (
            Route(f"{prefix}/models", others.models, methods=["GET"]),
            Route(f"{prefix}/outcomes", outcomes, methods=["POST"]),
        )
    ]
    app = Starlette(
        routes=[
            *(Route(path, endpoint, methods=["POST"]) for path, endpoint in operations.items()),
            *routes,
            Route("/healthz", others.health, methods=["GET"]),
            Route("/metrics", others.metrics, methods=["GET"]),
        ],
        exception_handlers={HTTPException: others.refused},
    )
    app.router.redirect_slashes = False

    async def straight_to_operations(scope: Scope, receive: Receive, send: Send) -> None:
        straight = operations.get(scope["path"]) if scope["type"] == "http" else None
        if straight is not None and scope["method"] == "POST":
            await straight(scope, receive, send)
        else:
            await app(scope, receive, send)

    return straight_to_operations


class OtherEndpoints:
    """Everything beside the operations: small answers about the gateway itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def models(self, _request: Request) -> Response:
        """List the models of the table, in the shape of OpenAI's list of models."""
        served = self._service.tables.current
        listed = [
            {
                "id": key,
                "object": "model",
                "created": int(served.since_ts),
                "owned_by": model.provider,
            }
            for key, model in served.table.models.items()
        ]
        return self._json(200, {"object": "list", "data": listed})

    async def health(self, request: Request) -> Response:
        """Tell how the gateway is. Always 200: it answers, so it is alive.

        Who brings no key where one is needed is told the status alone.
        """
        state = health(self._service)
        seen = state if may_see_details(request.scope) else {"status": state["status"]}
        return self._json(200, seen)

    async def metrics(self, request: Request) -> Response:
        """Give Prometheus the page it comes for, made beside the requests and not between them."""
        accept = request.headers.get("accept", "")
        page, content_type = await asyncio.to_thread(self._service.metrics.page, accept)
        return Response(page, headers={"content-type": content_type})

    async def refused(self, request: Request, error: Exception) -> Response:
        """Answer a request for an address or a method that is not there."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        asked = f"{request.method} {request.url.path}"
        if status == 405:
            body = error_object(f"{asked}: this method is not allowed.", *_METHOD)
        else:
            more = _KEPT_NOWHERE if request.url.path.startswith(_RESPONSES) else ""
            body = error_object(f"{asked}: there is no such address.{more}", *_ADDRESS)
        response = self._json(status, body)
        allow = getattr(error, "headers", None) or {}
        response.headers.update(allow)
        return response

    def _json(self, status: int, document: dict[str, Any]) -> Response:
        response = Response(encoded(document), status, media_type="application/json")
        response.headers["x-request-id"] = uuid7()
        title = self._service.tables.current.title
        response.headers["x-route-table"] = header_value(title).decode()
        return response


_METHOD = ("invalid_request_error", "method_not_allowed")
_ADDRESS = ("invalid_request_error", "unknown_url")
_RESPONSES = tuple(f"{prefix}{PATHS['responses']}/" for prefix in PREFIXES)
_KEPT_NOWHERE = " This gateway keeps no responses: none can be fetched, cancelled or deleted."
