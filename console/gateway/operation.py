"""What a gateway can be asked for, as far as the course of a request has to know it.

Chat completions, embeddings and responses differ in how bodies, answers and streams are read, and
in nothing else: targets, retries, fallbacks, escalation, deadlines, the log and the metrics are the
same for all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from console.gateway.answer_checks import AskedFormat, Said
from console.gateway.client_request import ClientRequest
from console.gateway.stream_tally import StreamTally
from console.gateway.whole_answer import WholeAnswer

OperationName = Literal["chat", "embeddings", "responses"]
"""What the log calls them (`operation_name`)."""


class StreamReading(Protocol):
    """Reads the events of one provider's stream, and says what of them the client is sent."""

    tally: StreamTally

    ends_with_done: bool
    """Whether `[DONE]` is how these streams end; elsewhere it says nothing."""

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


class Operation(Protocol):
    """One kind of request. It holds nothing of any request: all share it."""

    @property
    def name(self) -> OperationName:
        """What the log calls it."""

    @property
    def path(self) -> str:
        """Its address, below the gateway's and below a provider's base URL."""

    def request(self, raw: bytes) -> ClientRequest:
        """Read a body. Raises `RefusalError` (400), naming the field that is to blame.

        Only what the gateway itself needs is judged; the rest is for the provider to judge.
        """

    def whole(self, raw: bytes, model: str) -> WholeAnswer:
        """Read a provider's answer, renamed to the table's `model`. Raises `AttemptError`."""

    def said_in(self, answer: WholeAnswer) -> Sequence[Said]:
        """Return what an answer says, for the checks of routes that escalate on answers."""

    def asked_format(self, body: Mapping[str, Any]) -> AskedFormat:
        """Return the format that a body asks for; what cannot be read is no format."""

    def reading(
        self, request: ClientRequest, *, keep_text_bytes: int, is_judged: bool
    ) -> StreamReading:
        """Return what reads the next stream. `keep_text_bytes` of its text are kept for the log.

        `is_judged` says that what it says is to be checked.
        """

    def error_event(self, document: Mapping[str, Any]) -> bytes:
        """Return what tells a client of an error in a stream that holds no event yet."""
