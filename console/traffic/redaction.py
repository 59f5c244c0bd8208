"""The one boundary at which keys are taken out of everything the log gets from outside.

It stands in front of the writer, so that whatever a prompt, a header, a provider's error or a
problem's sentence repeats, no key of a known shape and no value the environment keeps secret
reaches the disk. What is taken out keeps its length: places found in a text stay where they are.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import re2

from console.table.secret_shapes import KNOWN_SHAPES
from console.traffic.records import (
    AttemptRow,
    BodyRow,
    FactsRow,
    GatewayRow,
    OutcomeRow,
    OverrideRow,
    RequestRow,
    TableVersionRow,
)
from console.traffic.rows import bindable

SHORTEST_SECRET = 8
"""A shorter value is no key, and to look for it would blot out words."""

_SECRET_NAME = re.compile(r"(?i)(KEY|KEYS|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(_|$)")
_ASSIGNED = (
    r"(?i:\b(?:api[_-]?key|(?:access|auth|refresh)[_-]?token|client[_-]?secret|passw(?:or)?d)"
    r"[\"']?\s*[=:]\s*[\"']?|[?&](?:key|token|sig|signature)=|\bbasic\s+|\bx-api-key:\s*"
    r"|\w://[^/\s:@]*:)"
)
_ASSIGNED_VALUE = r"[A-Za-z0-9._~+/%=-]{8,}"
_CUT_HERE = "\x1e\x00"
"""Stands after a text that may have been cut, where several are looked at together."""

_CUT_OFF = (
    r"(?:\bsk[-_][A-Za-z0-9_-]{4,}|\b(?:gsk|xai|pplx|r8|hf)[_-][A-Za-z0-9]{4,}"
    r"|\bAIza[A-Za-z0-9_-]{4,}|\bAKIA[A-Z0-9]{4,}|\bgh[pousr]_[A-Za-z0-9]{4,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{4,}|\bxox[abpr]-[A-Za-z0-9-]{4,}"
    r"|\beyJ[A-Za-z0-9_.-]{4,}|(?i:\bbearer\s+[A-Za-z0-9._~+/-]{4,}))"
)
"""What may be the beginning of a key, where a text was cut."""
_CUT_OFF_PATTERN = re2.compile(_CUT_OFF + r"\z")
_ONLY_THE_END = [0]
_TAIL = 4096

_TEXTS: dict[type, tuple[str, ...]] = {
    RequestRow: ("client", "conversation_id", "task", "request_model", "finish_reason"),
    AttemptRow: ("error_message",),
    FactsRow: ("task", "model", "client", "response_format"),
    BodyRow: (),
    GatewayRow: ("last_problem", "health"),
    TableVersionRow: ("author", "because", "text"),
    OverrideRow: ("because", "by"),
    OutcomeRow: ("name", "label", "comment", "source", "idempotency_key"),
}
"""The fields that hold text from outside; the rest is of the gateway's or the table's making."""

_CUT_TEXTS: dict[type, tuple[str, ...]] = {
    RequestRow: ("prompt_preview",),
    BodyRow: ("prompt", "system", "conversation", "answer"),
}
"""The fields that hold the beginning of a text, which may end within a key."""


class _Hidden(NamedTuple):
    secrets: frozenset[str]
    pattern: Any
    scan: Any
    """Tells in one quick look whether a text holds a key, or the beginning of one at its end."""


class Redactor:
    """Takes out what looks like a key, and the `secrets` it was told. Any thread may use it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._hidden = _hidden(frozenset())
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Take these out as well from now on; shorter ones than `SHORTEST_SECRET` are left in."""
        long_enough = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        if not long_enough <= self._hidden.secrets:
            self._hidden = _hidden(self._hidden.secrets | long_enough)

    def text(self, text: str) -> str:
        """Return the text with every key replaced by as many other characters."""
        try:
            return self._without_keys(text)
        except UnicodeEncodeError:
            return self._without_keys(bindable(text))

    def cut_text(self, text: str) -> str:
        """Return as `text` does what may have been cut: a key that began at its end goes, too."""
        text = self.text(text)
        tail = text[-_TAIL:]
        found = _CUT_OFF_PATTERN.search(tail)
        kept = len(tail) - len(found.group(0)) if found is not None else len(tail)
        for secret in self._hidden.secrets:
            place = tail.rfind(secret[:4])
            if place >= 0 and secret.startswith(tail[place:]):
                kept = min(kept, place)
        hidden = len(tail) - kept
        return text if not hidden else text[:-hidden] + "*" * hidden

    def record(self, row: Any) -> None:
        """Take the keys out of the texts of one of the log's records, in its place."""
        if not self.suspects([row]):
            return
        kind = type(row)
        for name in _TEXTS[kind]:
            _replace(row, name, self.text)
        for name in _CUT_TEXTS.get(kind, ()):
            _replace(row, name, self.cut_text)
        if kind is FactsRow:
            row.tags = {self.text(key): self.text(value) for key, value in row.tags.items()}

    def suspects(self, rows: Iterable[Any], texts: Iterable[str] = ()) -> bool:
        """Tell by one look over records of the log, and further texts, whether any holds a key.

        True also where there may be one: `record` and `text` then look closely.
        """
        whole, cut = list(texts), []
        for row in rows:
            kind = type(row)
            whole += [text for name in _TEXTS[kind] if (text := getattr(row, name))]
            cut += [text for name in _CUT_TEXTS.get(kind, ()) if (text := getattr(row, name))]
            if kind is FactsRow:
                whole += (*row.tags, *row.tags.values())
        together = "\n".join([*whole, *(text + _CUT_HERE for text in cut)])
        try:
            # Nothing but the end of the text was found. RE2 finds not even that where its
            # memory does not suffice.
            if together and self._hidden.scan.Match(together) != _ONLY_THE_END:
                return True
        except UnicodeEncodeError:
            return True
        tails = [text[-_TAIL:] for text in cut]
        return any(secret[:4] in tail for secret in self._hidden.secrets for tail in tails)

    def _without_keys(self, text: str) -> str:
        pattern = self._hidden.pattern
        if pattern.search(text) is None:
            return text
        found: str = pattern.sub(_blotted, text)
        return found


def secrets_in(environment: Mapping[str, str]) -> set[str]:
    """Return the values whose variables' names say that they are secret, with no space around."""
    return {value.strip() for name, value in environment.items() if _SECRET_NAME.search(name)}


def _hidden(secrets: frozenset[str]) -> _Hidden:
    spelled = {
        spelling
        for secret in secrets
        for spelling in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])
    }
    values = [re2.escape(secret) for secret in sorted(spelled, key=len, reverse=True)]
    whole = "|".join([*values, KNOWN_SHAPES.pattern])
    pattern = f"({whole})|({_ASSIGNED})({_ASSIGNED_VALUE})"
    scan = re2.Set.SearchSet()
    scan.Add(r"\z")
    scan.Add(pattern)
    scan.Add(_CUT_OFF + _CUT_HERE)
    scan.Compile()
    return _Hidden(secrets, re2.compile(pattern), scan)


def _replace(row: Any, name: str, change: Callable[[str], str]) -> None:
    text = getattr(row, name)
    if text is not None:
        setattr(row, name, change(text))


def _blotted(match: Any) -> str:
    whole, name, value = match.group(1), match.group(2), match.group(3)
    if whole is not None:
        return _blot(whole)
    return f"{name}{_blot(value)}"


def _blot(secret: str) -> str:
    return f"[secret{'*' * (len(secret) - SHORTEST_SECRET)}]"
