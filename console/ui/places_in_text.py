"""Where in a text as it is typed the words lie that a condition found."""

from collections.abc import Sequence

from console.routing.explanation import Span
from console.routing.facts import Facts


def places_in(fact: str, facts: Facts, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return where in the text of `fact` (`prompt` or `system`) the spans lie.

    What was found in the conversation is placed too, where the text is its end (a prompt) or its
    beginning (a system text).
    """
    text: str = facts.value(fact)
    found = [(span.start, span.end) for span in spans if span.fact == fact]
    first = len(facts.conversation) - len(text) if fact == "prompt" else 0
    if facts.conversation[max(first, 0) :][: len(text)] != text:
        return found
    return found + [
        (max(span.start - first, 0), min(span.end - first, len(text)))
        for span in spans
        if span.fact == "conversation" and span.end > first and span.start < first + len(text)
    ]
