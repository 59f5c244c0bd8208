"""Which proxy leads to a provider, as the environment says: `HTTPS_PROXY`, `NO_PROXY` and so on."""

from urllib.request import getproxies, proxy_bypass

from yarl import URL

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Never reached through a proxy, whatever the environment says."""


class Proxies:
    """The environment's proxies as they were when this was made."""

    def __init__(self) -> None:
        self._proxies = getproxies()
        self._found: dict[URL, str | None] = {}

    def towards(self, url: URL) -> str | None:
        """Return the proxy that leads to `url`; None where there is none to be used."""
        if not self._proxies:
            return None
        origin = url.origin()
        if origin not in self._found:
            self._found[origin] = self._sought(origin)
        return self._found[origin]

    def _sought(self, origin: URL) -> str | None:
        host = origin.host or ""
        if host in _LOOPBACK or proxy_bypass(host):
            return None
        found = self._proxies.get(origin.scheme) or self._proxies.get("all")
        return f"http://{found}" if found and "://" not in found else found
