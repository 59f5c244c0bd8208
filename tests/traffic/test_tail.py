"""Following a log while a gateway writes to it."""

from pathlib import Path

import pytest

from console.traffic.problem import LogProblem
from console.traffic.reader import LogReader
from console.traffic.records import RequestRow
from console.traffic.tail import MAX_NEW_ROWS, Tail
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, ended, facts, request


def begin(writer: LogWriter, *numbers: int) -> None:
    for number in numbers:
        writer.begin(request(number), facts(number), DECISION)
    assert writer.flush()


def numbers(rows: list[RequestRow]) -> list[int | None]:
    return [row.seq for row in rows]


def test_a_tail_tells_what_came_since_the_last_look(writer: LogWriter, reader: LogReader) -> None:
    begin(writer, 1)
    tail = Tail(reader)
    begin(writer, 2, 3)

    step = tail.poll()

    assert numbers(step.new_rows) == [2, 3]
    assert step.last_seq == 3
    assert tail.poll().new_rows == []


def test_a_tail_tells_which_of_its_requests_have_ended(
    writer: LogWriter, reader: LogReader
) -> None:
    begin(writer, 1, 2)
    tail = Tail(reader, seen=reader.newest(10))
    writer.finish(ended(1, status="error"))
    writer.flush()

    step = tail.poll()

    assert step.new_rows == []
    assert [(row.seq, row.status) for row in step.changed_rows] == [(1, "error")]
    assert tail.poll().changed_rows == []


def test_a_tail_misses_nothing_written_after_the_page_it_starts_from(
    writer: LogWriter, reader: LogReader
) -> None:
    begin(writer, 1)
    page = reader.newest(10)
    writer.finish(ended(1))
    begin(writer, 2)

    step = Tail(reader, seen=page).poll()

    assert numbers(step.changed_rows) == [1]
    assert numbers(step.new_rows) == [2]


def test_a_tail_far_behind_is_told_so_and_catches_up_in_steps(
    writer: LogWriter, reader: LogReader
) -> None:
    tail = Tail(reader)
    begin(writer, *range(MAX_NEW_ROWS + 5))

    first, second = tail.poll(), tail.poll()

    assert (len(first.new_rows), first.more) == (MAX_NEW_ROWS, True)
    assert (len(second.new_rows), second.more) == (5, False)


def test_a_tail_notices_another_log_in_the_place_of_its_own(
    writer: LogWriter, reader: LogReader, path: Path
) -> None:
    begin(writer, 1, 2)
    tail = Tail(reader)
    path.rename(path.with_name("old.sqlite"))
    begin(writer, 7)

    step = tail.poll()

    assert step.replaced
    assert [row.request_id for row in reader.newest(9)] == [request(7).request_id]
    begin(writer, 8)
    assert numbers(tail.poll().new_rows) == [2]


def test_a_tail_of_a_log_that_was_taken_away_says_that_it_is_missing(
    writer: LogWriter, reader: LogReader, path: Path
) -> None:
    tail = Tail(reader)
    path.unlink()

    with pytest.raises(LogProblem) as told:
        tail.poll()
    assert told.value.kind == "missing"

    begin(writer, 1)
    assert tail.poll().replaced
