"""What a chat completion says, as far as its operation, its log and its checks have to know."""

from collections.abc import Mapping
from typing import Any

from console.gateway.answer_checks import AskedFormat, Said, format_asked


def said_in(answer: Mapping[str, Any]) -> list[Said]:
    """Return what the choices of a whole answer say."""
    choices = answer.get("choices")
    found: list[Said] = []
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict):
            said = Said()
            add_choice(said, choice, "message")
            found.append(said)
    return found


def asked_format(body: Mapping[str, Any]) -> AskedFormat:
    """Return the format that a chat-completions body asks for; what cannot be read is no format."""
    wanted = body.get("response_format")
    if not isinstance(wanted, dict):
        return AskedFormat(json=False)
    described = wanted.get("json_schema")
    return format_asked(wanted.get("type"), described if isinstance(described, dict) else {})


def finish_reason_of(choice: Mapping[str, Any]) -> str | None:
    """Return why a choice ended, as its provider says; None while it has not."""
    reason = choice.get("finish_reason")
    return reason[:64] if isinstance(reason, str) and reason else None


def add_choice(said: Said, choice: Mapping[str, Any], part: str) -> str:
    """Note what one choice's message or delta says; return its text."""
    reason = choice.get("finish_reason")
    if isinstance(reason, str) and reason:
        said.finish_reason = reason
    message = choice.get(part)
    if not isinstance(message, dict):
        return ""
    said.does_more |= any(message.get(name) for name in ("tool_calls", "function_call", "audio"))
    said.refused |= bool(message.get("refusal"))
    text = message.get("content")
    if not isinstance(text, str):
        return ""
    if part == "message":
        said.text = text
    return text


def text_of(choice: Mapping[str, Any]) -> str | None:
    """Return the text of a whole answer's choice; None where it has none."""
    message = choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else None
