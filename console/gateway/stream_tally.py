"""What a stream has carried so far, whatever protocol its events speak."""

from console.gateway.usage import Usage


class StreamTally:
    """Kept for the log and for judging a stream's end. `text_bytes` counts all of its text.

    `has_begun` says that there was content, not just the announcement of an answer.
    """

    def __init__(self, *, keep_text_bytes: int) -> None:
        self.usage: Usage | None = None
        self.finish_reason: str | None = None
        self.has_begun = False
        self.text_bytes = 0
        self._kept: list[str] = []
        self._room = keep_text_bytes

    @property
    def text(self) -> str | None:
        """The text of the answer as far as it is kept; None where there is none."""
        return "".join(self._kept) or None

    def add(self, text: str, *, is_kept: bool = True) -> None:
        """Take note of a piece of text; what `is_kept` while there is room for it."""
        size = len(text.encode("utf-8", "surrogatepass"))
        self.text_bytes += size
        if is_kept and self._room > 0:
            self._kept.append(text)
            self._room -= size
