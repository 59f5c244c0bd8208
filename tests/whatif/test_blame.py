"""Why: the record, today, and each saved version that changed where a request goes."""

from pathlib import Path

import pytest

from console.traffic.reader import LogReader
from console.whatif.blame import Blame, blame
from tests.whatif.made_log import TABLE, MadeLog, router

WIDER = TABLE.replace("prompt: refund", "prompt: [refund, order]")
OTHER = TABLE.replace("Money needs care.", "Money needs a lot of care.")


@pytest.fixture
def log(tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path / "traffic.sqlite")


def told(log: MadeLog, request_id: str, today: str | None = TABLE) -> Blame:
    log.close()
    reader = LogReader(log.path)
    found = blame(reader, request_id, router(today) if today is not None else None)
    reader.close()
    assert found is not None
    return found


def test_what_did_not_change_has_no_turn(log: MadeLog) -> None:
    request_id = log.add("refund me")
    log.serve(OTHER)
    found = told(log, request_id, OTHER)
    assert found.then is not None
    assert found.today is not None
    assert found.then.decision.rule == found.today.decision.rule == "money"
    assert (found.turns, found.is_traced) == ([], True)


def test_the_edit_that_made_the_difference_is_named(log: MadeLog) -> None:
    request_id = log.add("my order")
    log.serve(OTHER, "ann", "words")
    log.serve(WIDER, "bo", "orders are money, too")
    found = told(log, request_id, WIDER)
    assert found.then is not None
    assert (found.then.decision.route, found.today and found.today.decision.route) == (
        "small",
        "large",
    )
    [turn] = found.turns
    assert (turn.author, turn.because, turn.decision.rule) == (
        "bo",
        "orders are money, too",
        "money",
    )
    assert found.today is not None
    assert found.today.explanation is not None
    assert "order" in found.today.explanation.sentence


def test_a_change_that_was_taken_back_is_two_turns(log: MadeLog) -> None:
    request_id = log.add("my order")
    log.serve(WIDER)
    log.serve(OTHER)
    found = told(log, request_id, OTHER)
    assert [turn.decision.route for turn in found.turns] == ["large", "small"]


def test_what_is_not_in_the_log_is_said_to_be_unknown(log: MadeLog) -> None:
    request_id = log.add("refund me", facts_kept=False)
    found = told(log, request_id)
    assert (found.today, found.is_traced) == (None, False)


def test_an_unknown_request_is_none(log: MadeLog) -> None:
    log.close()
    reader = LogReader(log.path)
    assert blame(reader, "nobody", None) is None
    reader.close()
