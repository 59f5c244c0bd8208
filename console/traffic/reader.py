"""Reading the log: pages by number, one request with all that belongs to it, rates and rule hits.

A reader changes nothing and keeps no transaction open between two calls, so it never stands in a
gateway's way. Every read is bounded: pages go by key, and no count ever runs over the whole log.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from console.routing.explanation import Explanation
from console.traffic import problem
from console.traffic.rates import Rates, read_rates
from console.traffic.read_connection import ReadConnection
from console.traffic.recorded_decision import (
    RecordedDecision,
    decode_decision,
    decode_explanation,
    digests_in,
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
from console.traffic.rollups import SECONDS_A_MINUTE, MinuteRollup, minute_of
from console.traffic.rows import (
    ATTEMPT_COLUMNS,
    BODY_COLUMNS,
    FACTS_COLUMNS,
    GATEWAY_COLUMNS,
    HAS_ID,
    OUTCOME_COLUMNS,
    OVERRIDE_COLUMNS,
    ROLLUP_COLUMNS,
    SELECT_REQUESTS,
    TABLE_VERSION_COLUMNS,
    attempt_of,
    body_of,
    facts_of,
    request_of,
    rollup_of,
    select,
)

__all__ = ["LogReader", "Rates"]

_OF_REQUEST = f" WHERE seq = ({select(('seq',), 'requests')} WHERE {HAS_ID})"
_OF_DIGESTS = " WHERE digest IN (SELECT value FROM json_each(?))"
_SELECT_ATTEMPTS = select(ATTEMPT_COLUMNS, "attempts") + _OF_REQUEST + " ORDER BY attempt_no"
_SELECT_FACTS = select(FACTS_COLUMNS, "facts") + _OF_REQUEST
_SELECT_BODY = select(BODY_COLUMNS, "bodies") + _OF_REQUEST
_SELECT_DECISION = (
    select(("text", "explanation"), "decisions JOIN shared_texts USING (digest)") + _OF_REQUEST
)
_SELECT_SHARED_TEXTS = select(("digest", "text"), "shared_texts") + _OF_DIGESTS
_SELECT_GATEWAYS = select(GATEWAY_COLUMNS, "gateways") + " ORDER BY heartbeat_ts DESC LIMIT 100"
_SELECT_OUTCOMES = (
    select(OUTCOME_COLUMNS, "outcomes") + " WHERE request_id = ? ORDER BY ts, outcome_id"
)
_SELECT_OVERRIDES = select(OVERRIDE_COLUMNS, "overrides") + " WHERE ts >= ? ORDER BY ts, change_no"
_SELECT_TABLE_VERSION = select(TABLE_VERSION_COLUMNS, "table_versions") + " WHERE version = ?"
_SELECT_ROLLUPS = (
    select(ROLLUP_COLUMNS, "rollups") + " WHERE dimension = ? AND minute >= ? AND minute < ?"
)


class LogReader:
    """A read-only view of the log at `path`, used by one thread at a time.

    Sees what was committed when a method is called. A write of another process is waited for
    `timeout_s` at most. The constructor and every method raise LogProblem, and ReadInterrupted
    when `interrupt` was called meanwhile.
    """

    def __init__(self, path: Path, *, timeout_s: float = 0.25) -> None:
        self.path = path
        self.connection = self._log = ReadConnection(path, timeout_s)
        """What other questions of this folder are asked through."""

    def newest(self, limit: int) -> list[RequestRow]:
        """Return the newest requests, at most `limit`, oldest of them first."""
        return self._page(" ORDER BY seq DESC LIMIT ?", limit)[::-1]

    def before(self, seq: int, limit: int) -> list[RequestRow]:
        """Return the `limit` requests next before `seq`, oldest first."""
        return self._page(" WHERE seq < ? ORDER BY seq DESC LIMIT ?", seq, limit)[::-1]

    def after(self, seq: int, limit: int) -> list[RequestRow]:
        """Return the `limit` requests next after `seq`, oldest first."""
        return self._page(" WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)

    def between(self, first_seq: int, last_seq: int) -> list[RequestRow]:
        """Return the requests from `first_seq` to `last_seq`, both included, oldest first."""
        return self._page(" WHERE seq BETWEEN ? AND ? ORDER BY seq", first_seq, last_seq)

    def completed(self, seqs: Sequence[int]) -> list[RequestRow]:
        """Return those of the numbered requests that are no longer in flight, oldest first."""
        numbers = msgspec.json.encode(list(seqs)).decode()
        return self._page(
            " WHERE seq IN (SELECT value FROM json_each(?)) AND status <> 'in_flight' ORDER BY seq",
            numbers,
        )

    def first_seq(self) -> int | None:
        """Return the number of the oldest request, None in an empty log."""
        return self._log.number("SELECT min(seq) FROM requests")

    def last_seq(self) -> int | None:
        """Return the number of the newest request, None in an empty log."""
        return self._log.number("SELECT max(seq) FROM requests")

    def request(self, request_id: str) -> RequestRow | None:
        """Return the request with this id, None if the log has none."""
        page = self._page(f" WHERE {HAS_ID}", request_id)
        return page[0] if page else None

    def attempts(self, request_id: str) -> list[AttemptRow]:
        """Return the calls upstream that were made for a request, in their order."""
        rows = self._log.rows(_SELECT_ATTEMPTS, request_id)
        return [attempt_of(request_id, values) for values in rows]

    def facts(self, request_id: str) -> FactsRow | None:
        """Return the facts a request was decided on, None if they are not in the log."""
        row = self._log.row(_SELECT_FACTS, request_id)
        if row is None:
            return None
        try:
            return facts_of(request_id, row)
        except msgspec.DecodeError as error:
            raise problem.corrupt(self.path, f"the tags of {request_id}: {error}") from None

    def body(self, request_id: str) -> BodyRow | None:
        """Return the texts of a request as far as they were captured, None if none was."""
        row = self._log.row(_SELECT_BODY, request_id)
        return None if row is None else body_of(request_id, row)

    def decision(self, request_id: str) -> RecordedDecision | None:
        """Return what was decided for a request and why, None if it is not in the log."""
        row = self._log.row(_SELECT_DECISION, request_id)
        if row is None:
            return None
        text, explanation = row
        try:
            return RecordedDecision(
                decode_decision(text),
                None if explanation is None else self._explanation(explanation),
            )
        except (msgspec.DecodeError, KeyError) as error:
            raise problem.corrupt(self.path, f"the decision of {request_id}: {error}") from None

    def outcomes(self, request_id: str) -> list[OutcomeRow]:
        """Return what was said about the answer to a request, in its order."""
        return [OutcomeRow(*row) for row in self._log.rows(_SELECT_OUTCOMES, request_id)]

    def table_version(self, version: str) -> TableVersionRow | None:
        """Return a version of a table that was in service, None if the log never saw it."""
        row = self._log.row(_SELECT_TABLE_VERSION, version)
        return None if row is None else TableVersionRow(*row)

    def gateways(self) -> list[GatewayRow]:
        """Return the gateways that ever wrote here, the last heard of first, at most 100."""
        rows = self._log.rows(_SELECT_GATEWAYS)
        return [GatewayRow(*row) for row in rows]

    def overrides(self, since_ts: float) -> list[OverrideRow]:
        """Return what became of overrides since `since_ts` (Unix seconds), oldest first."""
        return [OverrideRow(*row) for row in self._log.rows(_SELECT_OVERRIDES, since_ts)]

    def rollups(self, dimension: str, since_ts: float, until_ts: float) -> list[MinuteRollup]:
        """Return the minutes of one of `rollups.DIMENSIONS` from `since_ts` to before `until_ts`.

        Both are Unix seconds; a minute belongs to the range when it begins before `until_ts` and
        does not end before `since_ts`.
        """
        rows = self._log.rows(
            _SELECT_ROLLUPS, dimension, minute_of(since_ts), math.ceil(until_ts / SECONDS_A_MINUTE)
        )
        try:
            return [rollup_of(row) for row in rows]
        except ValueError as error:
            raise problem.corrupt(self.path, str(error)) from None

    def rule_hits(self, since_ts: float) -> dict[str | None, int]:
        """Return how many completed requests each rule took, None standing for no rule.

        From the beginning of the minute that holds `since_ts` (Unix seconds) to now.
        """
        rows = self._log.rows(
            "SELECT value, sum(requests) FROM rollups"
            " WHERE dimension = 'rule' AND minute >= ? GROUP BY value",
            minute_of(since_ts),
        )
        return {value or None: hits for value, hits in rows}

    def rates(self, now: float, window_s: float = 10) -> Rates:
        """Return what happened a second over the `window_s` seconds before `now` (Unix seconds)."""
        return read_rates(self._log, now, window_s)

    def reopen_if_replaced(self) -> bool:
        """Turn to the log that stands at the path now if it is another; return whether it is.

        So is one that was opened where nothing can be written, when a gateway has come to it.
        """
        return self._log.reopen_if_replaced()

    def interrupt(self) -> None:
        """Stop the statement that runs now, from any thread; its caller gets ReadInterrupted."""
        self._log.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self._log.close()

    def _page(self, clause: str, *parameters: Any) -> list[RequestRow]:
        rows = self._log.rows(SELECT_REQUESTS + clause, *parameters)
        return [request_of(values) for values in rows]

    def _explanation(self, encoded: str) -> Explanation:
        wanted = msgspec.json.encode(digests_in(encoded)).decode()
        return decode_explanation(encoded, dict(self._log.rows(_SELECT_SHARED_TEXTS, wanted)))
