"""What `/metrics` tells, and what it never tells."""

import json
from pathlib import Path

from console.gateway.metric_labels import MOST_OUTCOME_NAMES
from console.gateway.metrics import Metrics
from console.table.load import parse_table
from console.traffic.records import RequestRow
from tests.bench.tables import table_text
from tests.gateway.conftest import Desk
from tests.gateway.metrics_page import parsed, samples, value
from tests.gateway.scripted_provider import WORDS, answers, completion, says, streams

ASK = {"model": "any", "messages": [{"role": "user", "content": "Hello?"}]}


async def test_a_request_is_counted_by_route_rule_and_status_with_its_tokens_and_cost(
    desk: Desk,
) -> None:
    await desk.provider("one", answers())
    await desk.open()
    await desk.http.post("/v1/chat/completions", json=ASK)

    found = await samples(desk)

    called = {"gen_ai_provider_name": "one", "gen_ai_request_model": "one-model"}
    ended = {"route": "general", "rule": "", "task": "", "status": "ok"}
    assert value(found, "route_console_requests_total", **ended) == 1
    assert value(found, "route_console_attempts_total", model="one-model", kind="primary") == 1
    assert value(found, "gen_ai_server_request_duration_seconds_count", route="general") == 1
    assert value(found, "gen_ai_client_operation_duration_seconds_count", **called) == 1
    tokens = "gen_ai_client_token_usage_sum"
    assert value(found, tokens, gen_ai_token_type="input", **called) == 100
    assert value(found, tokens, gen_ai_token_type="output", **called) == 20
    assert value(found, "route_console_cost_usd_total", model="one-model") == 120e-6
    assert value(found, "route_console_cost_unknown_total", model="one-model") == 0


async def test_a_fallback_shows_as_a_failed_attempt_a_fallback_and_a_degraded_request(
    desk: Desk,
) -> None:
    await desk.provider("one", says(500))
    await desk.provider("two", answers())
    await desk.open()
    await desk.http.post("/v1/chat/completions", json=ASK)

    found = await samples(desk)

    failed = {"model": "one-model", "kind": "primary", "error_type": "upstream_5xx"}
    assert value(found, "route_console_attempts_total", **failed) == 1
    saved = {"model": "two-model", "kind": "fallback", "error_type": ""}
    assert value(found, "route_console_attempts_total", **saved) == 1
    assert value(found, "route_console_fallbacks_total", route="general") == 1
    assert value(found, "route_console_requests_total", status="degraded") == 1


async def test_a_stream_has_its_time_to_first_token(desk: Desk) -> None:
    await desk.provider("one", streams(*WORDS))
    await desk.open()
    await desk.http.post("/v1/chat/completions", json={**ASK, "stream": True})

    found = await samples(desk)

    assert value(found, "gen_ai_server_time_to_first_token_seconds_count") == 1
    assert value(found, "gen_ai_client_operation_time_to_first_chunk_seconds_count") == 1


async def test_a_cost_that_is_not_known_is_counted_as_such_and_never_as_nothing(
    desk: Desk,
) -> None:
    await desk.provider("one", answers(completion(usage=None)))
    await desk.open()
    await desk.http.post("/v1/chat/completions", json=ASK)

    found = await samples(desk)

    assert value(found, "route_console_cost_unknown_total", model="one-model") == 1
    assert value(found, "route_console_cost_usd_total", model="one-model") == 0
    assert value(found, "gen_ai_client_token_usage_count") is None


async def test_a_refused_request_is_counted_by_its_reason(desk: Desk) -> None:
    await desk.provider("one", answers())
    await desk.open()
    await desk.http.post("/v1/chat/completions", content=b"not JSON")

    found = await samples(desk)

    refused = {"http_status": "400", "code": "invalid_json"}
    assert value(found, "route_console_refused_requests_total", **refused) == 1
    assert value(found, "route_console_requests_total") is None


async def test_nothing_a_client_or_a_provider_writes_becomes_a_label(
    desk: Desk, shared_data: Path
) -> None:
    hostile = json.loads((shared_data / "hostile" / "blns.json").read_text())
    names = [text for text in hostile if len(text) > 3 and text.isascii() and text.isprintable()]
    await desk.provider("one", answers(completion("canary-answer", model="canary-upstream")))
    await desk.open()

    for name in [*names[:40], "canary-task"]:
        body = {
            "model": f"canary-{name}",
            "metadata": {"task": name, "canary-tag": name, "conversation_id": name},
            "messages": [{"role": "user", "content": f"canary-prompt {name}"}],
        }
        answer = await desk.http.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200

    page = (await desk.http.get("/metrics")).text
    assert "canary" not in page
    labels = {text for _, has, _ in parsed(page) for text in has.values()}
    assert not labels & set(names)
    assert value(list(parsed(page)), "route_console_requests_total", task="other") == 41


def test_outcomes_are_told_apart_by_name_only_up_to_a_bound() -> None:
    table = parse_table(table_text(3)).table
    assert table is not None
    metrics = Metrics()
    row = RequestRow("r", 0.0, "v", "rule_match", route="small", rule_id="rule-1")
    row.response_model = "gone"

    for number in range(MOST_OUTCOME_NAMES + 10):
        metrics.outcome(f"name-{number}", 0.5, row, table)
    metrics.outcome('evil"} 1\n', None, row, table)

    found = list(parsed(metrics.page("")[0].decode()))
    names = {has["name"] for name, has, _ in found if name == "route_console_outcomes_total"}
    joined = {"route": "small", "rule": "rule-1", "model": "other"}
    assert len(names) == MOST_OUTCOME_NAMES + 1
    assert value(found, "route_console_outcomes_total", name="other", **joined) == 11
    assert value(found, "route_console_outcome_score_sum", name="name-3", **joined) == 0.5


async def test_the_page_tells_the_table_in_service_and_the_state_of_the_log(desk: Desk) -> None:
    await desk.provider("one", answers())
    await desk.open()

    found = await samples(desk)

    version = desk.gateway.served.table.version
    assert value(found, "route_console_table_info", name="desk", version=version) == 1
    assert value(found, "route_console_log_lost_records_total") == 0
    assert value(found, "route_console_in_flight_requests") == 0


async def test_the_page_comes_as_openmetrics_where_that_is_asked_for(desk: Desk) -> None:
    await desk.provider("one", answers())
    await desk.open()

    page = await desk.http.get("/metrics", headers={"accept": "application/openmetrics-text"})

    assert page.headers["content-type"].startswith("application/openmetrics-text")
    assert page.text.endswith("# EOF\n")


async def test_a_target_that_is_left_alone_shows_with_the_state_of_its_breaker(desk: Desk) -> None:
    await desk.provider("one", says(429, retry_after="60"))
    await desk.provider("two", answers())
    await desk.open()
    await desk.http.post("/v1/chat/completions", json=ASK)

    found = await samples(desk)

    states = "route_console_target_state"
    assert value(found, states, model="one-model", state="cooling_down") == 1
    assert value(found, states, model="two-model", state="closed") == 1
