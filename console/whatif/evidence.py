"""One request as evidence for others: Markdown for a ticket, JSON for a program, curl to ask again.

What is quoted came from outside: in Markdown it stands in code, where nothing in it is obeyed.
"""

import re
import shlex
from typing import Any

import msgspec

from console.inert import inert
from console.quantities import UNKNOWN, dollars, duration, moment
from console.traffic.records import AttemptRow, RequestRow
from console.whatif.request_story import RequestStory

KEY_VARIABLE = "ROUTE_CONSOLE_KEY"
"""Where the shell that runs the curl command finds the client's key; no key is ever written."""

_TICKS = re.compile(r"`+")


def as_markdown(story: RequestStory) -> str:
    """Return all that is known of a request, for people."""
    row = story.row
    sentence = story.explanation.sentence if story.explanation is not None else ""
    lines = [
        f"### Request {code(row.request_id)}",
        "",
        f"{code(sentence)}" if sentence else "Its explanation is not in the log.",
        "",
        f"- {moment(row.ts_start)}, {row.status}"
        + (f", HTTP {row.http_status}" if row.http_status is not None else "")
        + (f", {code(row.error_type)}" if row.error_type else "")
        + f", took {duration(row.duration_ms)}",
        f"- route {code(row.route)}, rule {code(row.rule_id)} ({code(row.reason)}),"
        f" task {code(row.task)}",
        f"- asked {code(row.request_model)}, answered by {code(row.response_model)}"
        f" of {code(row.provider_name)}",
        f"- {_tokens(row)}, cost {dollars(row.cost_usd)}",
        f"- table version {code(row.table_version)}"
        + (f", override {code(row.override_id)}" if row.override_id else ""),
    ]
    if row.escalated:
        lines.append(f"- escalated: {code(row.escalation_reason)}")
    if story.attempts:
        lines += ["", *_attempts(row, story.attempts)]
    misses = [
        verdict.near_miss
        for verdict in (story.explanation.rules if story.explanation is not None else ())
        if verdict.near_miss
    ]
    if misses:
        lines += ["", "Near misses:", *(f"- {code(miss)}" for miss in misses[:5])]
    body = story.body
    for title, text in (
        ("Prompt", body.prompt if body is not None else None),
        ("Answer", body.answer if body is not None else None),
    ):
        lines += ["", f"{title}:", "", fenced(text) if text is not None else "not captured"]
    return "\n".join(lines) + "\n"


def as_document(story: RequestStory) -> dict[str, Any]:
    """Return all that is known of a request, for programs: names are those of the log."""
    return {
        "request": msgspec.to_builtins(story.row),
        "attempts": msgspec.to_builtins(story.attempts),
        "decision": None if story.decision is None else msgspec.to_builtins(story.decision),
        "explanation": (
            None if story.explanation is None else msgspec.to_builtins(story.explanation)
        ),
        "texts": None if story.body is None else msgspec.to_builtins(story.body),
    }


def as_curl(story: RequestStory, address: str) -> str | None:
    """Return a command that asks again at a gateway's address; None where no prompt was captured.

    Only what was captured is asked: earlier turns, tools and pictures are not in a log.
    """
    prompt = story.body.prompt if story.body is not None else None
    if prompt is None:
        return None
    messages = [{"role": "user", "content": prompt}]
    if story.body is not None and story.body.system:
        messages.insert(0, {"role": "system", "content": story.body.system})
    body = {"model": story.row.request_model or "auto", "messages": messages}
    headers = ["Content-Type: application/json"]
    facts = story.facts
    if facts is not None and facts.task and facts.task.isprintable():
        headers.append(f"X-Route-Task: {facts.task}")
    base = address if "://" in address else f"http://{address}"
    url = f"{base.rstrip('/')}/v1/chat/completions"
    lines = [f"curl {shlex.quote(url)}"]
    lines += [f"-H {shlex.quote(header)}" for header in headers]
    lines.append(f'-H "Authorization: Bearer ${KEY_VARIABLE}"')
    lines.append(f"-d {shlex.quote(msgspec.json.encode(body).decode())}")
    return " \\\n  ".join(lines)


def code(text: str | None) -> str:
    """Return foreign text as code within a line of Markdown; a dash for none."""
    if not text:
        return "–"
    shown = inert(text)
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(shown)), default=0))
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def fenced(text: str) -> str:
    """Return foreign text as a block of code in Markdown."""
    shown = inert(text, keep_newlines=True)
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{shown}\n{fence}"


def _tokens(row: RequestRow) -> str:
    counts = (row.input_tokens, row.output_tokens)
    known = " in, ".join(UNKNOWN if count is None else f"{count:,}" for count in counts)
    return f"{known} out ({row.usage_source})"


def _attempts(row: RequestRow, attempts: tuple[AttemptRow, ...]) -> list[str]:
    lines = [
        "| # | kind | target | after | took | HTTP | error | went on because |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for attempt in attempts:
        cells = [
            str(attempt.attempt_no),
            attempt.kind,
            _cell(f"{attempt.provider_name}/{attempt.model}"),
            duration(max(0.0, attempt.ts_start - row.ts_start) * 1000),
            duration(attempt.duration_ms),
            str(attempt.http_status or "–"),
            _cell(attempt.error_type),
            _cell(attempt.why_next),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _cell(text: str | None) -> str:
    return code(text).replace("|", "\\|")
