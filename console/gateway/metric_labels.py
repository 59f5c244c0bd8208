"""Which texts may become a label: names that the table's owner wrote, and never a client's.

Every new value of a label is a new time series that is kept for as long as the process lives.
"""

import re
from collections.abc import Container, Mapping

OTHER = "other"
"""Stands for whatever is no name of the table."""

NONE = ""
"""Prometheus reads an empty label as one that is not there."""

OPERATION_LABELS: Mapping[str, tuple[str, str]] = {
    "chat": ("chat", "chat_completions"),
    "embeddings": ("embeddings", NONE),
    "responses": ("chat", "responses"),
}
"""`gen_ai.operation.name` and `openai.api.type` of each operation of the log. OpenTelemetry's
conventions for OpenAI have no operation of its own for responses: the predefined `chat` is to be
used where it applies, and the type of the API tells the two apart."""

MOST_OUTCOME_NAMES = 32
"""Outcomes are named by those who report them, not by the table: this many names are told apart."""

_OUTCOME_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


def bounded(name: str | None, known: Container[str]) -> str:
    """Return `name` where it is one of the `known`, `other` where not, and empty for none."""
    if not name:
        return NONE
    return name if name in known else OTHER


class OutcomeNames:
    """The first names of outcomes that were seen and look like names; the rest is `other`."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def bounded(self, name: str) -> str:
        """Return the label for an outcome called `name`."""
        if name in self._seen:
            return name
        if len(self._seen) >= MOST_OUTCOME_NAMES or not _OUTCOME_NAME.fullmatch(name):
            return OTHER
        self._seen.add(name)
        return name
