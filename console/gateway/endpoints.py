"""Where each model of the table is reached, with the keys that the environment holds for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from yarl import URL

from console import __version__
from console.json_text import encoded
from console.routing.decision import SkipReason
from console.table.model import Provider, Table

OperationName = Literal["chat", "embeddings", "responses"]
"""What a gateway is asked for, as the log calls it (`operation_name`)."""

PATHS: Mapping[OperationName, str] = {
    "chat": "/chat/completions",
    "embeddings": "/embeddings",
    "responses": "/responses",
}
"""Where each operation is found, below the base URL of a provider and of the gateway alike."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One model as its provider knows it: the only place that decides where a request goes.

    Everything here comes from the table and the environment, nothing from a caller.
    """

    model: str
    urls: Mapping[OperationName, URL]
    quoted_name: bytes
    """The name sent upstream, as JSON text."""
    headers: Mapping[str, str] = field(repr=False)
    key: bytes | None = field(repr=False, default=None)

    def without_key(self, data: bytes) -> bytes:
        """Return `data` with the provider's key blotted out, should a provider repeat it."""
        if self.key is not None and self.key in data:
            return data.replace(self.key, b"[key withheld]")
        return data


def endpoints_of(table: Table, environment: Mapping[str, str]) -> dict[str, Endpoint]:
    """Return the endpoint of every model of `table` by its key."""
    return {
        key: _endpoint(
            key, table.providers[model.provider], table.model_sent_upstream(key), environment
        )
        for key, model in table.models.items()
    }


def models_without_key(table: Table, environment: Mapping[str, str]) -> dict[str, SkipReason]:
    """Return the models whose provider's key the environment lacks, as skips for the router."""
    return {
        key: "missing_key"
        for key, model in table.models.items()
        if table.providers[model.provider].api_key_env is not None
        and _key_of(table.providers[model.provider], environment) is None
    }


def this_environment() -> Mapping[str, str]:
    """Return the environment that provider keys are read from."""
    return os.environ


def _endpoint(
    key: str, provider: Provider, upstream_name: str, environment: Mapping[str, str]
) -> Endpoint:
    secret = _key_of(provider, environment)
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "accept-encoding": "gzip, deflate",
        "user-agent": f"route-console/{__version__}",
    }
    base_url = provider.base_url.rstrip("/")
    if secret is not None:
        headers["authorization"] = f"Bearer {secret}"
    return Endpoint(
        model=key,
        urls={name: URL(base_url + path) for name, path in PATHS.items()},
        quoted_name=encoded(upstream_name),
        headers=headers,
        key=secret.encode() if secret is not None else None,
    )


def _key_of(provider: Provider, environment: Mapping[str, str]) -> str | None:
    """Return the provider's key; None where there is none or it could not stand in a header."""
    secret = environment.get(provider.api_key_env or "", "").strip()
    return secret if secret and secret.isascii() and secret.isprintable() else None
