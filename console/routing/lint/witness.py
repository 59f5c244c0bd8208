"""Requests that show a finding, written as a test of the table would write them."""

from typing import Any

from console.routing.facts import Facts
from console.routing.lint.reachability import Shown
from console.routing.request_file import read_request
from console.table.lint.finding import Witness

_ALWAYS_DERIVED = ("tags", "not_captured", "conversation", "input_tokens", "hidden_chars")


def witness(says: str, shown: Shown) -> Witness:
    """Return a request with what it shows."""
    return Witness(says, request_of(shown.facts), shown.rule)


def request_of(facts: Facts) -> dict[str, Any]:
    """Return facts, all of them captured, as a request in a file; what is derived is left out."""
    plain = Facts()
    given: dict[str, Any] = {
        name: getattr(facts, name)
        for name in facts.__struct_fields__
        if name not in _ALWAYS_DERIVED and getattr(facts, name) != getattr(plain, name)
    }
    given |= {f"tags.{key}": value for key, value in facts.tags.items()}
    derived = read_request({"facts": given}).facts
    if facts.conversation != derived.conversation:
        given["conversation"] = facts.conversation
        derived = read_request({"facts": given}).facts
    for name in ("input_tokens", "hidden_chars"):
        if getattr(facts, name) != getattr(derived, name):
            given[name] = getattr(facts, name)
    return {"facts": given}
