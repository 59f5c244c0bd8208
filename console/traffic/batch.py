"""What the gateway tells the log between two writes, put together request by request.

A request that was begun and finished within one batch is one row to insert, not a row and a change.
"""

import logging
from collections.abc import Callable, Sequence

import msgspec

from console.routing.decision import Decision
from console.routing.explanation import Explanation
from console.traffic.recorded_decision import BriefExplanation, SharedText, brief, decision_text
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    RequestRow,
    TableVersionRow,
)

_log = logging.getLogger(__name__)


class Begun(msgspec.Struct):
    """A request was decided. `explanation` is asked for only when this is prepared."""

    row: RequestRow
    facts: FactsRow
    decision: Decision
    explanation: Callable[[], Explanation] | None = None
    body: BodyRow | None = None


class Finished(msgspec.Struct):
    """A request ended; `row` replaces the one it was begun with."""

    row: RequestRow
    answer: str | None = None


Event = Begun | AttemptRow | Finished | GatewayRow | TableVersionRow


class RequestWrite(msgspec.Struct):
    """Everything one batch says about one request; None where it says nothing."""

    row: RequestRow | None = None
    facts: FactsRow | None = None
    decision: SharedText | None = None
    explanation: BriefExplanation | None = None
    attempts: list[AttemptRow] = []
    body: BodyRow | None = None


class Batch(msgspec.Struct):
    """What is written in one transaction."""

    requests: dict[str, RequestWrite] = {}
    gateways: dict[str, GatewayRow] = {}
    table_versions: list[TableVersionRow] = []


def put_together(events: Sequence[Event]) -> Batch:
    """Return the events, which are in the order they happened, as one batch."""
    batch = Batch()
    for event in events:
        match event:
            case Begun():
                _begin(_write_for(batch, event.row.request_id), event)
            case AttemptRow():
                _write_for(batch, event.request_id).attempts.append(event)
            case Finished():
                _finish(_write_for(batch, event.row.request_id), event)
            case GatewayRow():
                batch.gateways[event.gateway_id] = event
            case TableVersionRow():
                batch.table_versions.append(event)
    return batch


def _write_for(batch: Batch, request_id: str) -> RequestWrite:
    write = batch.requests.get(request_id)
    if write is None:
        write = batch.requests[request_id] = RequestWrite()
    return write


def _begin(write: RequestWrite, event: Begun) -> None:
    write.row = event.row
    write.facts = event.facts
    write.decision = decision_text(event.decision)
    write.explanation = _brief_explanation(event)
    write.body = event.body


def _brief_explanation(event: Begun) -> BriefExplanation | None:
    if event.explanation is None:
        return None
    try:
        return brief(event.explanation())
    except Exception as error:
        # The request is worth its row without the reasons: it was served, whatever broke here.
        _log.warning(
            "request %s is logged without its explanation: %r", event.row.request_id, error
        )
        return None


def _finish(write: RequestWrite, event: Finished) -> None:
    write.row = event.row
    if event.answer is None:
        return
    if write.body is None:
        write.body = BodyRow(event.row.request_id, answer=event.answer)
    else:
        write.body = msgspec.structs.replace(write.body, answer=event.answer)
