"""Requests that show a finding, written as a test of the table would write them."""

from console.routing.lint.reachability import Shown
from console.routing.request_file import written_facts
from console.table.lint.finding import Witness


def witness(says: str, shown: Shown) -> Witness:
    """Return a request with what it shows."""
    return Witness(says, {"facts": written_facts(shown.facts)}, shown.rule)
