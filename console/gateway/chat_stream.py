"""A streamed chat completion: what each chunk carries, and what of it the client is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.gateway.answer_checks import Said
from console.gateway.chat_answer import add_choice, finish_reason_of
from console.gateway.provider_message import error_inside
from console.gateway.sse import DONE, event
from console.gateway.stream_tally import StreamTally
from console.gateway.usage import usage_in
from console.json_text import encoded

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

_DONE_EVENT = event(DONE)


class ChatStreaming:
    """How streams of chunks are read, as `stream_reading.Streaming` says.

    `usage_asked` says whether the client itself asked for the usage of its stream.
    """

    def __init__(self, *, usage_asked: bool) -> None:
        self._usage_asked = usage_asked

    def reading(self, *, keep_text_bytes: int, is_judged: bool) -> "ChatStream":
        """Return what reads the next stream."""
        tally = StreamTally(keep_text_bytes=keep_text_bytes)
        said = SaidSoFar() if is_judged else None
        return ChatStream(tally, usage_asked=self._usage_asked, said=said)

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return an error as a chat stream carries it: an event that is the error object."""
        return event(encoded(document))


class ChatStream:
    """Reads one stream of chunks, as `stream_reading.StreamReading` says."""

    def __init__(self, tally: StreamTally, *, usage_asked: bool, said: "SaidSoFar | None") -> None:
        self.tally = tally
        self.ends_with_done = True
        self.most_event_bytes: int | None = None
        self.is_over = False
        self.last = _DONE_EVENT
        self._usage_asked = usage_asked
        self._said = said

    def sent(self, chunk: dict[str, Any], model: str) -> bytes | None:
        """Take note of a chunk, and return it as the client gets it.

        Usage is always asked of providers and belongs to the log; a client that did not ask for it
        would stumble over the chunk without choices that carries it, so that one is not sent.
        """
        if chunk.get("error"):
            raise error_inside(chunk["error"])
        count_chunk(self.tally, chunk)
        if self._said is not None:
            self._said.count(chunk)
        chunk["model"] = model
        if not self._usage_asked and "usage" in chunk:
            usage = chunk.pop("usage")
            if usage is not None and not chunk.get("choices"):
                return None
        return event(encoded(chunk))

    def said(self) -> Sequence[Said]:
        """Return what the choices say so far."""
        return self._said.choices if self._said is not None else []

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return an error as a chat stream carries it: an event that is the error object."""
        return event(encoded(document))


class SaidSoFar:
    """What the choices of a stream say, put together chunk by chunk."""

    def __init__(self) -> None:
        self._choices: dict[int, Said] = {}
        self._texts: dict[int, list[str]] = {}

    def count(self, chunk: Mapping[str, Any]) -> None:
        """Take note of one chunk."""
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if not isinstance(choice, dict):
                continue
            index = choice.get("index")
            number = index if isinstance(index, int) else 0
            said = self._choices.setdefault(number, Said())
            text = add_choice(said, choice, "delta")
            self._texts.setdefault(number, []).append(text)

    @property
    def choices(self) -> list[Said]:
        """The choices as far as they have come."""
        for number, said in self._choices.items():
            said.text = "".join(self._texts[number])
        return list(self._choices.values())


def count_chunk(tally: StreamTally, chunk: Mapping[str, Any]) -> None:
    """Take note of one chunk. Usage is taken from any chunk that has it."""
    usage = usage_in(chunk)
    if usage is not None:
        tally.usage = usage
    choices = chunk.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict):
            _count_choice(tally, choice)


def _count_choice(tally: StreamTally, choice: dict[str, Any]) -> None:
    reason = finish_reason_of(choice)
    if reason is not None:
        tally.finish_reason = reason
        tally.has_begun = True
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        return
    if not tally.has_begun:
        tally.has_begun = any(delta.get(field) for field in CONTENT_FIELDS)
    content = delta.get("content")
    if isinstance(content, str) and content:
        tally.add(content, is_kept=not choice.get("index"))
