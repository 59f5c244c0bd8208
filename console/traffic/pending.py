"""What is told to the log and not yet on disk: a bounded queue whose putting never waits."""

import threading
import time
from collections import deque
from collections.abc import Callable

from console.traffic.batch import Begun, Event, Finished

MAX_BATCH = 2_000
"""Events written in one transaction, so that other writers get their turn."""

_EVENT_BYTES = 1_000
"""What an event takes without its texts, roughly."""


class Pending:
    """Events on their way to the disk, up to `max_bytes` of them; what is beyond is lost, counted.

    Any thread may put; one thread takes, and settles what it took as written or lost.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._events: deque[Event] = deque()
        self._changed = threading.Condition()
        self._accepted = 0
        self._settled = 0
        self._lost = 0
        self._waiting_for = 0
        self._waiting: deque[tuple[int, Callable[[], None]]] = deque()
        self._first_at = 0.0
        self._taken: list[Event] = []
        self._closed = False

    @property
    def count(self) -> int:
        """How many events are accepted and neither written nor lost."""
        return self._accepted - self._settled

    @property
    def lost(self) -> int:
        """How many events never reached the log."""
        return self._lost

    def put(self, event: Event) -> None:
        """Accept an event, or count it lost when the queue is full or closed."""
        size = _size_of(event)
        with self._changed:
            if self._closed or self._bytes + size > self._max_bytes:
                self._lost += 1
                return
            self._accepted += 1
            self._bytes += size
            if not self._events:
                self._first_at = time.monotonic()
            self._events.append(event)
            if len(self._events) in (1, MAX_BATCH):
                self._changed.notify_all()

    def take(self, interval_s: float) -> list[Event] | None:
        """Wait for events and return up to `MAX_BATCH` of them; None: closed, and all was taken.

        Others have `interval_s` from the first on to join it, unless somebody waits for them.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._events or self._closed)
            if not self._events:
                return None
            # Counted from when it came: what comes while a batch is written waits no longer.
            left_s = self._first_at + interval_s - time.monotonic()
            self._changed.wait_for(self._is_urgent, max(0.0, left_s))
            count = min(len(self._events), MAX_BATCH)
            self._taken = [self._events.popleft() for _ in range(count)]
            return list(self._taken)

    def settle(self, events: list[Event], lost: int = 0) -> None:
        """Say that taken events are done with: on disk, but for the `lost` ones."""
        size = sum(_size_of(event) for event in events)
        with self._changed:
            self._bytes -= size
            self._settled += len(events)
            self._lost += lost
            self._taken = []
            told = []
            while self._waiting and self._waiting[0][0] <= self._settled:
                told.append(self._waiting.popleft()[1])
            self._changed.notify_all()
        for tell in told:
            tell()

    def wait_settled(self, timeout_s: float) -> bool:
        """Hurry what was accepted so far; return whether all of it was settled in time."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            wanted = self._accepted
            self._waiting_for = max(self._waiting_for, wanted)
            self._changed.notify_all()
            return self._changed.wait_for(
                lambda: self._settled >= wanted, deadline - time.monotonic()
            )

    def when_settled(self, tell: Callable[[], None]) -> None:
        """Hurry what was accepted so far and call `tell` when all of it is settled.

        It is called on the thread that settles, or at once where there is nothing to wait for.
        """
        with self._changed:
            if self._settled < self._accepted:
                self._waiting_for = self._accepted
                self._waiting.append((self._accepted, tell))
                self._changed.notify_all()
                return
        tell()

    def snapshot(self) -> list[Event]:
        """Return the events that are not settled, in their order."""
        with self._changed:
            return [*self._taken, *self._events]

    def close(self) -> None:
        """Accept nothing more; what was accepted may still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_urgent(self) -> bool:
        full = len(self._events) >= MAX_BATCH
        return full or self._closed or self._settled < self._waiting_for


def _size_of(event: Event) -> int:
    match event:
        case Begun(body=body) if body is not None:
            texts = (body.prompt, body.system, body.conversation, body.answer)
            return _EVENT_BYTES + sum(len(text) for text in texts if text)
        case Finished(answer=answer) if answer:
            return _EVENT_BYTES + len(answer)
        case _:
            return _EVENT_BYTES
