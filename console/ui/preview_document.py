"""The request being composed for a preview: what was typed, and the decision it would get.

The fields hold text as typed, right or wrong; a field that cannot be read is a problem at its
place, and the rest is still decided. Facts are drawn from a body by the function that serving
uses, so what the preview says is what serving does.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from console.routing.cost import estimated_cost
from console.routing.decision import Decision
from console.routing.explanation import Explanation
from console.routing.facts import Facts, draw_facts
from console.routing.router import Router

SAMPLE_TOOL: Mapping[str, Any] = MappingProxyType(
    {"type": "function", "function": {"name": "sample", "parameters": {"type": "object"}}}
)
"""Stands in the body for tools: a rule sees only that there are some."""

SAMPLE_IMAGE: Mapping[str, Any] = MappingProxyType(
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
)
SAMPLE_AUDIO: Mapping[str, Any] = MappingProxyType(
    {"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}
)
FORMATS = ("text", "json_object", "json_schema")
"""What an answer may be asked to be, in the order a key steps through them."""

LARGEST_COUNT = 2**53
"""Token counts above this are a slip of the hand, and not exact in JSON."""

TEXT_FIELDS = ("prompt", "system")
LINE_FIELDS = ("task", "model", "client", "tags", "max_output_tokens", "at")
FLAG_FIELDS = ("tools", "images", "audio", "stream")
SINGLE_FACTS = (
    *("task", "model", "client", "tags", "max_output_tokens", "response_format"),
    *FLAG_FIELDS,
)
"""Fields that are one fact of the same name each."""

DRAWN_FROM_TEXTS = (*TEXT_FIELDS, "conversation", "input_tokens", "turns", "hidden_chars")
"""Facts that change together when a text is edited."""


class FieldProblem(msgspec.Struct, frozen=True):
    """A field that cannot be read: its name, what is wrong with it, and what would do."""

    field: str
    message: str


class PreviewDocument(msgspec.Struct, frozen=True):
    """One request as composed. Frozen: an edit is a new document (`msgspec.structs.replace`), so a
    worker can decide one while the next is being typed.

    `tags` is written as in the header: `k=v,k2=v2`. `max_output_tokens` and `at` are text as typed,
    empty for none; `at` is an ISO time with a zone, and matters for overrides alone. `origin` holds
    the facts of a logged request the fields were filled from, `origin_id` its id.
    """

    prompt: str = ""
    system: str = ""
    task: str = ""
    model: str = ""
    client: str = ""
    tags: str = ""
    max_output_tokens: str = ""
    at: str = ""
    tools: bool = False
    images: bool = False
    audio: bool = False
    stream: bool = False
    response_format: str = "text"
    origin: Facts | None = None
    origin_id: str | None = None

    @classmethod
    def of_facts(cls, facts: Facts, request_id: str | None = None) -> "PreviewDocument":
        """Return the document of a logged request, whole: also what no field can show."""
        limit = facts.max_output_tokens
        return cls(
            prompt=facts.prompt,
            system=facts.system,
            task=facts.task or "",
            model=facts.model,
            client=facts.client or "",
            tags=tags_text(facts.tags),
            max_output_tokens="" if limit is None else str(limit),
            tools=facts.tools,
            images=facts.images,
            audio=facts.audio,
            stream=facts.stream,
            response_format=facts.response_format,
            origin=facts,
            origin_id=request_id,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was composed yet."""
        return self == PreviewDocument()

    @property
    def keeps_conversation(self) -> bool:
        """Whether the texts are still those of the logged request, earlier turns and all."""
        return self.origin is not None and not self._touched & set(TEXT_FIELDS)

    def with_format_after(self) -> "PreviewDocument":
        """Return the document asking for the next of the answer formats."""
        place = FORMATS.index(self.response_format) if self.response_format in FORMATS else -1
        return msgspec.structs.replace(self, response_format=FORMATS[(place + 1) % len(FORMATS)])

    def problems(self) -> tuple[FieldProblem, ...]:
        """Return the fields that cannot be read; what is wrong in them is left out of the body."""
        found = []
        unread = [part.strip() for part in self.tags.split(",") if part.strip()]
        unread = [part for part in unread if not _is_tag(part)]
        if unread:
            message = f"{unread[0]!r} is not a key and a value; write key=value."
            found.append(FieldProblem("tags", message))
        if self.max_output_tokens.strip() and self._limit() is None:
            message = "Not a whole number of tokens, such as 800."
            found.append(FieldProblem("max_output_tokens", message))
        if self.at.strip() and self.moment() is None:
            message = "Not a time with its zone, such as 2026-11-23T12:00:00Z."
            found.append(FieldProblem("at", message))
        touched = self._touched
        return tuple(problem for problem in found if problem.field in touched)

    def body(self) -> dict[str, Any]:
        """Return the chat-completions body that the fields stand for."""
        messages: list[dict[str, Any]] = []
        if self.system:
            messages.append({"role": "system", "content": self.system})
        parts = [dict(SAMPLE_IMAGE)] * self.images + [dict(SAMPLE_AUDIO)] * self.audio
        content: Any = self.prompt
        if parts:
            content = [{"type": "text", "text": self.prompt}, *parts]
        messages.append({"role": "user", "content": content})
        body: dict[str, Any] = {"model": self.model, "messages": messages}
        if self.stream:
            body["stream"] = True
        if self.tools:
            body["tools"] = [dict(SAMPLE_TOOL)]
        if self.response_format != "text":
            body["response_format"] = {"type": self.response_format}
        limit = self._limit()
        if limit is not None:
            body["max_completion_tokens"] = limit
        return body

    def headers(self) -> dict[str, str]:
        """Return the headers that go with the body."""
        headers = {"X-Route-Task": self.task, "X-Route-Tags": self.tags}
        return {name: value for name, value in headers.items() if value.strip()}

    def facts(self) -> Facts:
        """Return what a rule would see of this request.

        Drawn from the body and headers above. Of a logged request, every fact whose field was not
        touched stays as it was logged: that keeps what no field can show, such as earlier turns
        and what was not captured.
        """
        drawn = draw_facts(self.body(), self.headers(), self.client.strip() or None)
        if self.origin is None:
            return drawn
        touched = self._touched
        kept = [name for name in SINGLE_FACTS if name not in touched]
        unknown = self.origin.not_captured - touched
        if self.keeps_conversation:
            kept += DRAWN_FROM_TEXTS
        elif not unknown & set(TEXT_FIELDS):
            unknown -= set(DRAWN_FROM_TEXTS)
        logged = {name: getattr(self.origin, name) for name in kept}
        return msgspec.structs.replace(drawn, not_captured=unknown, **logged)

    def moment(self) -> float | None:
        """Return `at` in Unix seconds; None where it is empty or cannot be read: now."""
        try:
            moment = datetime.fromisoformat(self.at.strip())
        except ValueError:
            return None
        return moment.timestamp() if moment.tzinfo is not None else None

    @property
    def _touched(self) -> set[str]:
        """The fields that differ from the logged request's; all of them where there is none."""
        fields = (*TEXT_FIELDS, *LINE_FIELDS, *FLAG_FIELDS, "response_format")
        if self.origin is None:
            return set(fields)
        logged = PreviewDocument.of_facts(self.origin)
        return {name for name in fields if getattr(self, name) != getattr(logged, name)}

    def _limit(self) -> int | None:
        typed = self.max_output_tokens.strip().replace(",", "").replace("_", "")
        if not (typed.isascii() and typed.isdigit() and len(typed) <= len(str(LARGEST_COUNT))):
            return None
        return int(typed) if int(typed) <= LARGEST_COUNT else None


class TargetCost(msgspec.Struct, frozen=True):
    """What one target would cost, in USD; None where it cannot be known.

    `input_usd` is for the estimated input alone; `at_most_usd` adds an answer as long as the
    request allows, and is None when it allows any length.
    """

    model: str
    input_usd: float | None
    at_most_usd: float | None


class PreviewResult(msgspec.Struct, frozen=True):
    """What would become of a request: the decision, why, and what each eligible target costs."""

    document: PreviewDocument
    facts: Facts
    decision: Decision
    explanation: Explanation
    costs: tuple[TargetCost, ...]


def decided(
    document: PreviewDocument, router: Router, *, evaluate_all: bool = False
) -> PreviewResult:
    """Decide and explain a document by a router; `evaluate_all` also judges rules after the winner.

    A pure function but for the clock, which counts only where `at` is empty and a table has
    overrides.
    """
    facts = document.facts()
    decision = router.decide(facts, document.moment())
    explanation = router.explain(facts, decision, evaluate_all)
    costs = tuple(
        _cost(router, facts, target.model) for target in decision.targets if target.eligible
    )
    return PreviewResult(document, facts, decision, explanation, costs)


def tags_text(tags: Mapping[str, str]) -> str:
    """Return tags as they are written in the header."""
    return ",".join(f"{key}={value}" for key, value in tags.items())


def _cost(router: Router, facts: Facts, model: str) -> TargetCost:
    price = router.table.models[model].usd_per_million
    limit = facts.max_output_tokens
    return TargetCost(
        model,
        estimated_cost(price, facts.input_tokens, 0),
        None if limit is None else estimated_cost(price, facts.input_tokens, limit),
    )


def _is_tag(part: str) -> bool:
    key, equals, _ = part.partition("=")
    return bool(equals and key.strip())
