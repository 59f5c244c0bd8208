"""When all attempts fail alike, the client reads the provider's own error; else it reads ours."""

from typing import Any

import openai
import pytest

from console.gateway.failures import ExhaustedError, Failure
from tests.gateway.conftest import CANARY, Desk
from tests.gateway.scripted_provider import Act, answers, resets, says, streams

ASK: list[Any] = [{"role": "user", "content": "Greet me."}]
OWN: dict[str, Any] = {
    "message": "Rate limit reached for gpt-5 in organization org-1.",
    "type": "tokens",
    "param": None,
    "code": "rate_limit_exceeded",
    "failed_generation": "<kept>",
}


def own(**changes: Any) -> dict[str, Any]:
    return {"error": {**OWN, **changes}}


async def told_by(desk: Desk, *acts: Act, streamed: bool = False, **route: Any) -> openai.APIError:
    """Ask a gateway whose providers act so, one target each, and return what its client raises."""
    names = [f"p{number}" for number in range(len(acts))]
    for name, act in zip(names, acts, strict=True):
        await desk.provider(name, act)
    first, *others = [f"{name}-model" for name in names]
    general = {"model": first, "fallbacks": others, "retries": 0, **route}
    client = await desk.open(desk.table(routes={"general": general}))
    try:
        answer: Any = await client.chat.completions.create(
            model="any", messages=ASK, stream=streamed
        )
        async for _ in answer:
            pass
    except openai.APIError as error:
        return error
    raise AssertionError("the client saw no error")


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("status", "told"), [(429, 429), (503, 503), (500, 502), (409, 502)])
async def test_providers_that_all_fail_alike_speak_for_themselves_through_the_last_of_them(
    desk: Desk, status: int, told: int, streamed: bool
) -> None:
    error = await told_by(
        desk,
        says(status, own(message="The first one's."), retry_after="9"),
        says(status, own(), retry_after="40"),
        streamed=streamed,
    )

    assert isinstance(error, openai.APIStatusError)
    assert (error.status_code, error.body) == (told, OWN)
    assert error.response.headers["x-should-retry"] == "false"
    waits = "9" if told in (429, 503) else None
    assert error.response.headers.get("retry-after") == waits
    row, attempts = await desk.one_logged()
    assert (row.status, row.http_status, row.n_attempts) == ("error", told, 2)
    assert [attempt.http_status for attempt in attempts] == [status, status]
    assert attempts[1].error_message == OWN["message"]


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_error_told_inside_a_200_reaches_the_client_as_the_provider_put_it(
    desk: Desk, streamed: bool
) -> None:
    error = await told_by(desk, streams(own()) if streamed else answers(own()), streamed=streamed)

    assert isinstance(error, openai.APIStatusError)
    assert (error.status_code, error.body) == (502, OWN)
    row, [attempt] = await desk.one_logged()
    assert (row.error_type, attempt.http_status) == ("upstream_error", 200)


@pytest.mark.parametrize(
    ("acts", "code"),
    [
        ([says(429, own()), says(503, own())], "upstream_5xx"),
        ([says(500, own()), says(503, own())], "upstream_5xx"),
        ([resets, says(429, own())], "rate_limited"),
        ([says(429, own()), says(429, b"<html>Slow down</html>", "text/html")], "rate_limited"),
        ([says(429, {"error": "slow down"})], "rate_limited"),
        ([says(429, {"detail": "slow down"})], "rate_limited"),
        ([answers({"error": "overloaded"})], "upstream_error"),
    ],
    ids=["kinds", "statuses", "no answer", "HTML last", "text for an error", "no error", "inside"],
)
async def test_where_no_provider_can_speak_for_all_the_gateway_says_what_was_tried(
    desk: Desk, acts: list[Act], code: str
) -> None:
    error = await told_by(desk, *acts)

    assert error.code == code
    assert "Every attempt failed: p0-model (" in error.message


def test_where_time_ran_out_the_provider_s_error_would_not_say_so() -> None:
    failures = [("east-model", Failure("rate_limited", 429, own_error=b"{}"))]

    assert ExhaustedError(failures).own_error == b"{}"
    assert ExhaustedError(failures, is_out_of_time=True).own_error is None


def test_a_model_that_was_left_alone_does_not_keep_another_s_error_back() -> None:
    left_alone = ("west-model", Failure("cooling_down", retry_after_s=3))
    failures = [("east-model", Failure("upstream_5xx", 503, own_error=b"{}")), left_alone]

    assert ExhaustedError(failures).own_error == b"{}"
    assert ExhaustedError([left_alone]).own_error is None


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("inside", [False, True])
async def test_a_provider_s_key_is_blotted_out_of_its_own_error(
    desk: Desk, streamed: bool, inside: bool
) -> None:
    leak = own(message=f"Incorrect API key provided: {CANARY}.", param=CANARY)
    act = (streams if streamed else answers)(leak) if inside else says(429, leak)

    error = await told_by(desk, act, streamed=streamed)

    assert isinstance(error.body, dict)
    assert error.body["message"] == "Incorrect API key provided: [key withheld]."
    assert error.body["param"] == "[key withheld]"
