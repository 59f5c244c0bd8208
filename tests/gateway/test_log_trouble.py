"""A gateway whose log cannot be written serves on, says so, and writes again when it can."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import answers
from tests.traffic.test_trouble_with_the_disk import files_no_longer_than, locked

BODY = {"model": "any", "messages": [{"role": "user", "content": "Greet me."}]}


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    with files_no_longer_than(path.stat().st_size // 4096 * 4096):
        yield


@contextmanager
def replaced(path: Path) -> Iterator[None]:
    path.rename(path.with_name("moved.sqlite"))
    path.write_text("shopping list " * 100)
    yield
    path.unlink()


@pytest.mark.parametrize("durable", [False, True])
@pytest.mark.parametrize(
    ("trouble", "said"),
    [(locked, "locked"), (full_disk, "cannot be written"), (replaced, "is not a traffic log")],
)
async def test_requests_are_served_and_writing_resumes_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: Any, said: str, durable: bool
) -> None:
    monkeypatch.setattr("console.traffic.writer.DURABLE_WITHIN_S", 0.05)
    await desk.provider("east", answers())
    await desk.open(durable=durable)
    await ask(desk)

    with trouble(desk.log_path):
        told = await desk.until(lambda: problem_after_asking(desk))
        assert said in told["problem"]
        assert told["pending"] > 0
        assert (told["answers_before_rows"] > 0) is durable

    async def nothing_is_pending() -> bool:
        log = (await desk.http.get("/healthz")).json()["log"]
        return bool(log["pending"] == 0 and log["problem"] is None)

    await desk.until(nothing_is_pending)
    last = await ask(desk)
    await desk.until(lambda: is_logged(desk, last))
    health = (await desk.http.get("/healthz")).json()
    assert health["log"]["lost"] == 0
    assert health["status"] == ("degraded" if durable else "ok")


async def test_what_no_longer_fits_in_memory_is_counted_and_shown(desk: Desk) -> None:
    await desk.provider("east", answers())
    await desk.open()
    log = desk.gateway._log
    log._pending._max_bytes = 3_000

    with locked(desk.log_path):
        for _ in range(4):
            await ask(desk)
        health = (await desk.http.get("/healthz")).json()

    assert health["status"] == "degraded"
    assert health["log"]["lost"] > 0
    metrics = (await desk.http.get("/metrics")).text
    assert f"route_console_log_lost_records_total {float(health['log']['lost'])}" in metrics

    async def told_in_the_log() -> bool:
        rows = desk.read_log(lambda reader: reader.gateways())
        return any("The log lacks" in (row.last_problem or "") for row in rows)

    # The console, which knows the log alone, shows this of the gateway.
    await desk.until(told_in_the_log)


async def ask(desk: Desk) -> str:
    answer = await desk.http.post("/v1/chat/completions", json=BODY)
    assert answer.status_code == 200
    return answer.headers["x-request-id"]


async def problem_after_asking(desk: Desk) -> dict[str, Any] | None:
    await ask(desk)
    log: dict[str, Any] = (await desk.http.get("/healthz")).json()["log"]
    return log if log["problem"] else None


async def is_logged(desk: Desk, request_id: str) -> bool:
    try:
        row = desk.read_log(lambda reader: reader.request(request_id))
    except sqlite3.Error:
        return False
    return row is not None and row.status == "ok"
