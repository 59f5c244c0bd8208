"""The one way out: every request to a provider leaves here, and every failure is named here."""

import asyncio
import errno
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from httpx_aiohttp import HttpxAiohttpClient

from console.gateway.endpoints import Endpoint
from console.gateway.failures import AttemptError, Failure, FailureType, ProviderRefusalError
from console.gateway.openai_errors import error_object
from console.json_text import NotJsonError, decoded, encoded

CONNECT_TIMEOUT_S = 5.0
"""Who takes no connection by then is not there; OpenAI's own clients wait as long."""

MAX_CONNECTIONS = 2_000
"""Enough never to be what requests wait for; each open stream holds one."""

KEEPALIVE_S = 30.0

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A whole answer larger than this is not read to its end."""

DRAIN_S = 0.25
"""How long a finished answer is given to close properly, so that its connection is kept."""

_TIMEOUTS = {"timeout": {"connect": CONNECT_TIMEOUT_S, "read": None, "write": None, "pool": None}}
"""All else is bounded by the route's own timeouts (`asyncio.timeout_at`, where it is awaited)."""

_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")
"""Never reached through a proxy, whatever the environment says."""


class Upstream:
    """The client all attempts share: one pool of connections kept alive between requests."""

    def __init__(self) -> None:
        # The default transport under httpx is several times slower when requests run side by side.
        self._client = HttpxAiohttpClient(
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS,
                max_keepalive_connections=MAX_CONNECTIONS,
                keepalive_expiry=KEEPALIVE_S,
            ),
            follow_redirects=False,
            mounts=dict.fromkeys(_LOOPBACK),
        )

    async def open(self, endpoint: Endpoint, content: bytes) -> "ProviderAnswer":
        """Send a request and return the answer once its status is known to be 200.

        The caller bounds the time and closes the answer. Raises `ProviderRefusalError` for a 4xx
        that blames the request, `AttemptError` for all else.
        """
        request = httpx.Request(
            "POST", endpoint.url, headers=endpoint.headers, content=content, extensions=_TIMEOUTS
        )
        try:
            response = await self._client.send(request, stream=True)
        except Exception as error:  # transports raise more than they document
            raise AttemptError(Failure(_failure_type(error))) from error
        answer = ProviderAnswer(response, endpoint)
        if response.status_code != 200:
            try:
                await answer.refuse()
            finally:
                await answer.aclose()
        return answer

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()


class ProviderAnswer:
    """An answer under way: its headers are here, its body is read as it is asked for."""

    def __init__(self, response: httpx.Response, endpoint: Endpoint) -> None:
        self._response = response
        self._endpoint = endpoint
        self._parts: AsyncIterator[bytes] = response.aiter_bytes()

    @property
    def is_json(self) -> bool:
        """Whether the provider says that this is a JSON document (and so no stream of events)."""
        content_type: str = self._response.headers.get("content-type", "")
        return content_type.startswith("application/json")

    async def part(self) -> bytes | None:
        """Return the next bytes of the body; None at its end. Raises `AttemptError`."""
        try:
            return await anext(self._parts, None)
        except Exception as error:  # transports raise more than they document
            raise AttemptError(Failure(_failure_type(error), self._response.status_code)) from error

    async def whole(self) -> bytes:
        """Return the whole body, the provider's key blotted out. Raises `AttemptError`."""
        parts: list[bytes] = []
        size = 0
        while (part := await self.part()) is not None:
            parts.append(part)
            size += len(part)
            if size > MAX_ANSWER_BYTES:
                raise AttemptError(Failure("bad_answer", self._response.status_code))
        return self._endpoint.without_key(b"".join(parts))

    async def refuse(self) -> None:
        """Raise what an answer other than 200 means: `AttemptError` or `ProviderRefusalError`."""
        status = self._response.status_code
        if 400 <= status < 500 and status not in (408, 409, 429):
            raise ProviderRefusalError(status, _error_body(status, await self.whole()))
        wait = retry_after_s(self._response.headers)
        raise AttemptError(Failure(_type_of_status(status), status, wait))

    async def aclose(self, *, drain: bool = False) -> None:
        """Let go of the connection; with `drain`, of one whose answer was taken to its end.

        Without `drain` an answer that is still under way is cut off at once.
        """
        try:
            if drain:
                async with asyncio.timeout(DRAIN_S):
                    while await self.part() is not None:
                        pass
        except (TimeoutError, AttemptError):
            pass
        finally:
            await self._response.aclose()


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return how long a provider asks to be left alone, in seconds; None where it does not say.

    Reads `retry-after-ms`, and `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3).
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        return seconds if 0 <= seconds < 1e9 else None
    try:
        when = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def _type_of_status(status: int) -> FailureType:
    if status == 429:
        return "rate_limited"
    if status in (408, 409):
        return "upstream_4xx"
    return "upstream_5xx" if status >= 500 else "bad_answer"


def _failure_type(error: BaseException) -> FailureType:
    """Name what a transport raised.

    The transport under httpx reports a connection that breaks as a connect timeout, so what it
    stands on is asked first.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, TimeoutError):
            return "timeout"
        if isinstance(seen, OSError) and seen.errno == errno.ECONNREFUSED:
            return "connection_refused"
        if isinstance(seen, ConnectionResetError) or _is_broken_connection(seen):
            return "connection_reset"
        seen = seen.__cause__
    if isinstance(error, httpx.DecodingError):
        return "bad_answer"
    if isinstance(error, httpx.ConnectError | httpx.ProxyError | httpx.UnsupportedProtocol):
        return "connection_failed"
    return "connection_reset"


def _is_broken_connection(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ECONNABORTED)


def _error_body(status: int, body: bytes) -> bytes:
    """Return a provider's error as it came; one that is not in the OpenAI shape is described."""
    try:
        told: Any = decoded(body)
    except NotJsonError:
        told = None
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        return body
    message = f"The provider answered {status} with a body that is no OpenAI error."
    return encoded(error_object(message, "upstream_error", "upstream_4xx"))
