"""Keeps web pages from spending the providers' keys through the browser of whoever runs a gateway.

A page may send requests to loopback without being allowed to read the answers; browsers name the
page in `Origin`, which API clients never send.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from console.gateway.openai_errors import RefusalError

_OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


def refuse_web_pages(headers: Mapping[str, str]) -> None:
    """Raise `RefusalError` (403) for a request made by a page of another site."""
    origin = headers.get("origin")
    if origin is None or _is_own(origin):
        return
    message = "Web pages may not use this gateway."
    raise RefusalError(403, message, code="web_page", kind="permission_error")


def _is_own(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    is_page = parts.scheme in ("http", "https") or origin == "null"
    return not is_page or parts.hostname in _OWN_HOSTS
