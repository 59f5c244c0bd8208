"""What clients say about answers gets into the log, once."""

import asyncio
import sqlite3
from typing import Any

from console.cli import main
from console.traffic.records import OutcomeRow
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import answers

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


async def answered(desk: Desk) -> str:
    """Return the id of a request that was answered just now."""
    await desk.provider("east", answers())
    await desk.open()
    answer = await desk.http.post("/v1/chat/completions", json={"model": "any", "messages": ASK})
    return answer.headers["x-request-id"]


async def outcomes(desk: Desk, request_id: str, count: int) -> list[OutcomeRow]:
    async def logged() -> list[OutcomeRow]:
        found: list[OutcomeRow] = desk.read_log(lambda reader: reader.outcomes(request_id))
        return found if len(found) >= count else []

    rows: list[OutcomeRow] = await desk.until(logged)
    return rows


async def test_an_outcome_is_taken_for_a_request_that_is_not_on_disk_yet(desk: Desk) -> None:
    request_id = await answered(desk)

    given = {"request_id": request_id, "name": "helpful", "score": 0.5, "label": "so-so"}
    answer = await desk.http.post("/v1/outcomes", json={**given, "comment": "Too short."})

    assert answer.status_code == 201
    assert answer.json()["score"] == 0.5
    [row] = await outcomes(desk, request_id, 1)
    assert (row.name, row.score, row.label, row.comment) == ("helpful", 0.5, "so-so", "Too short.")


async def test_a_repeat_with_its_key_is_answered_200_and_logged_once(desk: Desk) -> None:
    request_id = await answered(desk)
    given = {"request_id": request_id, "name": "ok", "score": 1, "idempotency_key": "k-1"}

    together = await asyncio.gather(*(desk.http.post("/v1/outcomes", json=given) for _ in range(3)))
    await outcomes(desk, request_id, 1)
    later = await desk.http.post("/v1/outcomes", json=given)
    other = await desk.http.post("/v1/outcomes", json={**given, "score": 0})

    assert sorted(answer.status_code for answer in together) == [200, 200, 201]
    assert later.status_code == 200
    assert later.json()["ts"] == together[0].json()["ts"]
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert len(await outcomes(desk, request_id, 1)) == 1


async def test_an_unknown_request_is_404_in_the_shape_of_openai(desk: Desk) -> None:
    await answered(desk)

    answer = await desk.http.post(
        "/v1/outcomes", json={"request_id": "no-such", "name": "ok", "score": 1}
    )

    assert answer.status_code == 404
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("unknown_request", "request_id")
    assert set(error) == {"message", "type", "param", "code"}


async def test_a_body_that_is_no_outcome_is_400_and_names_the_field(desk: Desk) -> None:
    request_id = await answered(desk)
    good: dict[str, Any] = {"request_id": request_id, "name": "ok", "score": 1}

    wrong: list[tuple[dict[str, Any], str]] = [
        ({"score": "1"}, "score"),
        ({"score": True}, "score"),
        ({"score": None}, "score"),
        ({"name": ""}, "name"),
        ({"name": "n" * 65}, "name"),
        ({"label": 7}, "label"),
        ({"stars": 5}, "stars"),
    ]
    for change, field in wrong:
        answer = await desk.http.post("/v1/outcomes", json={**good, **change})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, field)
    for raw in (b"[]", b"{", b'{"score": 1e999}'):
        assert (await desk.http.post("/v1/outcomes", content=raw)).status_code == 400
    assert desk.read_log(lambda reader: reader.outcomes(request_id)) == []


async def test_a_log_that_cannot_be_read_is_told_and_not_taken_for_an_empty_one(desk: Desk) -> None:
    request_id = await answered(desk)
    await desk.logged()
    given = {"request_id": request_id, "name": "ok", "score": 1}

    desk.log_path.rename(desk.log_path.with_name("moved"))
    answer = await desk.http.post("/v1/outcomes", json=given)

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "log_unavailable")


async def test_the_shell_logs_an_outcome_and_tells_a_repeat(desk: Desk, capsys: Any) -> None:
    request_id = await answered(desk)
    await desk.logged()
    command = ["outcome", request_id, "helpful", "-1", "--log", str(desk.log_path)]

    def run(*more: str) -> tuple[int, str, str]:
        code = main([*command, *more])
        return (code, *capsys.readouterr())

    first = await asyncio.to_thread(run, "--idempotency-key", "k")
    again = await asyncio.to_thread(run, "--idempotency-key", "k", "--json")
    command[1] = "no-such"
    unknown = await asyncio.to_thread(run)

    assert first == (0, f"{request_id}: helpful -1 is logged.\n", "")
    assert '"repeat":true' in again[1]
    assert (unknown[0], "has no such request" in unknown[2]) == (2, True)
    log = sqlite3.connect(desk.log_path)
    assert log.execute("SELECT score, source FROM outcomes").fetchall() == [(-1.0, "cli")]
    log.close()
