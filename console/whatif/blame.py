"""Why one request went where it went, where it would go today, and which edits made it differ."""

import msgspec

from console.routing.decision import Decision
from console.routing.explanation import Explanation
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import parse_table
from console.traffic.logged_facts import facts_of
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow, TableVersionRow
from console.traffic.versions import versions_since

MOST_VERSIONS = 500
"""Saved versions that are gone through, from the request's own on."""


class Decided(msgspec.Struct, frozen=True):
    """A decision with its explanation; of a record only the winner and near misses are known."""

    decision: Decision
    explanation: Explanation | None


class Turn(msgspec.Struct, frozen=True):
    """A saved version from which on the request would have been decided otherwise than before."""

    version: str
    ts: float
    author: str | None
    because: str | None
    decision: Decision


class Blame(msgspec.Struct, frozen=True):
    """All that can be said of why; None where the log, or today's table, does not say.

    `turns` are the saved versions after the request's own that changed where it goes, in order;
    `is_traced` tells whether the way from its own version to today's could be followed at all.
    """

    row: RequestRow
    then: Decided | None
    today: Decided | None
    turns: list[Turn]
    is_traced: bool


def blame(reader: LogReader, request_id: str, today: Router | None) -> Blame | None:
    """Return why a request went where it went; None where the log has no such request.

    `today` decides by the table of today, without one nothing is said of it. Raises what the
    reader does.
    """
    row = reader.request(request_id)
    if row is None:
        return None
    recorded = reader.decision(request_id)
    then = None if recorded is None else Decided(recorded.decision, recorded.explanation)
    facts_row = reader.facts(request_id)
    if facts_row is None:
        return Blame(row, then, None, [], is_traced=False)
    facts = facts_of(facts_row, reader.body(request_id))
    now = None
    if today is not None:
        decision = today.decide(facts)
        now = Decided(decision, today.explain(facts, decision))
    turns, is_traced = _turns(reader, row, facts)
    return Blame(row, then, now, turns, is_traced)


def outcome_of(decision: Decision) -> tuple[str | None, str | None, str | None, str]:
    """Return what of a decision makes it another one: task, route, rule and reason."""
    return decision.task, decision.route, decision.rule, decision.reason


def _turns(reader: LogReader, row: RequestRow, facts: Facts) -> tuple[list[Turn], bool]:
    own = reader.table_version(row.table_version)
    before = None if own is None else _decision(own, facts)
    if own is None or before is None:
        return [], False
    turns = []
    for version in versions_since(reader, own.ts, MOST_VERSIONS):
        decision = _decision(version, facts)
        if decision is None or outcome_of(decision) == outcome_of(before):
            continue
        turns.append(Turn(version.version, version.ts, version.author, version.because, decision))
        before = decision
    return turns, True


def _decision(version: TableVersionRow, facts: Facts) -> Decision | None:
    """Decide by a saved version, without overrides; None where it cannot be read any more."""
    table = parse_table(version.text).table
    return None if table is None else Router(table).decide(facts)
