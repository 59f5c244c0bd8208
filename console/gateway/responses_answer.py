"""A whole response: judged, told under the name of the table's model, and what it says."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.gateway.answer_checks import Said
from console.gateway.failures import AttemptError, Failure
from console.gateway.provider_message import error_inside
from console.gateway.usage import usage_of_response
from console.gateway.whole_answer import WholeAnswer, answer_object, renamed

_NOTHING_FOR_THE_CLIENT = (
    "message",
    "reasoning",
    "compaction",
    "web_search_call",
    "file_search_call",
    "code_interpreter_call",
    "mcp_call",
    "mcp_list_tools",
)
"""Output that does not answer by being there: a message does by its text, and what a provider
thought, or looked up by itself, does not without one."""

_CALLS_OF_THE_CLIENT = ("function_call", "custom_tool_call")


def whole_response(raw: bytes, model: str) -> WholeAnswer:
    """Read a provider's answer. Raises `AttemptError` where it is none, or tells of a failure."""
    answer = answer_object(raw)
    if answer.get("status") == "failed":
        raise failure_of(answer)
    if answer.get("status") not in (None, "completed", "incomplete"):
        raise AttemptError(Failure("bad_answer", 200))
    if not isinstance(answer.get("output"), list):
        raise AttemptError(Failure("bad_answer", 200))
    body, usage = renamed(answer, model), usage_of_response(answer.get("usage"))
    return WholeAnswer(body, usage, finish_reason_of(answer), text_of(answer) or None, answer)


def failure_of(told: Mapping[str, Any]) -> AttemptError:
    """Return the failure that a failed response, or an event of an error, tells."""
    error = told.get("error")
    return error_inside(error) if error else AttemptError(Failure("upstream_error", 200))


def finish_reason_of(response: Mapping[str, Any]) -> str:
    """Return why a response ended, in the words of chat completions, so that logs know but one."""
    if response.get("status") == "incomplete":
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, dict) else None
        if reason == "max_output_tokens":
            return "length"
        return reason[:64] if isinstance(reason, str) and reason else "incomplete"
    called = any(item.get("type") in _CALLS_OF_THE_CLIENT for item in _items(response))
    return "tool_calls" if called else "stop"


def text_of(response: Mapping[str, Any]) -> str:
    """Return all text of a response, as OpenAI's client puts it together."""
    return "".join(_texts(response, "output_text", "text"))


def said_in(response: Mapping[str, Any]) -> list[Said]:
    """Return what a response says. What is commentary on the way is not what was asked for."""
    said = Said("".join(_texts(response, "output_text", "text", is_final=True)))
    said.refused = any(_texts(response, "refusal", "refusal"))
    said.does_more = any(
        item.get("type") not in _NOTHING_FOR_THE_CLIENT for item in _items(response)
    )
    said.finish_reason = finish_reason_of(response)
    return [said]


def _items(response: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    output = response.get("output")
    for item in output if isinstance(output, list) else ():
        if isinstance(item, dict):
            yield item


def _texts(
    response: Mapping[str, Any], kind: str, field: str, *, is_final: bool = False
) -> Iterator[str]:
    """Yield the texts of one kind of content part; with `is_final` those of no commentary."""
    for item in _items(response):
        content = item.get("content") if item.get("type") == "message" else None
        if is_final and item.get("phase") == "commentary":
            continue
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict) and part.get("type") == kind:
                text = part.get(field)
                if isinstance(text, str):
                    yield text
