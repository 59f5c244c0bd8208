"""One chunk of a streamed answer: what it carries, and what of it the client is sent."""

from typing import Any

from console.gateway.usage import Usage, usage_in
from console.gateway.whole_answer import finish_reason_of

CONTENT_FIELDS = (
    "content",
    "tool_calls",
    "function_call",
    "refusal",
    "reasoning_content",
    "reasoning",
    "audio",
)
"""What a delta carries once the model has begun to answer; `role` alone is not an answer yet."""


class StreamTally:
    """What a stream has carried so far, kept for the log and for judging its end."""

    def __init__(self, *, keep_text_bytes: int) -> None:
        self.usage: Usage | None = None
        self.finish_reason: str | None = None
        self.has_begun = False
        self.text_bytes = 0
        self._kept: list[str] = []
        self._room = keep_text_bytes

    @property
    def text(self) -> str | None:
        """The text of the first choice as far as it is kept; None where there is none."""
        return "".join(self._kept) or None

    def count(self, chunk: dict[str, Any]) -> None:
        """Take note of one chunk. Usage is taken from any chunk that has it."""
        usage = usage_in(chunk)
        if usage is not None:
            self.usage = usage
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                self._count_choice(choice)

    def _count_choice(self, choice: dict[str, Any]) -> None:
        reason = finish_reason_of(choice)
        if reason is not None:
            self.finish_reason = reason
            self.has_begun = True
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return
        if not self.has_begun:
            self.has_begun = any(delta.get(field) for field in CONTENT_FIELDS)
        content = delta.get("content")
        if isinstance(content, str) and content:
            size = len(content.encode("utf-8", "surrogatepass"))
            self.text_bytes += size
            if self._room > 0 and not choice.get("index"):
                self._kept.append(content)
                self._room -= size


def as_sent(chunk: dict[str, Any], model: str, *, usage_asked: bool) -> dict[str, Any] | None:
    """Return the chunk the client gets, under the table's name for the model.

    Usage is always asked of providers and belongs to the log; a client that did not ask for it
    would stumble over the chunk without choices that carries it, so None says: send nothing.
    """
    chunk["model"] = model
    if not usage_asked and "usage" in chunk:
        usage = chunk.pop("usage")
        if usage is not None and not chunk.get("choices"):
            return None
    return chunk
