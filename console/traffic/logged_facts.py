"""The facts of logged requests, as a router wants them, with what became of each."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from console.routing.facts import Facts
from console.table.model import TEXT_FACTS
from console.traffic import problem
from console.traffic.reader import LogReader
from console.traffic.records import BodyRow, FactsRow
from console.traffic.rows import BODY_COLUMNS, FACTS_COLUMNS, body_of
from console.traffic.rows import facts_of as facts_row_of

REQUESTS_A_SLICE = 500
"""Requests read in one statement, and so what is read at most after somebody has given up."""

_OUTCOME = (
    *("seq", "request_id", "ts_start", "route", "rule_id", "response_model", "status"),
    *("input_tokens", "output_tokens", "cost_usd", "table_version"),
)
_COLUMNS = ", ".join(
    [
        *(f"r.{name}" for name in _OUTCOME),
        *(f"f.{name}" for name in FACTS_COLUMNS),
        *(f"b.{name}" for name in BODY_COLUMNS if name != "answer"),
    ]
)
_BEFORE = (
    f"SELECT {_COLUMNS} FROM requests AS r LEFT JOIN facts AS f ON f.seq = r.seq"  # noqa: S608
    " LEFT JOIN bodies AS b ON b.seq = r.seq WHERE r.seq < ? ORDER BY r.seq DESC LIMIT ?"
)
_FACTS_AT = len(_OUTCOME)
_BODY_AT = _FACTS_AT + len(FACTS_COLUMNS)
_ANSWER = BODY_COLUMNS.index("answer")


class Logged(msgspec.Struct, frozen=True):
    """A logged request: what was decided and what became of it, and the facts where it has them."""

    seq: int
    request_id: str
    ts_start: float
    route: str | None
    rule_id: str | None
    response_model: str | None
    status: str
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    table_version: str
    facts: Facts | None


def newest_logged(
    reader: LogReader, last: int, is_cancelled: Callable[[], bool] = lambda: False
) -> Iterator[list[Logged]]:
    """Yield the newest `last` requests, newest first, a slice at a time, until told to stop.

    Raises what the reader does.
    """
    before, left = (reader.last_seq() or 0) + 1, last
    while left > 0 and not is_cancelled():
        rows = reader.connection.rows(_BEFORE, before, min(left, REQUESTS_A_SLICE))
        if not rows:
            return
        before, left = rows[-1][0], left - len(rows)
        try:
            yield [_logged(row) for row in rows]
        except msgspec.DecodeError as error:
            raise problem.corrupt(reader.path, f"the tags of a request: {error}") from None


def facts_of(row: FactsRow, body: BodyRow | None) -> Facts:
    """Return the facts of a logged request; texts that were cut or left out are not captured."""
    texts = captured_texts(body) if body is not None and not body.truncated else {}
    return Facts(
        task=row.task,
        model=row.model,
        client=row.client,
        tags=row.tags,
        input_tokens=row.input_tokens,
        max_output_tokens=row.max_output_tokens,
        turns=row.turns,
        hidden_chars=row.hidden_chars,
        tools=row.tools,
        images=row.images,
        audio=row.audio,
        stream=row.stream,
        response_format=row.response_format,
        not_captured=frozenset(TEXT_FACTS) - texts.keys(),
        **texts,
    )


def captured_texts(body: BodyRow | None) -> dict[str, str]:
    """Return the texts of a body that were captured, by fact."""
    if body is None:
        return {}
    found = {fact: getattr(body, fact) for fact in TEXT_FACTS}
    return {fact: text for fact, text in found.items() if text is not None}


def _logged(row: tuple[Any, ...]) -> Logged:
    outcome, facts, body = row[:_FACTS_AT], row[_FACTS_AT:_BODY_AT], list(row[_BODY_AT:])
    known: Facts | None = None
    if facts[0] is not None:
        request_id: str = outcome[1]
        body.insert(_ANSWER, None)
        texts = None if body[0] is None else body_of(request_id, tuple(body))
        known = facts_of(facts_row_of(request_id, facts), texts)
    return Logged(**dict(zip(_OUTCOME, outcome, strict=True)), facts=known)
