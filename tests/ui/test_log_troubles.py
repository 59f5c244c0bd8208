"""A log that is missing, locked, broken or empty: said plainly, and passed by itself."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.ui.app import ConsoleApp
from tests.ui.driving import drawn, list_lines, settled, until, until_drawn
from tests.ui.traffic_log import TrafficLog

SIZE = (100, 24)


def not_a_database(path: Path) -> None:
    path.write_text("I am a shopping list.\n" * 100)


def other_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE shopping (item TEXT)")


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    assert not path.exists()


def newer(path: Path) -> None:
    TrafficLog(path).close()
    with sqlite3.connect(path) as connection:
        [version] = connection.execute("PRAGMA user_version").fetchone()
        connection.execute(f"PRAGMA user_version = {version + 1}")


@pytest.mark.parametrize(
    ("made", "sentence", "header"),
    [
        (nothing, "There is no traffic log at", "no log yet"),
        (not_a_database, "is not a traffic log", "not a traffic log"),
        (other_database, "is not a traffic log", "not a traffic log"),
        (folder, "is not a traffic log", "not a traffic log"),
        (newer, "this version knows none after", "log of a newer version"),
    ],
)
async def test_what_is_wrong_with_the_log_is_said_where_its_requests_would_be(
    tmp_path: Path, made: Callable[[Path], None], sentence: str, header: str
) -> None:
    path = tmp_path / "log.sqlite"
    made(path)
    async with ConsoleApp(None, path).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, header)

        shown = " ".join(drawn(pilot).split())
        assert sentence in shown
        assert "Looking again every second." in shown
        assert "waiting for the log" in shown


async def test_a_console_without_a_log_says_how_to_name_one() -> None:
    async with ConsoleApp(None, None).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "No traffic log was given.")

        assert "--log FILE" in drawn(pilot)


async def test_a_log_that_comes_later_is_followed_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "late.sqlite"
    async with ConsoleApp(None, path).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "There is no traffic log at")

        log = TrafficLog(path)
        log.add(2)

        await until_drawn(pilot, "following · all 2")
        await pilot.press("k")
        await until_drawn(pilot, "paused")
        log.close()


async def test_rows_stay_while_the_log_is_away_and_nothing_is_lost_when_it_is_back(
    log: TrafficLog,
) -> None:
    log.add(30)
    away = log.path.with_name("away.sqlite")
    async with ConsoleApp(log.table_path, log.path).run_test(size=SIZE) as pilot:
        await until_drawn(pilot, "following · all 30")
        await pilot.press("k", "k")

        log.path.rename(away)
        await until_drawn(pilot, "There is no traffic log at")
        assert "no log yet" in drawn(pilot)
        assert "question 30" in list_lines(pilot)[-1]

        away.rename(log.path)
        await until(pilot, lambda: "There is no traffic log at" not in drawn(pilot))
        log.add(2)
        await until_drawn(pilot, "+2 new")
        assert "paused" in drawn(pilot)


async def test_a_log_that_another_process_locks_is_read_when_it_is_free(
    log: TrafficLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.add(3)
    log.close()
    holder = sqlite3.connect(log.path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("DELETE FROM gateways")
    async with ConsoleApp(None, log.path).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "log is locked")
        # However long the path before it makes the sentence break.
        assert "locked by another process." in " ".join(drawn(pilot).split())

        holder.execute("ROLLBACK")
        holder.close()

        await until_drawn(pilot, "following · all 3")


async def test_an_empty_log_tells_how_to_send_a_first_request(log: TrafficLog) -> None:
    async with ConsoleApp(None, log.path).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "The log holds no request yet.")
        assert "route-console serve" in drawn(pilot)

        log.beat(address="127.0.0.1:9999")

        await until_drawn(pilot, "curl http://127.0.0.1:9999/v1/chat/completions")


async def test_a_gateway_that_fell_silent_is_not_offered_and_is_told_of(log: TrafficLog) -> None:
    log.beat(at=time.time() - 120)
    async with ConsoleApp(None, log.path).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "no gateway heartbeat for 2 min")

        assert "curl" not in drawn(pilot)


async def test_an_address_with_a_shell_in_it_is_quoted_in_the_command(log: TrafficLog) -> None:
    log.beat(address="127.0.0.1:1/$(reboot);")
    async with ConsoleApp(None, log.path).run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "curl 'http://127.0.0.1:1/$(reboot);/v1/chat/completions'")


async def test_a_table_with_errors_is_told_in_the_header_and_mended_by_itself(
    log: TrafficLog,
) -> None:
    good = log.table_path.read_text()
    log.table_path.write_text(good.replace("default: general", "default: gone"))
    async with ConsoleApp(log.table_path, log.path).run_test(size=SIZE) as pilot:
        await until_drawn(pilot, "table has 1 error")

        log.table_path.write_text(good)
        os.utime(log.table_path)

        await until_drawn(pilot, log.table.version[:7])
        assert "error" not in drawn(pilot).splitlines()[0].replace("err/s", "")


async def test_without_a_table_the_console_opens_and_says_why(log: TrafficLog) -> None:
    log.add(1)
    app = ConsoleApp(None, log.path, notice="several tables in [policies/]: choose one")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_drawn(pilot, "several tables in [policies/]: choose one")
        await settled(pilot)

        assert "no table" in drawn(pilot)
        assert "question 1" in drawn(pilot)
