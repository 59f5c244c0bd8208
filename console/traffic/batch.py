"""What the gateway tells the log between two writes, put together request by request.

A request that was begun and finished within one batch is one row to insert, not a row and a change.
"""

import logging
from collections.abc import Callable, Sequence

import msgspec

from console.routing.decision import Decision
from console.routing.explanation import Explanation
from console.traffic.recorded_decision import (
    BriefExplanation,
    SharedText,
    brief,
    decision_text,
    shared_text,
)
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    OutcomeRow,
    OverrideRow,
    RequestRow,
    TableVersionRow,
)
from console.traffic.redaction import Redactor

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


Event = Begun | AttemptRow | Finished | GatewayRow | TableVersionRow | OverrideRow | OutcomeRow


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
    overrides: list[OverrideRow] = []
    outcomes: list[OutcomeRow] = []


def put_together(events: Sequence[Event], redactor: Redactor) -> Batch:
    """Return the events, which are in the order they happened, as one batch without any key.

    The keys are taken out of the events' own records.
    """
    batch = Batch()
    for event in events:
        match event:
            case Begun():
                _begin(_write_for(batch, event.row.request_id), event, redactor)
            case AttemptRow():
                _write_for(batch, event.request_id).attempts.append(event)
            case Finished():
                _finish(_write_for(batch, event.row.request_id), event)
            case GatewayRow():
                batch.gateways[event.gateway_id] = event
            case TableVersionRow():
                batch.table_versions.append(event)
            case OverrideRow():
                batch.overrides.append(event)
            case OutcomeRow():
                batch.outcomes.append(event)
    for write in batch.requests.values():
        _redact(write, redactor)
    for record in (
        *batch.gateways.values(),
        *batch.table_versions,
        *batch.overrides,
        *batch.outcomes,
    ):
        redactor.record(record)
    return batch


def _write_for(batch: Batch, request_id: str) -> RequestWrite:
    write = batch.requests.get(request_id)
    if write is None:
        write = batch.requests[request_id] = RequestWrite()
    return write


def _redact(write: RequestWrite, redactor: Redactor) -> None:
    """Take the keys out of all that is written of one request.

    Nearly none has any, which one look over everything together tells.
    """
    records = [
        record
        for record in (write.row, write.facts, write.body, *write.attempts)
        if record is not None
    ]
    explanation = write.explanation
    made = [] if write.decision is None else [write.decision.text]
    if explanation is not None:
        made += (explanation.sentence, *(verdict.text for verdict in explanation.verdicts))
    if not redactor.suspects(records, made):
        return
    for record in records:
        redactor.record(record)
    if write.decision is not None:
        write.decision = _without_keys(write.decision, redactor)
    if explanation is not None:
        explanation.sentence = redactor.text(explanation.sentence)
        explanation.verdicts = [_without_keys(text, redactor) for text in explanation.verdicts]


def _begin(write: RequestWrite, event: Begun, redactor: Redactor) -> None:
    write.row = event.row
    write.facts = event.facts
    write.decision = decision_text(event.decision)
    write.explanation = _brief_explanation(event, redactor)
    write.body = event.body


def _without_keys(shared: SharedText, redactor: Redactor) -> SharedText:
    text = redactor.text(shared.text)
    return shared if text == shared.text else shared_text(text)


def _brief_explanation(event: Begun, redactor: Redactor) -> BriefExplanation | None:
    if event.explanation is None:
        return None
    try:
        return brief(event.explanation())
    except Exception as error:
        # The request is worth its row without the reasons: it was served, whatever broke here.
        _log.warning(
            "request %s is logged without its explanation: %s",
            event.row.request_id,
            redactor.text(repr(error)),
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
