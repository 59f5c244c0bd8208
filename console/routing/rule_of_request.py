"""A first draft of a rule that takes one request: what tells it apart, for a person to cut down."""

from typing import Any

from console.routing.facts import Facts

WORDS_TAKEN = 6
"""Words of the prompt that become its phrase: enough to find it again, few enough to edit."""

_FLAGS = ("tools", "images", "audio")


def condition_of_request(facts: Facts) -> dict[str, Any]:
    """Return a `when` that holds for these facts, as plain data; facts not captured are left out.

    It asks for what the caller declared and for the prompt's first words, or where there is none
    of that for as many input tokens.
    """
    when: dict[str, Any] = {}
    known = {"task", "client", "tags", "prompt", *_FLAGS} - facts.not_captured
    for name in ("task", "client"):
        if name in known and facts.value(name):
            when[name] = facts.value(name)
    if "tags" in known:
        when |= {f"tags.{key}": value for key, value in facts.tags.items() if key and value}
    when |= {flag: True for flag in _FLAGS if flag in known and facts.value(flag)}
    phrase = _first_words(facts.prompt) if "prompt" in known else ""
    if phrase:
        when["prompt"] = [phrase]
    return when or {"input_tokens": {"min": facts.input_tokens}}


def _first_words(text: str) -> str:
    """Return the first words of a text as they stand in it, of its first line that has some."""
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    words = line.split(" ")
    return " ".join(words[:WORDS_TAKEN]) if line.isprintable() else ""
