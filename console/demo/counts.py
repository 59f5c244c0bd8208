"""What the traffic player sent and what came back, in numbers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Counts:
    """The player's account. Every request sent ends as exactly one of the kinds below.

    `errors` is by kind: `http_<status>`, `cut_stream` (ended without its end mark), `stream_error`
    (an error told in the stream), `timeout`, `connection`, or the name of an unexpected failure.
    """

    sent: int = 0
    ok: int = 0
    aborted: int = 0
    """Left by the client in the middle of the stream, on purpose."""
    cancelled: int = 0
    """Still in flight when the player was stopped and its patience ended."""
    errors: Counter[str] = field(default_factory=Counter)

    with_request_id: int = 0
    """Of all sent, those whose answer carried an `x-request-id`."""
    held_back: int = 0
    """Of all sent, those that left late because too many were in flight."""
    unrecorded: int = 0
    """Of all sent, those that could not be written to the record."""

    @property
    def in_flight(self) -> int:
        """How many were sent and have not ended."""
        return self.sent - self.ok - self.aborted - self.cancelled - self.errors.total()

    def ended(self, kind: str) -> None:
        """Count the end of a request: `ok`, `aborted`, `cancelled` or a kind of error."""
        match kind:
            case "ok":
                self.ok += 1
            case "aborted":
                self.aborted += 1
            case "cancelled":
                self.cancelled += 1
            case _:
                self.errors[kind] += 1

    def as_json(self) -> dict[str, Any]:
        """Return the account as plain data."""
        return {
            "sent": self.sent,
            "ok": self.ok,
            "aborted": self.aborted,
            "cancelled": self.cancelled,
            "errors": dict(sorted(self.errors.items())),
            "with_request_id": self.with_request_id,
            "held_back": self.held_back,
            "unrecorded": self.unrecorded,
        }
