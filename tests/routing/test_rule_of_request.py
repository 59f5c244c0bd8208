"""A rule drafted from a request takes that request."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from console.routing.facts import Facts
from console.routing.router import Router
from console.routing.rule_of_request import condition_of_request
from console.table.load import parse_table

TABLE: dict[str, Any] = {
    "version": 1,
    "name": "desk",
    "default": "general",
    "providers": {"acme": {"base_url": "https://acme.example/v1"}},
    "models": {"wide": {"provider": "acme"}},
    "routes": {"general": {"model": "wide"}},
}


def takes(facts: Facts) -> bool:
    """Return whether a table of the drafted rule alone takes the request by it."""
    when = condition_of_request(facts)
    rule = {"id": "new", "because": "Say why.", "when": when, "route": "general"}
    loaded = parse_table(yaml.safe_dump({**TABLE, "rules": [rule]}, allow_unicode=True))
    assert loaded.table is not None, loaded.problems
    return Router(loaded.table).decide(facts, 0.0).rule == "new"


names = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=12)


@given(
    st.builds(
        Facts,
        task=st.none() | names,
        client=st.none() | names,
        prompt=st.text(st.characters(codec="utf-8"), max_size=80),
        input_tokens=st.integers(0, 10_000),
        tools=st.booleans(),
        images=st.booleans(),
    )
)
def test_it_takes_the_request_it_was_drawn_from(facts: Facts) -> None:
    assert takes(facts)


def test_it_asks_for_what_was_declared_and_the_first_words() -> None:
    facts = Facts(
        client="web", prompt="\n Where is my refund for the shed I sent back?", tools=True
    )
    assert condition_of_request(facts) == {
        "client": "web",
        "tools": True,
        "prompt": ["Where is my refund for the"],
    }


def test_what_was_not_captured_is_not_asked_for() -> None:
    facts = Facts(client="web", prompt="", not_captured=frozenset({"prompt"}))
    assert condition_of_request(facts) == {"client": "web"}


def test_a_request_without_anything_is_known_by_its_length() -> None:
    assert condition_of_request(Facts(input_tokens=7)) == {"input_tokens": {"min": 7}}
