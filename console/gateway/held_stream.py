"""A streamed answer that is held back until it is whole, because its route judges answers.

The provider is asked for a stream all the same: the client gets the very chunks that came.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Self

from console.gateway.failures import AttemptError, Failure
from console.gateway.streamed_answer import StreamedAnswer
from console.gateway.upstream import MAX_ANSWER_BYTES


class HeldStream:
    """A stream that ended as it should, kept in memory; it looks like the one it came from."""

    def __init__(self, stream: StreamedAnswer, parts: list[bytes]) -> None:
        self.reading = stream.reading
        self.tally = stream.tally
        self.end = stream.end
        self._parts = parts

    @classmethod
    async def of(cls, stream: StreamedAnswer) -> Self:
        """Take a stream that has begun to its end, and close it. Raises `AttemptError`."""
        parts: list[bytes] = []
        size = 0
        try:
            async with aclosing(stream.parts()) as coming:
                async for part in coming:
                    parts.append(part)
                    size += len(part)
                    if size > MAX_ANSWER_BYTES:
                        raise AttemptError(Failure("answer_too_large", 200))
        except AttemptError as failed:
            raise stream.failed(failed) from None
        finally:
            await stream.aclose()
        return cls(stream, parts)

    async def parts(self) -> AsyncGenerator[bytes, None]:
        """Yield what the client is sent, as it came."""
        for part in self._parts:
            yield part

    async def aclose(self) -> None:
        """Let go of the answer; its connection was given back when it had come."""
        self._parts = []
