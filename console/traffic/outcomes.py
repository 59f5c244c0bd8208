"""What people and programs say about answers: judged, looked up, and put into a log."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from console.traffic import problem
from console.traffic.opening import file_identity, open_for_writing
from console.traffic.problem import ReadInterrupted
from console.traffic.read_connection import ReadConnection
from console.traffic.records import OutcomeRow, RequestRow
from console.traffic.redaction import Redactor
from console.traffic.rows import HAS_ID, OUTCOME_COLUMNS, SELECT_REQUESTS, request_of, select

LONGEST = {
    "request_id": 64,
    "name": 64,
    "label": 256,
    "comment": 4_000,
    "idempotency_key": 256,
}
"""How many code points each text may have."""

_BY_KEY = select(OUTCOME_COLUMNS, "outcomes") + " WHERE idempotency_key = ?"
_BY_REQUEST = f"{SELECT_REQUESTS} WHERE {HAS_ID}"


class OutcomeProblem(Exception):  # noqa: N818 - a problem, as everywhere in the house
    """An outcome that cannot be taken: one sentence, and the field that is to blame."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class UnknownRequest(OutcomeProblem):
    """The log knows no such request."""


class KeyReused(OutcomeProblem):
    """The idempotency key stands for another outcome already."""


class Found(NamedTuple):
    """What a log knows that concerns an outcome; None where it knows nothing."""

    request: RequestRow | None
    earlier: OutcomeRow | None


def outcome_of(given: dict[str, Any], ts: float, source: str | None) -> OutcomeRow:
    """Return the outcome that was given, field by field. Raises `OutcomeProblem`."""
    score = given.get("score")
    if not isinstance(score, int | float) or isinstance(score, bool) or not _is_finite(score):
        raise OutcomeProblem("`score` must be a number.", "score")
    unknown = sorted(set(given) - {"score", *LONGEST})
    if unknown:
        raise OutcomeProblem("An outcome has no such field.", unknown[0][:64])
    return OutcomeRow(
        request_id=_text(given, "request_id", required=True) or "",
        ts=ts,
        name=_text(given, "name", required=True) or "",
        score=float(score),
        label=_text(given, "label"),
        comment=_text(given, "comment"),
        source=source,
        idempotency_key=_text(given, "idempotency_key"),
    )


def look_up(path: Path, outcome: OutcomeRow) -> Found:
    """Return what the log at `path` knows of the outcome. Raises LogProblem."""
    log = ReadConnection(path, timeout_s=1.0)
    try:
        request = log.row(_BY_REQUEST, outcome.request_id)
        key = outcome.idempotency_key
        earlier = None if key is None else log.row(_BY_KEY, key)
    finally:
        log.close()
    return _found(request, earlier)


def judged(outcome: OutcomeRow, found: Found) -> OutcomeRow | None:
    """Return the outcome as it was taken before, None where it is new.

    Raises `UnknownRequest` and `KeyReused`.
    """
    if found.earlier is not None:
        if _what_it_says(found.earlier) != _what_it_says(outcome):
            raise KeyReused("This idempotency key was used for another outcome.", "idempotency_key")
        return found.earlier
    if found.request is None:
        raise UnknownRequest("There is no request with this id in the log.", "request_id")
    return None


def add_outcome(path: Path, outcome: OutcomeRow, redactor: Redactor) -> OutcomeRow | None:
    """Put an outcome into the log at `path`; return it as it was taken before, None if it is new.

    Raises LogProblem, `UnknownRequest` and `KeyReused`.
    """
    if file_identity(path) is None:
        raise problem.missing(path)
    redactor.record(outcome)
    with closing(open_for_writing(path)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("BEGIN IMMEDIATE")
            try:
                return _add(connection, outcome)
            finally:
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            found = problem.from_sqlite(error, path)
            if isinstance(found, ReadInterrupted):
                raise
            raise found from None


def _add(connection: sqlite3.Connection, outcome: OutcomeRow) -> OutcomeRow | None:
    request = connection.execute(_BY_REQUEST, [outcome.request_id]).fetchone()
    earlier = connection.execute(_BY_KEY, [outcome.idempotency_key]).fetchone()
    taken = judged(outcome, _found(request, earlier))
    if taken is None:
        places = ", ".join("?" * len(OUTCOME_COLUMNS))
        connection.execute(
            f"INSERT INTO outcomes ({', '.join(OUTCOME_COLUMNS)}) VALUES ({places})",  # noqa: S608
            [getattr(outcome, name) for name in OUTCOME_COLUMNS],
        )
    return taken


def _found(request: Any, earlier: Any) -> Found:
    return Found(
        None if request is None else request_of(request),
        None if earlier is None else OutcomeRow(*earlier),
    )


def _what_it_says(outcome: OutcomeRow) -> tuple[Any, ...]:
    return (outcome.request_id, outcome.name, outcome.score, outcome.label, outcome.comment)


def _text(given: dict[str, Any], field: str, *, required: bool = False) -> str | None:
    text = given.get(field)
    if text is None and not required:
        return None
    if not isinstance(text, str) or (required and not text.strip()):
        raise OutcomeProblem(f"`{field}` must be text.", field)
    if len(text) > LONGEST[field]:
        raise OutcomeProblem(f"`{field}` is longer than {LONGEST[field]} characters.", field)
    return text.encode("utf-8", "replace").decode()


def _is_finite(score: float) -> bool:
    try:
        return math.isfinite(score)
    except OverflowError:
        return False
