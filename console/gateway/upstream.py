"""The one way out: every request to a provider leaves here, and every failure is named here."""

import asyncio
import errno
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import httpx
from aiohttp.http_exceptions import ContentEncodingError

from console.gateway.endpoints import Endpoint, OperationName
from console.gateway.failures import AttemptError, Failure, FailureType, ProviderRefusalError
from console.gateway.openai_errors import error_object
from console.gateway.provider_message import message_in, message_of_transport, own_error, read_soon
from console.gateway.proxies import Proxies
from console.json_text import encoded

CONNECT_TIMEOUT_S = 5.0
"""Who takes no connection by then is not there; OpenAI's own clients wait as long."""

MAX_CONNECTIONS = 2_000
"""Enough never to be what requests wait for; each open stream holds one."""

KEEPALIVE_S = 30.0

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""A whole answer, or a streamed one that is held back, is not read further than this."""

DRAIN_S = 0.25
"""How long a finished answer is given to close properly, so that its connection is kept."""

_TIMEOUTS = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S)
"""All else is bounded by the route's own timeouts (`asyncio.timeout_at`, where it is awaited)."""


class Upstream:
    """The client all attempts share: one pool of connections kept alive between requests.

    It is aiohttp's own: with httpx over it, a request costs half as much again. Made within the
    event loop that uses it.
    """

    def __init__(self) -> None:
        self._proxies = Proxies()
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=MAX_CONNECTIONS,
                keepalive_timeout=KEEPALIVE_S,
                # Trusts whom OpenAI's own client trusts, on systems without certificates too.
                ssl=httpx.create_ssl_context(),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=_TIMEOUTS,
        )

    async def open(
        self, endpoint: Endpoint, operation: OperationName, content: bytes
    ) -> "ProviderAnswer":
        """Send a request and return the answer once its status is known to be 200.

        The caller bounds the time and closes the answer. Raises `ProviderRefusalError` for a 4xx
        that blames the request, `AttemptError` for all else.
        """
        url = endpoint.urls[operation]
        try:
            response = await self._client.post(
                url,
                headers=endpoint.headers,
                data=content,
                allow_redirects=False,
                proxy=self._proxies.towards(url),
            )
        except Exception as error:  # transports raise more than they document
            said = message_of_transport(error)
            raise AttemptError(Failure(_failure_type(error), said=said)) from error
        answer = ProviderAnswer(response, endpoint)
        if response.status != 200:
            try:
                await answer.refuse()
            finally:
                await answer.aclose()
        return answer

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.close()


class ProviderAnswer:
    """An answer under way: its headers are here, its body is read as it is asked for."""

    def __init__(self, response: aiohttp.ClientResponse, endpoint: Endpoint) -> None:
        self._response = response
        self._endpoint = endpoint

    @property
    def is_json(self) -> bool:
        """Whether the provider says that this is a JSON document (and so no stream of events)."""
        return self._content_type.startswith("application/json")

    @property
    def is_event_stream(self) -> bool:
        """Whether the provider says that this is a stream of events."""
        return self._content_type.startswith("text/event-stream")

    @property
    def _content_type(self) -> str:
        told: str = self._response.headers.get("content-type", "")
        return told.lower()

    async def part(self) -> bytes | None:
        """Return the next bytes of the body; None at its end. Raises `AttemptError`."""
        try:
            return await self._response.content.readany() or None
        except Exception as error:  # transports raise more than they document
            kind, said = _failure_type(error), message_of_transport(error)
            raise AttemptError(Failure(kind, self._response.status, said=said)) from error

    async def whole(self, at_most: int | None = None) -> bytes:
        """Return the whole body, the provider's key blotted out. Raises `AttemptError`.

        `at_most` bounds its bytes, `MAX_ANSWER_BYTES` where it is not given.
        """
        bound = MAX_ANSWER_BYTES if at_most is None else at_most
        parts: list[bytes] = []
        size = 0
        while (part := await self.part()) is not None:
            parts.append(part)
            size += len(part)
            if size > bound:
                raise AttemptError(Failure("answer_too_large", self._response.status))
        return self._endpoint.without_key(b"".join(parts))

    async def refuse(self) -> None:
        """Raise what an answer other than 200 means: `AttemptError` or `ProviderRefusalError`."""
        status = self._response.status
        if 400 <= status < 500 and status not in (408, 409, 429):
            raise ProviderRefusalError(status, _error_body(status, await self.whole()))
        wait = retry_after_s(self._response.headers)
        body = self._endpoint.without_key(await read_soon(self.part))
        kind, said = _type_of_status(status), message_in(body)
        raise AttemptError(Failure(kind, status, wait, said=said, own_error=own_error(body)))

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
            if self._response.content.at_eof():
                self._response.release()
            else:
                self._response.close()


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
    """Name what the client raised, or what that stands on."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, TimeoutError):
            return "timeout"
        if isinstance(seen, OSError) and seen.errno == errno.ECONNREFUSED:
            return "connection_refused"
        if isinstance(seen, ConnectionResetError) or _is_broken_connection(seen):
            return "connection_reset"
        if isinstance(seen, ContentEncodingError):
            return "bad_answer"
        seen = seen.__cause__
    if isinstance(error, _NEVER_CONNECTED):
        return "connection_failed"
    return "connection_reset"


_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)


def _is_broken_connection(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ECONNABORTED)


def _error_body(status: int, body: bytes) -> bytes:
    """Return a provider's error as it came; one that is not in the OpenAI shape is described."""
    if (own := own_error(body)) is not None:
        return own
    message = f"The provider answered {status} with a body that is no OpenAI error."
    return encoded(error_object(message, "upstream_error", "upstream_4xx"))
