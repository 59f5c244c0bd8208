"""What the shipped tables say of a model is what the price list says of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.table.load import read_table
from console.table.model import Model, Table

POLICIES = Path(__file__).parents[2] / "policies"
SHIPPED = ("support-desk", "engineering-assistant")

LISTED_UNDER = {
    "openai": "",
    "anthropic": "",
    "google": "gemini/",
    "mistral": "mistral/",
    "groq": "groq/",
}
"""What the list puts before a model's name, by the provider's name in the tables."""

LISTED_CAPABILITIES = {
    "tools": "supports_function_calling",
    "images": "supports_vision",
    "json_schema": "supports_response_schema",
}

NOT_AT_THIS_ENDPOINT = {"anthropic": {"json_schema"}}
"""What a model can do but the provider's OpenAI-compatible endpoint ignores: a table that claimed
it would send schemas to where they are dropped in silence."""

LONG_ROUTES = {"support-desk": "documents", "engineering-assistant": "repository"}

Listed = dict[str, Any]


@pytest.fixture(params=SHIPPED)
def table(request: pytest.FixtureRequest) -> Table:
    loaded = read_table(POLICIES / f"{request.param}.yaml")
    assert loaded.table is not None, loaded.problems
    return loaded.table


@pytest.fixture
def price_list(shared_data: Path) -> dict[str, Listed]:
    [path] = (shared_data / "prices").glob("*.json")
    listed: dict[str, Listed] = json.loads(path.read_text(encoding="utf-8"))
    return listed


def test_a_model_costs_what_the_list_says(table: Table, price_list: dict[str, Listed]) -> None:
    for key in table.models:
        price, listed = table.models[key].usd_per_million, _listed(table, key, price_list)

        assert price is not None, key
        assert price.input == pytest.approx(listed["input_cost_per_token"] * 1e6), key
        assert price.output == pytest.approx(listed["output_cost_per_token"] * 1e6), key
        cached = listed["cache_read_input_token_cost"] * 1e6
        assert price.cached_input == pytest.approx(cached), key


def test_a_model_takes_as_many_tokens_as_the_list_says(
    table: Table, price_list: dict[str, Listed]
) -> None:
    said = {key: model.context_tokens for key, model in table.models.items()}

    assert said == {key: _listed(table, key, price_list)["max_input_tokens"] for key in said}


def test_a_model_supports_what_the_list_says_and_its_endpoint_passes_on(
    table: Table, price_list: dict[str, Listed]
) -> None:
    for key, model in table.models.items():
        listed = _listed(table, key, price_list)
        able = {ours for ours, theirs in LISTED_CAPABILITIES.items() if listed.get(theirs) is True}

        assert set(model.supports) == able - NOT_AT_THIS_ENDPOINT.get(model.provider, set()), key


def test_no_model_of_a_shipped_table_has_a_date_on_which_it_goes_away(
    table: Table, price_list: dict[str, Listed]
) -> None:
    dated = [key for key in table.models if "deprecation_date" in _listed(table, key, price_list)]

    assert dated == []


def test_models_for_long_inputs_cost_the_same_per_token_at_any_length(
    table: Table, price_list: dict[str, Listed]
) -> None:
    for key in table.routes[LONG_ROUTES[table.name]].targets:
        steps = [
            name
            for name in _listed(table, key, price_list)
            if name.startswith(("input_cost_per_token_above", "output_cost_per_token_above"))
        ]

        assert steps == [], key


def _listed(table: Table, key: str, price_list: dict[str, Listed]) -> Listed:
    model: Model = table.models[key]
    return price_list[LISTED_UNDER[model.provider] + table.model_sent_upstream(key)]
