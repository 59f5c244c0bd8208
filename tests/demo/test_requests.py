"""From prompts to requests: what a client sends, and what the table sees of it."""

import json
from itertools import islice
from random import Random
from typing import Any

import pytest

from console.demo.arrivals import Pace, arrivals
from console.demo.plan import plan_day, plan_trace
from console.demo.prompts import PromptSpec, embedded_prompts
from console.demo.requests import ClientRequest, Length, build_request
from console.demo.trace import TracedCall
from console.routing.facts import Facts, draw_facts


def built(seed: int = 1, length: Length | None = None, **fields: Any) -> ClientRequest:
    return build_request(PromptSpec(**{"prompt": "Hello", **fields}), Random(seed), length)


def facts(request: ClientRequest) -> Facts:
    return draw_facts(request.body, request.headers)


def test_everything_a_prompt_asks_for_arrives_as_a_fact() -> None:
    seen = facts(
        built(
            task="reply",
            declare="header",
            system="Be kind.",
            client="inbox",
            model="legacy-chat",
            tags={"team": "support", "customer": "c-1"},
            tools=("get_order(order_id, count: integer)",),
            json={"type": "object"},
            image=True,
            audio=True,
            stream=True,
            turns=("one", "two"),
            max_tokens=12,
        )
    )

    assert seen.task == "reply"
    assert seen.model == "legacy-chat"
    assert {"team": "support", "customer": "c-1", "client": "inbox"}.items() <= seen.tags.items()
    assert seen.prompt == "Hello"
    assert seen.system == "Be kind."
    assert seen.turns == 3
    assert seen.max_output_tokens == 12
    assert (seen.tools, seen.images, seen.audio, seen.stream) == (True, True, True, True)
    assert seen.response_format == "json_schema"


def test_a_short_tool_becomes_a_function_with_a_schema() -> None:
    [tool] = built(tools=("pay(order_id, amount: number)",)).body["tools"]

    assert tool["function"]["name"] == "pay"
    assert tool["function"]["parameters"]["properties"] == {
        "order_id": {"type": "string"},
        "amount": {"type": "number"},
    }


def test_tasks_and_tags_come_by_header_by_metadata_or_both_and_mean_the_same() -> None:
    requests = [built(seed, task="reply", tags={"team": "support"}) for seed in range(60)]

    assert any("X-Route-Task" in request.headers for request in requests)
    assert any("task" in request.body.get("metadata", {}) for request in requests)
    assert any(facts(request).task is None for request in requests)
    assert any("X-Route-Tags" in request.headers for request in requests)
    assert all(facts(request).tags["team"] == "support" for request in requests)


def test_what_a_header_cannot_hold_goes_into_the_metadata() -> None:
    tags = {"a": "b,c=d", "é": "ü", "line": "1\r\nX-Evil: 1", "empty": ""}
    for seed in range(20):
        request = built(seed, task="Rückgabe", declare="header", tags=tags)

        assert request.headers == {}
        assert tags.items() <= facts(request).tags.items()
        assert facts(request).task == "Rückgabe"


def test_a_long_prompt_is_padded_to_the_tokens_it_wants() -> None:
    assert facts(built(pad_to_tokens=48_000, system="é", turns=2)).input_tokens == 48_000


@pytest.mark.parametrize("tokens", [1, 10, 374, 7_000])
def test_a_traced_call_is_as_long_as_the_trace_says(tokens: int) -> None:
    seen = facts(built(length=Length(tokens, 44), prompt="é" * 99, system="Be kind.", turns=1))

    assert seen.input_tokens == tokens
    assert seen.max_output_tokens == 44


def test_every_prompt_is_sent_once_before_any_is_sent_again() -> None:
    prompts = embedded_prompts().prompts

    plan = list(islice(plan_day(prompts, arrivals(Pace(), 7), 7), len(prompts)))

    sent = [facts(planned.request).prompt for planned in plan]
    assert len(set(sent)) == len(prompts)
    assert all(any(text.startswith(spec.prompt) for text in sent) for spec in prompts)


def test_the_same_seed_plans_the_same_day() -> None:
    prompts = embedded_prompts().prompts

    one, other = (list(islice(plan_day(prompts, arrivals(Pace(), 7), 7), 200)) for _ in range(2))

    assert one == other
    assert any(planned.request.abort_after for planned in one)


def test_a_trace_gives_times_and_lengths_and_the_prompts_give_the_words() -> None:
    calls = [TracedCall(number / 2, 20 + number * 7, 30 + number) for number in range(200)]

    plan = list(plan_trace(embedded_prompts().prompts, calls, 7))

    assert [planned.at_s for planned in plan] == [call.at_s for call in calls]
    for planned, call in zip(plan, calls, strict=True):
        assert facts(planned.request).input_tokens == call.input_tokens
        assert planned.request.body["max_completion_tokens"] == call.output_tokens
        json.dumps(planned.request.body)
    assert len({facts(planned.request).prompt for planned in plan}) > 30
