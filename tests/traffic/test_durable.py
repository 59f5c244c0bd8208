"""Where no answer may go out before its row is on disk, it is waited for."""

import asyncio
from pathlib import Path

import pytest

from console.traffic import writer as writer_module
from console.traffic.reader import LogReader
from console.traffic.writer import LogWriter
from tests.traffic.building import ended
from tests.traffic.test_trouble_with_the_disk import locked, wait_until


async def test_after_the_wait_everything_told_is_on_disk(path: Path) -> None:
    writer = LogWriter(path, interval_s=60, durable=True)
    for number in range(50):
        writer.finish(ended(number))

    assert await writer.durable()

    reader = LogReader(path)
    assert len(reader.newest(99)) == 50
    reader.close()
    writer.close()
    assert writer.answers_before_rows == 0


async def test_many_that_wait_share_a_write(path: Path) -> None:
    writer = LogWriter(path, interval_s=60, durable=True)
    commits: list[str] = []
    writer._connection.set_trace_callback(
        lambda statement: commits.append(statement) if statement == "COMMIT" else None
    )

    async def one(number: int) -> bool:
        writer.finish(ended(number))
        return await writer.durable()

    assert all(await asyncio.gather(*(one(number) for number in range(100))))
    assert len(commits) < 50
    writer.close()


async def test_a_log_that_is_not_to_be_durable_is_not_waited_for(path: Path) -> None:
    writer = LogWriter(path, interval_s=60)
    writer.finish(ended(1))

    assert await writer.durable()
    assert writer.pending == 1
    writer.close()


def test_a_durable_log_is_synchronised_at_every_commit(path: Path) -> None:
    writer = LogWriter(path, durable=True)

    assert writer._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    writer.close()


async def test_a_log_that_cannot_be_written_holds_nobody_up_for_long_and_that_is_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "DURABLE_WITHIN_S", 0.05)
    writer = LogWriter(path, interval_s=0.001, durable=True)
    with locked(path):
        writer.finish(ended(1))
        assert not await writer.durable()
        await asyncio.to_thread(wait_until, lambda: writer.problem)
        assert not await writer.durable()
    assert writer.answers_before_rows == 2

    assert await asyncio.to_thread(writer.flush, 20)
    assert await writer.durable()
    assert (writer.answers_before_rows, writer.lost) == (2, 0)
    writer.close()
