"""Putting many finished requests into a log at once: imports and made-up logs, not serving."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from console.routing.decision import Decision
from console.traffic.batch import Batch, RequestWrite
from console.traffic.opening import open_for_writing
from console.traffic.recorded_decision import BriefExplanation, decision_text
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    RequestRow,
    TableVersionRow,
)
from console.traffic.store import store

REQUESTS_A_TRANSACTION = 2_000


class RecordedRequest(msgspec.Struct):
    """One request with all the log can hold of it."""

    row: RequestRow
    facts: FactsRow | None = None
    decision: Decision | None = None
    explanation: BriefExplanation | None = None
    attempts: list[AttemptRow] = []
    body: BodyRow | None = None


def append(
    path: Path,
    requests: Iterable[RecordedRequest],
    *,
    gateways: Iterable[GatewayRow] = (),
    table_versions: Iterable[TableVersionRow] = (),
) -> int:
    """Add the requests, in their order, to the log at `path`; return how many were read.

    Makes the log where there is none. A request whose id is in the log already is not added twice.
    Raises LogProblem, and sqlite3.Error when writing fails, after which everything up to the last
    full `REQUESTS_A_TRANSACTION` is in the log.
    """
    connection = open_for_writing(path)
    try:
        in_service = {gateway.gateway_id: gateway for gateway in gateways}
        store(connection, Batch(gateways=in_service, table_versions=list(table_versions)))
        count = 0
        for part in _parts(requests):
            store(connection, Batch(requests=part))
            count += len(part)
        return count
    finally:
        connection.close()


def _parts(requests: Iterable[RecordedRequest]) -> Iterator[dict[str, RequestWrite]]:
    remaining = iter(requests)
    while part := list(islice(remaining, REQUESTS_A_TRANSACTION)):
        yield {request.row.request_id: _write_of(request) for request in part}


def _write_of(request: RecordedRequest) -> RequestWrite:
    return RequestWrite(
        row=request.row,
        facts=request.facts,
        decision=None if request.decision is None else decision_text(request.decision),
        explanation=request.explanation,
        attempts=request.attempts,
        body=request.body,
    )
