"""How an operation's streams are read: event by event, by an object made for each attempt."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from console.gateway.answer_checks import Said
from console.gateway.stream_tally import StreamTally


class StreamReading(Protocol):
    """Reads the events of one provider's stream, and says what of them the client is sent."""

    tally: StreamTally

    ends_with_done: bool
    """Whether `[DONE]` is how these streams end; elsewhere it says nothing."""

    most_event_bytes: int | None
    """What one event may weigh; None where no other bound than anyone's is needed."""

    is_over: bool
    """Whether an event has come that ends the stream by itself."""

    last: bytes
    """What closes the client's stream: held back until the log knows how it ended."""

    def sent(self, document: dict[str, Any], model: str) -> bytes | None:
        """Take note of an event; return it as it is sent on under the table's name for the model.

        None says: nothing is sent. Raises `AttemptError` where the event tells a failure, and
        `NotJsonError` where it cannot be written.
        """

    def said(self) -> Sequence[Said]:
        """Return what the answer says as far as it has come; nothing where it is not judged."""

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return what tells a client, in its stream, of an error that `document` describes."""


class Streaming(Protocol):
    """A request's wish for its answer in pieces, and how those are read."""

    def reading(self, *, keep_text_bytes: int, is_judged: bool) -> StreamReading:
        """Return what reads the next stream. `keep_text_bytes` of its text are kept for the log.

        `is_judged` says that what it says is to be checked.
        """

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return what tells a client of an error in a stream that holds no event yet."""
