"""A streamed response: what each of its typed events carries, and what of it the client is sent.

The last event says how the response ended and carries all of it once more. It is held back until
the log knows, and closes the client's stream: there is no `[DONE]`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from console.gateway.answer_checks import Said
from console.gateway.failures import AttemptError, Failure
from console.gateway.responses_answer import failure_of, finish_reason_of, said_in, text_of
from console.gateway.sse import event
from console.gateway.stream_tally import StreamTally
from console.gateway.usage import usage_of_response
from console.json_text import encoded

MOST_EVENT_BYTES = 32 * 1024 * 1024
"""The last event repeats the whole answer, pictures included, and may weigh what that may."""

_ENDINGS = ("response.completed", "response.incomplete")

_ANNOUNCEMENTS = (
    "response.created",
    "response.queued",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.reasoning_summary_part.added",
)
"""Events that come before the model has begun to answer."""

_ERROR_FIELDS = ("code", "message", "param")
"""What an event of type `error` says, by the protocol."""

_NAME = re.compile(r"[a-z0-9_.]{1,100}")


class ResponsesStreaming:
    """How streams of responses are read, as `stream_reading.Streaming` says."""

    def reading(self, *, keep_text_bytes: int, is_judged: bool) -> "ResponsesStream":
        """Return what reads the next stream."""
        return ResponsesStream(StreamTally(keep_text_bytes=keep_text_bytes), is_judged=is_judged)

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return the first and only event of a stream that holds nothing but an error."""
        return _error_event(document, 0)


class ResponsesStream:
    """Reads one stream of events, as `stream_reading.StreamReading` says."""

    def __init__(self, tally: StreamTally, *, is_judged: bool) -> None:
        self.tally = tally
        self.ends_with_done = False
        self.most_event_bytes: int | None = MOST_EVENT_BYTES
        self.is_over = False
        self.last = b""
        self._is_judged = is_judged
        self._said: Sequence[Said] = ()
        self._items: list[Any] = []
        self._next_number = 0
        self._failed = b""

    def sent(self, document: dict[str, Any], model: str) -> bytes | None:
        """Take note of an event, and return it as the client gets it."""
        kind, response = document.get("type"), document.get("response")
        if document.get("error"):
            raise failure_of(document)
        if kind == "error":
            raise failure_of({"error": {name: document.get(name) for name in _ERROR_FIELDS}})
        self._count_number(document.get("sequence_number"))
        if isinstance(response, dict):
            response["model"] = model
            self.tally.usage = usage_of_response(response.get("usage")) or self.tally.usage
        name = kind if isinstance(kind, str) and _NAME.fullmatch(kind) else None
        shown = event(encoded(document), name)
        if kind == "response.failed":
            self._failed = shown
            raise failure_of(response if isinstance(response, dict) else {})
        if kind in _ENDINGS:
            self._end(response, shown)
            return None
        self._count(kind, document)
        return shown

    def said(self) -> Sequence[Said]:
        """Return what the response says, once it has ended."""
        return self._said

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return what tells of an error: the provider's own ending, where it told of a failure."""
        return self._failed or _error_event(document, self._next_number)

    def _count_number(self, number: Any) -> None:
        if isinstance(number, int) and number >= self._next_number:
            self._next_number = number + 1

    def _count(self, kind: Any, document: Mapping[str, Any]) -> None:
        if not isinstance(kind, str) or not kind.startswith("response."):
            return
        delta = document.get("delta")
        if not self.tally.has_begun and kind not in _ANNOUNCEMENTS:
            self.tally.has_begun = bool(delta) or not kind.endswith(".delta")
        if kind == "response.output_text.delta" and isinstance(delta, str) and delta:
            self.tally.add(delta)
        elif kind == "response.output_item.done" and self._is_judged:
            self._items.append(document.get("item"))

    def _end(self, response: Any, shown: bytes) -> None:
        """Take the response as it ended; some providers leave out of it what came before."""
        if not isinstance(response, dict):
            raise AttemptError(Failure("bad_answer", 200))
        self.is_over = self.tally.has_begun = True
        self.last = shown
        whole = response if response.get("output") else {**response, "output": self._items}
        self.tally.finish_reason = finish_reason_of(whole)
        if not self.tally.text_bytes and (text := text_of(whole)):
            self.tally.add(text)
        if self._is_judged:
            self._said = said_in(whole)


def _error_event(document: Mapping[str, Any], number: int) -> bytes:
    """Return an event of type `error` that clients raise.

    OpenAI's client raises what has an `error` in it, and hands over the event that the protocol
    describes, whose fields are its own, as if nothing had happened; so this one has both.
    """
    error = document["error"]
    told = {name: error.get(name) for name in _ERROR_FIELDS}
    whole = {"type": "error", **told, "sequence_number": number, "error": error}
    return event(encoded(whole), "error")
