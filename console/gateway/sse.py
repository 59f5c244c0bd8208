"""Server-sent events, read from a provider as the bytes come in and written for a client."""

DONE = b"[DONE]"
"""The payload that ends a chat-completions stream."""

MAX_EVENT_BYTES = 4 * 1024 * 1024
"""No chunk of a chat comes near this; what does not end by then is not a stream of events."""


class EventTooLongError(Exception):
    """A line or an event grew past its bound."""


class EventReader:
    """Cuts a byte stream into the data of its events (WHATWG HTML, "Server-sent events").

    Comments, other fields and events without data are passed over; lines may end in LF or CRLF.
    `most_bytes` bounds one event, `MAX_EVENT_BYTES` where it is not given.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self._most_bytes = MAX_EVENT_BYTES if most_bytes is None else most_bytes
        # In pieces: a line of megabytes is put together once, not at every read.
        self._partial: list[bytes] = []
        self._waiting = 0
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes and return the data of the events they complete."""
        events: list[bytes] = []
        if b"\n" in data:
            if self._partial:
                data = b"".join([*self._partial, data])
            *lines, data = data.split(b"\n")
            self._partial, self._waiting = [], 0
            for line in lines:
                self._take(line.removesuffix(b"\r"), events)
        if data:
            self._partial.append(data)
            self._waiting += len(data)
        if self._waiting + self._size > self._most_bytes:
            raise EventTooLongError
        return events

    def finish(self) -> list[bytes]:
        """Return the data of an event whose closing blank line never came."""
        events: list[bytes] = []
        self._take(b"".join(self._partial).removesuffix(b"\r"), events)
        self._take(b"", events)
        self._partial = []
        return events

    def _take(self, line: bytes, events: list[bytes]) -> None:
        if line.startswith(b"data:"):
            value = line[5:].removeprefix(b" ")
            self._data.append(value)
            self._size += len(value)
        elif not line and self._data:
            events.append(b"\n".join(self._data))
            self._data = []
            self._size = 0


def event(data: bytes, name: str | None = None) -> bytes:
    """Return one event with `data`, and its `name` where it has one; neither holds a line break."""
    head = b"" if name is None else b"event: " + name.encode() + b"\n"
    return head + b"data: " + data + b"\n\n"
