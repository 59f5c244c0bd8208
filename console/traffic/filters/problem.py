"""What is wrong with a filter, at its place."""


class FilterProblem(Exception):  # noqa: N818 - a problem, as everywhere in the house
    """A filter that cannot be read: where in its text, in one sentence, and what would help.

    `start` and `end` count code points. The message may quote what was typed.
    """

    def __init__(self, start: int, end: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.start = start
        self.end = max(end, start + 1)
        self.message = message
        self.hint = hint

    def pointer(self) -> str:
        """Return a line that points at the place when it stands under the filter's text."""
        return " " * self.start + "^" * (self.end - self.start)
