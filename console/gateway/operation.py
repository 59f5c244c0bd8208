"""What a gateway can be asked for, as far as the course of a request has to know it.

Chat completions, embeddings and responses differ in how bodies, answers and streams are read, and
in nothing else: targets, retries, fallbacks, escalation, deadlines, the log and the metrics are the
same for all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from console.gateway.answer_checks import AskedFormat, Said
from console.gateway.client_request import ClientRequest
from console.gateway.endpoints import OperationName
from console.gateway.whole_answer import WholeAnswer


class Operation(Protocol):
    """One kind of request. It holds nothing of any request: all share it."""

    @property
    def name(self) -> OperationName:
        """What the log calls it."""

    @property
    def most_answer_bytes(self) -> int | None:
        """What a whole answer may weigh, None where no other bound than anyone's is needed."""

    def request(self, raw: bytes) -> ClientRequest:
        """Read a body. Raises `RefusalError` (400), naming the field that is to blame.

        Only what the gateway itself needs is judged; the rest is for the provider to judge.
        """

    def whole(self, raw: bytes, model: str) -> WholeAnswer:
        """Read a provider's answer, renamed to the table's `model`. Raises `AttemptError`."""

    def said_in(self, answer: WholeAnswer, /) -> Sequence[Said]:
        """Return what an answer says, for the checks of routes that escalate on answers."""

    def asked_format(self, body: Mapping[str, Any], /) -> AskedFormat:
        """Return the format that a body asks for; what cannot be read is no format."""
