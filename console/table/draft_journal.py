"""A draft as lines of JSON: how it began, and each step since, as long as what the step changed.

The first line holds the text of the file that the draft was begun from. Every other line leads from
one history to the next: states are dropped behind the first, kept up to a number, and added, each
as its difference to the one before it. So a draft of hundreds of edits of a large table is about as
long as the table and the edits.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any
from zlib import crc32

from console.table.draft_history import History, State

_FORMAT = 2
"""The first was one JSON document of whole texts, which is still read."""

_Difference = tuple[int, int, str]
"""How much of the text before stays at its beginning and at its end, in code points; and what
stands between."""


def first_lines(history: History) -> bytes:
    """Return all of a history, as a file of it begins."""
    head = {"format": _FORMAT, "begun_from": history.begun_from}
    return _line(head) + step(History(history.begun_from), history)


def step(before: History, after: History) -> bytes:
    """Return the line that leads from one history to the next.

    States are told apart by identity: those of one draft in memory.
    """
    old, new = before.states, after.states
    dropped = 0
    if len(new) > 1:
        # Edits beyond the most that are kept make the oldest but the first go.
        places = (place for place, state in enumerate(old[1:]) if state is new[1])
        dropped = next(places, 0)
    old = old[:1] + old[1 + dropped :]
    kept = 0
    while kept < min(len(old), len(new)) and old[kept] is new[kept]:
        kept += 1
    text = old[kept - 1].text if kept else after.begun_from
    added = []
    for state in new[kept:]:
        added.append([*_difference(text, state.text), state.words])
        text = state.text
    record: dict[str, Any] = {"dropped": dropped, "kept": kept, "added": added, "at": after.at}
    if before.begun_from != after.begun_from:
        record["begun_from"] = _difference(before.begun_from, after.begun_from)
    record["check"] = _check(new[after.at].text)
    return _line(record)


def history_in(data: bytes) -> History:
    """Read a history as far as its lines go: one that is torn ends it, as a crash leaves it.

    Raises ValueError, KeyError, TypeError or IndexError where not even its beginning can be read.
    """
    first, *rest = data.split(b"\n")
    head = json.loads(first)
    if "states" in head:
        states = tuple(State(str(text), str(words)) for text, words in head["states"])
        return _whole(History(str(head["begun_from"]), states, int(head["at"])))
    if head["format"] != _FORMAT:
        raise ValueError("a draft of another format")
    # What follows the last line's end is nothing, or a line that was not written to its end.
    return _after(History(str(head["begun_from"])), rest[:-1])


def _after(history: History, lines: Iterable[bytes]) -> History:
    for line in lines:
        try:
            history = _stepped(history, json.loads(line))
        except (ValueError, KeyError, TypeError, IndexError):
            break
    return _whole(history)


def _stepped(before: History, record: dict[str, Any]) -> History:
    begun_from = before.begun_from
    if "begun_from" in record:
        begun_from = _changed(begun_from, *record["begun_from"])
    states = list(before.states)
    del states[1 : 1 + record["dropped"]]
    del states[record["kept"] :]
    text = states[-1].text if states else begun_from
    for stays_before, stays_after, between, words in record["added"]:
        text = _changed(text, stays_before, stays_after, between)
        states.append(State(text, str(words)))
    after = _whole(History(begun_from, tuple(states), record["at"]))
    if _check(after.states[after.at].text) != record["check"]:
        raise ValueError("a step from another text than the one before it")
    return after


def _whole(history: History) -> History:
    if not 0 <= history.at < len(history.states):
        raise ValueError("a draft without the text in view")
    return history


def _check(text: str) -> int:
    return crc32(text.encode(errors="surrogatepass"))


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _difference(before: str, after: str) -> _Difference:
    shorter = min(len(before), len(after))
    start = _longest(shorter, lambda a, b: before[a:b] == after[a:b])
    one, other = len(before), len(after)
    end = _longest(
        shorter - start, lambda a, b: before[one - b : one - a] == after[other - b : other - a]
    )
    return start, end, after[start : other - end]


def _changed(before: str, stays_before: int, stays_after: int, between: str) -> str:
    if min(stays_before, stays_after) < 0 or stays_before + stays_after > len(before):
        raise ValueError("a difference to a longer text")
    return before[:stays_before] + between + before[len(before) - stays_after :]


def _longest(most: int, are_same: Callable[[int, int], bool]) -> int:
    """Return how many of `most` are the same, by halves: Python compares slices at once."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if are_same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low
