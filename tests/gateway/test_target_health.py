"""Targets that fail are left alone, over real HTTP: what the client, the log and /healthz see."""

import asyncio
from typing import Any

import openai
import pytest

from console.gateway.breaker import BreakerLimits
from console.gateway.failures import FailureType
from console.gateway.target_health import TargetHealth, verdict_of
from console.routing.decision import Target
from console.table.model import Model, Table
from console.traffic.target_states import TargetState, decode_states
from tests.gateway.conftest import Desk
from tests.gateway.scripted_provider import (
    WORDS,
    Wire,
    answers,
    chunk_of,
    completion,
    cuts_after,
    never_answers,
    says,
    streams,
)

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


async def ask(client: openai.AsyncOpenAI, times: int = 1) -> list[str]:
    """Ask one after the other; return the models that answered, or the error's code."""
    return [await ask_once(client) for _ in range(times)]


async def ask_once(client: openai.AsyncOpenAI) -> str:
    try:
        return (await client.chat.completions.create(model="any", messages=ASK)).model
    except openai.APIStatusError as error:
        return str(error.code)


async def targets(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.http.get("/healthz")).json()["targets"]
    return found


async def in_the_log(desk: Desk, wanted: str | None) -> list[TargetState]:
    """Wait until the log tells a target in the state that is wanted, or none where it is None."""
    found: list[TargetState] = []

    async def told() -> bool:
        rows = desk.read_log(lambda reader: reader.gateways())
        found[:] = (decode_states(rows[0].health) or []) if rows else []
        return [state.state for state in found] == ([] if wanted is None else [wanted])

    await desk.until(told)
    return found


async def test_a_target_that_fails_five_times_is_passed_over(desk: Desk) -> None:
    east = await desk.provider("east", says(500))
    await desk.provider("west", answers())
    client = await desk.open()

    assert await ask(client, 7) == ["west-model"] * 7

    assert len(east.received) == 5
    [state] = await targets(desk)
    assert (state["model"], state["state"], state["reason"], state["last_error"]) == (
        "east-model",
        "open",
        "consecutive_failures",
        "upstream_5xx",
    )
    assert 0 < state["left_s"] <= 5
    metrics = (await desk.http.get("/metrics")).text
    wanted = 'route_console_target_state{model="east-model",provider="east",state="open"} 1.0'
    assert wanted in metrics
    rows = await desk.logged(7)
    decided = desk.read_log(lambda reader: reader.decision(rows[-1].request_id)).decision
    assert decided.targets[0] == Target("east-model", "east", False, "cooling_down")
    assert (rows[-1].n_attempts, rows[-1].status) == (1, "ok")


async def test_the_log_is_told_at_once_and_again_when_a_probe_has_closed_it(desk: Desk) -> None:
    east = await desk.provider("east", *[says(500)] * 5, answers())
    await desk.provider("west", answers())
    client = await desk.open()
    now = with_clock(desk)
    await ask(client, 5)
    [state] = await in_the_log(desk, "open")
    assert (state.provider, state.upstream_model) == ("east", "east-upstream")
    assert state.until_ts is not None

    now.seconds += 6
    [probing] = await targets(desk)
    assert (probing["state"], probing["left_s"]) == ("half_open", None)
    assert await ask(client) == ["east-model"]

    assert await in_the_log(desk, None) == []
    assert len(east.received) == 6


async def test_while_a_probe_is_under_way_others_take_the_next_target(desk: Desk) -> None:
    done = asyncio.Event()

    async def answers_late(wire: Wire) -> None:
        await done.wait()
        await answers()(wire)

    east = await desk.provider("east", *[says(500)] * 5, answers_late)
    await desk.provider("west", answers())
    client = await desk.open()
    now = with_clock(desk)
    await ask(client, 5)
    now.seconds += 6

    probe = asyncio.create_task(ask_once(client))

    async def arrived() -> bool:
        return len(east.received) == 6

    await desk.until(arrived)
    assert await ask(client, 3) == ["west-model"] * 3
    done.set()
    assert await probe == "east-model"
    assert len(east.received) == 6


async def test_a_client_that_leaves_during_the_probe_makes_way_for_the_next(desk: Desk) -> None:
    east = await desk.provider("east", *[says(500)] * 5, never_answers, answers())
    await desk.provider("west", answers())
    client = await desk.open()
    now = with_clock(desk)
    await ask(client, 5)
    now.seconds += 6
    probe = asyncio.create_task(ask_once(client))

    async def arrived() -> bool:
        return len(east.received) == 6

    await desk.until(arrived)
    probe.cancel()
    await desk.logged(6)

    assert await ask(client) == ["east-model"]


async def test_a_retry_after_is_kept_to_and_told_to_clients_with_nothing_else_left(
    desk: Desk,
) -> None:
    east = await desk.provider("east", says(429, retry_after="40"), answers())
    client = await desk.open()
    now = with_clock(desk)
    assert await ask(client) == ["c"]

    with pytest.raises(openai.InternalServerError) as refused:
        await client.chat.completions.create(model="any", messages=ASK)

    assert refused.value.code == "no_eligible_target"
    assert "east-model (cooling_down)" in refused.value.message
    assert 30 <= int(refused.value.response.headers["retry-after"]) <= 40
    assert "x-should-retry" not in refused.value.response.headers
    assert len(east.received) == 1
    [state] = await in_the_log(desk, "cooling_down")
    assert (state.reason, state.last_error) == ("retry_after", "rate_limited")
    now.seconds += 41
    assert await ask(client) == ["east-model"]


async def test_streams_that_are_cut_count_as_failures(desk: Desk) -> None:
    east = await desk.provider("east", cuts_after(chunk_of({"content": "Hel"})))
    await desk.provider("west", streams(*WORDS))
    client = await desk.open()

    async def model_of_stream() -> str:
        model = ""
        try:
            async for chunk in await client.chat.completions.create(
                model="any", messages=ASK, stream=True
            ):
                model = chunk.model
        except openai.APIError:
            return "cut"
        return model

    assert [await model_of_stream() for _ in range(6)] == ["cut"] * 5 + ["west-model"]
    assert len(east.received) == 5


async def test_requests_a_provider_refuses_say_nothing_about_it(desk: Desk) -> None:
    east = await desk.provider("east", says(400))
    client = await desk.open()

    assert await ask(client, 8) == ["c"] * 8

    assert len(east.received) == 8
    assert await targets(desk) == []


async def test_a_retry_of_a_target_that_has_opened_goes_to_the_next_at_once(desk: Desk) -> None:
    east = await desk.provider("east", says(500))
    await desk.provider("west", answers(completion("west")))
    general = {"model": "east-model", "fallbacks": ["west-model"], "timeout_s": 5, "retries": 5}
    client = await desk.open(desk.table(routes={"general": general}))

    assert await ask(client) == ["west-model"]

    assert len(east.received) == 5
    _, attempts = await desk.one_logged()
    assert [attempt.why_next for attempt in attempts[-2:]] == ["fallback_after_upstream_5xx", None]


def trip(desk: Desk, model: str) -> None:
    """Have the gateway find out, by requests that are not this test's, that a model is down."""
    health, table = desk.gateway._service.health, desk.gateway.served.table
    for _ in range(5):
        entered = health.enter(table, model)
        assert entered is not None
        health.ended(entered, "timeout", None)


@pytest.mark.parametrize(
    ("names", "answered", "why"),
    [
        (("east", "west", "north"), "north-model", "fallback_after_upstream_5xx"),
        (("east", "west"), "upstream_5xx", "fallback_after_upstream_5xx"),
    ],
)
async def test_a_fallback_that_came_to_be_left_alone_meanwhile_is_passed_over(
    desk: Desk, names: tuple[str, ...], answered: str, why: str
) -> None:
    go_on = asyncio.Event()

    async def fails_late(wire: Wire) -> None:
        await go_on.wait()
        await wire.answer(500, b"{}")

    providers = [
        await desk.provider(name, fails_late if name == "east" else answers()) for name in names
    ]
    client = await desk.open()
    call = asyncio.create_task(ask_once(client))

    async def arrived() -> bool:
        return bool(providers[0].received)

    await desk.until(arrived)
    trip(desk, "west-model")
    go_on.set()

    assert await call == answered
    assert providers[1].received == []
    row, attempts = await desk.one_logged()
    assert [attempt.model for attempt in attempts] == [f"{n}-model" for n in names if n != "west"]
    assert attempts[0].why_next == why
    assert row.error_type == (answered if answered == "upstream_5xx" else None)


async def test_what_is_left_alone_stays_so_over_a_reload_unless_it_is_another(desk: Desk) -> None:
    await desk.provider("east", says(500))
    await desk.provider("west", answers())
    client = await desk.open()
    await ask(client, 5)
    table = desk.table(description="The same targets.")

    async def serves(description: str) -> bool:
        return desk.gateway.served.table.description == description

    desk.write_table(table)
    await desk.until(lambda: serves("The same targets."))
    assert [state["model"] for state in await targets(desk)] == ["east-model"]
    table["description"] = "Another model there."
    table["models"]["east-model"]["upstream_model"] = "newer"
    desk.write_table(table)
    await desk.until(lambda: serves("Another model there."))
    assert await targets(desk) == []


class Clock:
    """Goes on only when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def with_clock(desk: Desk) -> Clock:
    clock = Clock()
    desk.gateway._service.health._clock = clock
    return clock


def table(**models: Model) -> Table:
    return Table(name="desk", default="general", version="1", models=models)


def test_targets_no_longer_in_the_table_are_forgotten() -> None:
    clock = Clock()
    health = TargetHealth(BreakerLimits(consecutive_failures=1), clock)
    both = table(a=Model("east"), b=Model("east"))
    for model in ("a", "b"):
        entered = health.enter(both, model)
        assert entered is not None
        health.ended(entered, "timeout", None)
    assert [state.model for state in health.states(both)] == ["a", "b"]

    health.keep_only(table(a=Model("east")))

    assert [state.model for state in health.states(both)] == ["a"]
    assert health.skips(both, {"b": "missing_key"}) == {"a": "cooling_down", "b": "missing_key"}


@pytest.mark.parametrize(
    ("error_type", "verdict"),
    [
        (None, "answered"),
        ("rate_limited", "failed"),
        ("timeout", "failed"),
        ("connection_refused", "failed"),
        ("connection_reset", "failed"),
        ("connection_failed", "failed"),
        ("upstream_5xx", "failed"),
        ("upstream_error", "failed"),
        ("bad_answer", "failed"),
        ("eof_no_finish", "failed"),
        ("upstream_4xx", "nothing"),
        ("client_abort", "nothing"),
        ("gateway_stopped", "nothing"),
        ("internal", "nothing"),
    ],
)
def test_what_counts_as_a_failure_of_the_target(error_type: FailureType, verdict: str) -> None:
    assert verdict_of(error_type) == verdict
