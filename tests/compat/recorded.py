"""Exchanges recorded between clients and real providers, and a provider that repeats them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.gateway.scripted_provider import Wire

FILES = ("openai_chat_completions.jsonl", "errors_4xx.jsonl")


@dataclass(frozen=True)
class Recorded:
    """One exchange. `answer` is the body as it went over the wire."""

    name: str
    api: str
    request: dict[str, Any]
    status: int
    content_type: str
    answer: bytes

    @property
    def is_streamed(self) -> bool:
        return bool(self.request.get("stream"))

    @property
    def asks_for_usage(self) -> bool:
        return bool((self.request.get("stream_options") or {}).get("include_usage"))


def recorded(upstream: Path) -> list[Recorded]:
    """Return every exchange of the folder, in the order of its files."""
    lines = [line for file in FILES for line in (upstream / file).read_text().splitlines()]
    return [_read(json.loads(line)) for line in lines]


def _read(row: dict[str, Any]) -> Recorded:
    body = row["response_body"]
    return Recorded(
        name=f"{row['file']} #{row['n']}",
        api=row["api"],
        request=row["request_body"] or {},
        status=row["status"],
        content_type=row["response_headers"].get("content-type", "application/json"),
        answer=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
    )


class Replay:
    """An act that answers with whatever exchange is put on."""

    def __init__(self) -> None:
        self.on: Recorded | None = None

    async def __call__(self, wire: Wire) -> None:
        assert self.on is not None
        await wire.answer(self.on.status, self.on.answer, self.on.content_type)
