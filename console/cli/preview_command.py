"""`route-console preview`: which route a request would take, and why; one, or many as JSONL."""

import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from console.cli.decision_text import decision_lines
from console.cli.exit_codes import COULD_NOT_RUN, FELL_SHORT, FINE
from console.cli.find_table import NoTableError, find_table, read_with_overrides
from console.cli.output import Paint, json_line, print_json, say, tell
from console.cli.problems_output import tell_problems, tell_unusable
from console.json_text import NotJsonError, decoded
from console.routing.facts import Facts, draw_facts
from console.routing.request_file import RequestError, read_request
from console.routing.router import Router
from console.table.overrides import overrides_beside


def run(options: Namespace) -> int:
    """Decide one prompt, or every request on standard input."""
    try:
        path = find_table(options.table)
    except NoTableError as error:
        tell(error.sentence, error.hint)
        return COULD_NOT_RUN
    loaded, overrides = read_with_overrides(path, options.overrides)
    if loaded.table is None:
        tell_unusable(path, loaded.errors)
        return COULD_NOT_RUN
    if overrides.problems:
        beside = Path(options.overrides) if options.overrides else overrides_beside(path)
        tell_problems(beside, overrides.problems)
    router = Router(loaded.table, overrides.overrides)
    if options.jsonl:
        return _decide_lines(router, options)
    return _decide_one(router, options)


def decision_object(router: Router, facts: Facts, at: float | None, options: Namespace) -> Any:
    """Return the decision as JSON data, its explanation with it where asked for."""
    decision = router.decide(facts, at)
    data = msgspec.to_builtins(decision)
    if options.explain or options.all:
        data["explanation"] = msgspec.to_builtins(router.explain(facts, decision, options.all))
    return data


def _decide_lines(router: Router, options: Namespace) -> int:
    """Decide each line on standard input; a broken line is told in its place."""
    code = FINE
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            request = read_request(decoded(line))
            data = decision_object(router, request.facts, request.at, options)
        except (NotJsonError, RequestError) as error:
            told = str(error)
            sentence = told if isinstance(error, RequestError) else f"This is not JSON: {told}."
            data, code = {"error": sentence, "line": number}, FELL_SHORT
        sys.stdout.write(json_line(data) + "\n")
    sys.stdout.flush()
    return code


def _decide_one(router: Router, options: Namespace) -> int:
    prompt = options.prompt
    if prompt is None:
        if sys.stdin.isatty():
            tell("There is no prompt.", 'Give one: route-console preview "Where is my refund?"')
            return COULD_NOT_RUN
        prompt = sys.stdin.buffer.read().decode("utf-8", "replace").removesuffix("\n")
    tags = dict(tag.partition("=")[::2] for tag in options.tag)
    if any("=" not in tag for tag in options.tag):
        tell("A tag is written key=value.", "For example: --tag team=billing")
        return COULD_NOT_RUN
    try:
        at = _moment(options.at)
    except ValueError:
        tell(f"{options.at} is no moment with a time zone.", "Write it as 2026-11-23T12:00:00Z.")
        return COULD_NOT_RUN
    facts = draw_facts(_body(prompt, tags, options), _headers(options), options.client)
    if options.json:
        print_json(decision_object(router, facts, at, options))
        return FINE
    decision = router.decide(facts, at)
    explanation = router.explain(facts, decision, options.all)
    paint = Paint(sys.stdout, options.color)
    for line in decision_lines(router.table, facts, decision, explanation, paint, options.explain):
        say(line)
    return FINE


def _moment(text: str | None) -> float | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.timestamp()


def _headers(options: Namespace) -> dict[str, str]:
    return {"X-Route-Task": options.task} if options.task else {}


def _body(prompt: str, tags: dict[str, str], options: Namespace) -> dict[str, Any]:
    """Return the request the options describe, as a client would have sent it."""
    parts: list[dict[str, Any]] = [{"type": "text", "text": prompt}]
    if options.images:
        parts.append({"type": "image_url", "image_url": {"url": "data:,"}})
    if options.audio:
        parts.append({"type": "input_audio", "input_audio": {"data": "-", "format": "wav"}})
    messages: list[dict[str, Any]] = [{"role": "user", "content": parts}]
    if options.system:
        messages.insert(0, {"role": "system", "content": options.system})
    body: dict[str, Any] = {
        "model": options.model,
        "messages": messages,
        "metadata": tags,
        "stream": options.stream,
        "response_format": {"type": options.format},
    }
    if options.tools:
        body["tools"] = [{"type": "function", "function": {"name": "any"}}]
    if options.max_output_tokens is not None:
        body["max_completion_tokens"] = options.max_output_tokens
    return body
