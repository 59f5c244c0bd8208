"""How much of a request's text the log may keep, as the table's `capture` says."""

from hashlib import blake2b

from console.routing.facts import Facts
from console.table.model import Capture
from console.traffic.records import BodyRow

PREVIEW_CHARACTERS = 200
"""What a line of the traffic list can show at most."""


def cut(text: str, max_bytes: int) -> str:
    """Return as much of `text` as fits into `max_bytes` of UTF-8, never half a character."""
    if len(text) * 4 <= max_bytes:
        return text
    raw = text.encode()
    return text if len(raw) <= max_bytes else raw[:max_bytes].decode("utf-8", "ignore")


def body_row(request_id: str, facts: Facts, capture: Capture) -> BodyRow | None:
    """Return the texts to be kept of a request; None where none are."""
    if capture.text == "none":
        return None
    kept = ("prompt", "system", "conversation") if capture.text == "full" else ("prompt",)
    texts = {name: getattr(facts, name) for name in kept}
    cuts = {name: cut(text, capture.max_bytes) for name, text in texts.items()}
    return BodyRow(request_id=request_id, truncated=cuts != texts, **cuts)


def prompt_preview(facts: Facts, capture: Capture) -> str | None:
    """Return the beginning of the prompt for lists; None where no text may be kept."""
    if capture.text == "none":
        return None
    return cut(facts.prompt[:PREVIEW_CHARACTERS], capture.max_bytes)


def prompt_hash(facts: Facts, key: bytes | None) -> str | None:
    """Return what tells equal prompts apart from others without telling what they say.

    Keyed BLAKE2b (RFC 7693) under the log's own secret, 64 bits; None where the log has none.
    """
    if key is None:
        return None
    return blake2b(facts.prompt.encode(), key=key[:64], digest_size=8).hexdigest()


def answer_kept(text: str | None, capture: Capture) -> str | None:
    """Return what is kept of an answer: nothing unless the table captures in full."""
    if text is None or capture.text != "full":
        return None
    whole_characters = text.encode("utf-8", "replace").decode()
    return cut(whole_characters, capture.max_bytes)


def answer_bytes_kept(capture: Capture) -> int:
    """Return how many bytes of an answer are worth remembering while it streams."""
    return capture.max_bytes if capture.text == "full" else 0
