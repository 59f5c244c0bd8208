"""Reads a file of prompts for the traffic player: one JSON object a line, bad ones told, skipped.

Only `prompt` is required; keys that mean nothing here are passed over, so that files of labelled
prompts can be played as they are.
"""

from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from console.demo.problem import DemoProblem
from console.inert import inert

MAX_LINE_BYTES = 1 << 20
MAX_TOLD = 20
"""How many bad lines are told one by one; of the others, only the number."""


class PromptSpec(msgspec.Struct, frozen=True):
    """One prompt and how it is sent. None leaves it to the player's dice.

    `json` is true for any JSON object, or a JSON schema. `tools` holds tools as the protocol has
    them, or short ones such as `get_order(order_id, count: integer)`. `turns` are earlier messages
    of the user, or how many of them to make up. `pad_to_tokens` lengthens the prompt with the text
    of a document to about that many input tokens. `declare` says where the task is declared.
    """

    prompt: str
    task: str | None = None
    system: str | None = None
    client: str | None = None
    model: str | None = None
    tags: dict[str, str] = {}
    tools: tuple[str | dict[str, Any], ...] = ()
    json: bool | dict[str, Any] = False
    image: bool = False
    audio: bool = False
    stream: bool | None = None
    turns: Annotated[int, msgspec.Meta(ge=0, le=100)] | tuple[str, ...] = 0
    pad_to_tokens: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    max_tokens: Annotated[int, msgspec.Meta(ge=1)] | None = None
    declare: Literal["header", "metadata", "none"] | None = None


class BadLine(msgspec.Struct, frozen=True):
    """A line that holds no prompt: its number, counted from 1, and what is wrong with it."""

    line: int
    message: str


class PromptFile(msgspec.Struct, frozen=True):
    """The prompts of a file, in its order, and the lines that were skipped."""

    prompts: tuple[PromptSpec, ...]
    bad_lines: tuple[BadLine, ...] = ()

    def notices(self) -> list[str]:
        """Return a sentence for each bad line, the later ones of many summed up."""
        told = [f"line {bad.line} skipped: {bad.message}" for bad in self.bad_lines[:MAX_TOLD]]
        if len(self.bad_lines) > MAX_TOLD:
            told.append(f"{len(self.bad_lines) - MAX_TOLD} more lines skipped")
        return told


_HINT = 'One JSON object a line, such as {"prompt": "Where is my order?", "task": "triage"}.'
_DECODER = msgspec.json.Decoder(PromptSpec)


def embedded_prompts() -> PromptFile:
    """Return the demo's own prompts."""
    text = resources.files("console.demo").joinpath("prompts.jsonl").read_bytes()
    return parse_prompts(text)


def read_prompts(path: Path) -> PromptFile:
    """Read a file of prompts. Raises DemoProblem where it cannot be read or holds none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        sentence = f"The prompts file {inert(str(path))} cannot be read: {reason}."
        raise DemoProblem(sentence) from error
    found = parse_prompts(data)
    if not found.prompts:
        first = found.bad_lines[0] if found.bad_lines else None
        why = f"; line {first.line}: {first.message.removesuffix('.')}" if first else ""
        raise DemoProblem(f"The prompts file {inert(str(path))} holds no prompt{why}.", _HINT)
    return found


def parse_prompts(data: bytes) -> PromptFile:
    """Read prompts from bytes; empty lines mean nothing."""
    prompts: list[PromptSpec] = []
    bad: list[BadLine] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            prompts.append(_prompt(line))
        except ValueError as error:
            bad.append(BadLine(number, inert(str(error), limit=200)))
    return PromptFile(tuple(prompts), tuple(bad))


def _prompt(line: bytes) -> PromptSpec:
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("the line is over 1 MiB")
    spec = _DECODER.decode(line)
    if not spec.prompt.strip():
        raise ValueError("the prompt is empty")
    return spec
