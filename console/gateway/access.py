"""Lets in who brings a client's key, where the gateway has any, and notes whose it is."""

from starlette.types import ASGIApp, Receive, Scope, Send

from console.gateway.client_keys import ClientKeys
from console.gateway.openai_errors import RefusalError
from console.gateway.reply import Reply
from console.gateway.service import Service
from console.gateway.uuid7 import uuid7

_CLIENT = "route_console.client"

OPEN_ADDRESSES = frozenset({"/healthz"})
"""Answered without a key, too, for load balancers: `/healthz` then tells its status alone."""


def client_of(scope: Scope) -> str | None:
    """Return the name of the client whose key a request brought; None where none was needed."""
    name: str | None = scope.get(_CLIENT)
    return name


def may_see_details(scope: Scope) -> bool:
    """Tell whether who asks brought a key, or none was needed."""
    return _CLIENT not in scope or scope[_CLIENT] is not None


class Access:
    """Stands before the whole application. What was brought in vain is neither logged nor told."""

    def __init__(self, app: ASGIApp, service: Service, keys: ClientKeys) -> None:
        self._app = app
        self._service = service
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401."""
        if self._keys and scope["type"] == "http":
            name = self._keys.name_of(_key_in(scope))
            if name is None and scope["path"] not in OPEN_ADDRESSES:
                await self._refuse(send)
                return
            scope[_CLIENT] = name
        await self._app(scope, receive, send)

    async def _refuse(self, send: Send) -> None:
        refusal = RefusalError(
            401,
            "This gateway asks for a client's key, as `Authorization: Bearer …`; none it knows"
            " was given.",
            code="invalid_api_key",
            kind="authentication_error",
        )
        self._service.metrics.request_refused(refusal.status, refusal.code)
        reply = Reply(send, uuid7(), self._service.tables.current.title)
        await reply.json(refusal.status, refusal.body(), [(b"www-authenticate", b"Bearer")])


def _key_in(scope: Scope) -> str:
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if len(given) != 1:
        return ""
    scheme, _, key = given[0].partition(b" ")
    return key.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""
