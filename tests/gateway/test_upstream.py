"""The way out to providers: which connections are made, and by what road."""

from typing import Any

import pytest

from console.gateway.endpoints import endpoints_of, models_without_key
from console.gateway.upstream import Upstream
from console.table.model import Model, Provider, Table
from tests.gateway.scripted_provider import ScriptedProvider, answers


def table(base_url: str, **changes: Any) -> Table:
    provider = Provider(base_url, **changes)
    models = {"small": Model("p", upstream_model="vendor/small"), "large": Model("p")}
    return Table("desk", "general", "1", providers={"p": provider}, models=models)


async def test_a_provider_on_loopback_is_never_asked_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    upstream = Upstream()
    async with ScriptedProvider(answers()) as provider:
        endpoint = endpoints_of(table(provider.url + "/"), {})["small"]

        answer = await upstream.open(endpoint, "chat", b"{}")

        assert answer.is_json
        assert provider.received[0].path == "/v1/chat/completions"
        await answer.aclose()
    await upstream.aclose()


@pytest.mark.parametrize("key", [None, "", "  ", "sk-\x00", "schlüssel", "a\nb"])
def test_a_model_whose_key_is_missing_or_could_not_be_sent_is_skipped(key: str | None) -> None:
    environment = {} if key is None else {"KEY": key}
    keyed = table("http://p.example/v1", api_key_env="KEY")

    assert models_without_key(keyed, environment) == {
        "small": "missing_key",
        "large": "missing_key",
    }
    assert "authorization" not in endpoints_of(keyed, environment)["small"].headers


def test_a_key_is_sent_without_the_line_break_a_file_left_at_its_end() -> None:
    keyed = table("http://p.example/v1", api_key_env="KEY")

    endpoint = endpoints_of(keyed, {"KEY": "sk-1\n"})["large"]

    assert endpoint.headers["authorization"] == "Bearer sk-1"
    assert models_without_key(keyed, {"KEY": "sk-1\n"}) == {}
    assert "sk-1" not in repr(endpoint)


def test_a_provider_without_a_key_in_the_table_needs_none() -> None:
    assert models_without_key(table("http://p.example/v1"), {}) == {}
