"""Requests that show a finding, written as a test of the table would write them."""

from functools import lru_cache
from typing import Any

import msgspec

from console.routing.facts import Facts
from console.routing.lint.reachability import Shown
from console.routing.request_file import written_facts
from console.table.lint.finding import Witness

WITNESSES_KEPT = 8_192
"""More than lint has to say of the largest table: after an edit most requests shown are the same.
"""


def witness(says: str, shown: Shown) -> Witness:
    """Return a request with what it shows."""
    return Witness(says, _written(msgspec.msgpack.encode(shown.facts)), shown.rule)


@lru_cache(maxsize=WITNESSES_KEPT)
def _written(facts: bytes) -> dict[str, Any]:
    return {"facts": written_facts(msgspec.msgpack.decode(facts, type=Facts))}
