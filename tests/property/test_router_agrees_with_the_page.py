"""Random tables and requests: the router must say what the plain reading of the page says.

`ROUTE_CONSOLE_PROPERTY_CASES` sets how many cases each property is tried with (default 200).
"""

import os
from typing import Any

import msgspec
import yaml
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from console.routing.decision import Decision
from console.routing.facts import Facts, draw_facts
from console.routing.request_file import read_request
from console.routing.router import Router
from console.table.load import parse_table
from console.table.model import Table
from console.table.overrides import Override, parse_overrides
from tests.property import strategies
from tests.property.request_strategies import (
    bodies,
    facts_not_kept,
    facts_requests,
    headers,
    requests,
)
from tests.property.vocabulary import CLIENTS
from tests.reference import plain_reading
from tests.reference.plain_conditions import bucket_of
from tests.reference.plain_reading import NOT_CAPTURED

CASES = int(os.environ.get("ROUTE_CONSOLE_PROPERTY_CASES", "200"))
TABLE_OF_ONE_ROUTE: dict[str, Any] = {
    "version": 1,
    "name": "one-route",
    "default": "small",
    "providers": {"local": {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "SOME_KEY"}},
    "models": {"llama": {"provider": "local"}},
    "routes": {"small": {"description": "Where all requests go.", "model": "llama"}},
}
property_test = settings(
    max_examples=CASES,
    deadline=None,
    derandomize=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def as_yaml(data: Any) -> str:
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return text


def loaded_table(table: dict[str, Any]) -> Table:
    loaded = parse_table(as_yaml(table))
    assert loaded.table is not None, loaded.errors
    return loaded.table


def loaded_overrides(overrides: list[dict[str, Any]]) -> tuple[Override, ...]:
    loaded = parse_overrides(as_yaml({"version": 1, "overrides": overrides}))
    assert loaded.problems == []
    return loaded.overrides


def as_plain(facts: Facts) -> dict[str, Any]:
    """Return the product's facts as the plain reading writes them: flat, the absent left out."""
    plain = msgspec.to_builtins(facts)
    del plain["not_captured"]
    tags = plain.pop("tags")
    plain |= {f"tags.{key}": value for key, value in tags.items()}
    return {fact: value for fact, value in plain.items() if value is not None}


def forget(facts: Facts, names: frozenset[str], blank: bool) -> Facts:
    """Return the facts of an old request whose facts of these names were not kept.

    Their fields mean nothing then: whether blank or as they were, nobody may look at them.
    """
    fields = {
        name: Facts.__struct_defaults__[Facts.__struct_fields__.index(name)] for name in names
    }
    return msgspec.structs.replace(facts, not_captured=names, **(fields if blank else {}))


def as_object(decision: Decision) -> dict[str, Any]:
    """Return the decision object as it stands in JSON, but for the table's version."""
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(decision))
    del fields["table_version"]
    return fields


@property_test
@given(bodies(), headers(), st.sampled_from([None, *CLIENTS]))
def test_facts_drawn_from_a_body_are_those_of_the_page(
    body: dict[str, Any], headers: dict[str, str], client: str | None
) -> None:
    assert as_plain(draw_facts(body, headers, client)) == plain_reading.draw(body, headers, client)


@property_test
@given(facts_requests())
def test_facts_written_in_a_file_are_completed_as_the_page_says(request: dict[str, Any]) -> None:
    assert as_plain(read_request(request).facts) == plain_reading.facts_of(request)


@property_test
@given(st.data())
def test_decisions_and_verdicts_are_those_of_the_page(data: st.DataObject) -> None:
    table = data.draw(strategies.tables(), "table")
    overrides = data.draw(strategies.overrides(table), "overrides")
    said = tuple(strategies.phrases_of(table))
    router = Router(loaded_table(table), loaded_overrides(overrides))
    note(as_yaml(table))

    for _ in range(4):
        request = data.draw(requests(said), "request")
        not_kept = data.draw(facts_not_kept(), "not captured")
        at = data.draw(strategies.times(), "at")
        skips: Any = data.draw(strategies.skips(), "skips")
        plain_facts = plain_reading.facts_of(request) | dict.fromkeys(not_kept, NOT_CAPTURED)
        facts = forget(read_request(request).facts, not_kept, data.draw(st.booleans(), "blank"))

        decision = router.decide(facts, at, skips)
        explanation = router.explain(facts, decision, evaluate_all=True)

        expected = plain_reading.decide(table, plain_facts, at, overrides, skips)
        assert as_object(decision) == expected
        verdicts = [(rule.rule, rule.verdict) for rule in explanation.rules]
        assert verdicts == plain_reading.verdicts(table, plain_facts)


def keys_whose_edge_a_float_would_miss() -> list[tuple[str, int]]:
    """Return keys and their buckets under the salt `s`, those that floats make a little larger."""
    keys = [(f"key-{n}", bucket_of("s", f"key-{n}")) for n in range(1_000)]
    return [(key, bucket) for key, bucket in keys if bucket / 100 * 100 > bucket]


def test_a_share_with_two_decimals_is_exact_at_a_keys_edge() -> None:
    keys = keys_whose_edge_a_float_would_miss()
    table = {
        **TABLE_OF_ONE_ROUTE,
        "rules": [
            {
                "id": f"{key}-{end}",
                "because": "To take part, or not yet.",
                "when": {
                    "client": key,
                    "rollout": {"percent": (bucket + end) / 100, "by": "client", "salt": "s"},
                },
                "route": "small",
            }
            for key, bucket in keys
            for end in (0, 1)
        ],
    }
    router = Router(loaded_table(table))

    assert len(keys) > 20
    for key, _ in keys:
        assert router.decide(draw_facts({}, client=key)).rule == f"{key}-1"
