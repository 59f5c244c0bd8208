"""One request in detail as rows of text: what it was, what was tried, what it cost."""

from collections.abc import Callable

from textual.content import Content

from console.quantities import UNKNOWN, count, dollars, duration, moment
from console.routing.facts import Facts
from console.traffic.records import AttemptRow, RequestRow
from console.ui.foreign_text import foreign, one_line
from console.ui.theme import outcome_style, outcome_symbol, outcome_word, route_style
from console.ui.widgets.lines import Line, line, say, titled
from console.whatif.request_story import RequestStory

NAME_WIDTH = 8
WATERFALL_AT_LEAST = 12

ATTEMPT_WORDS = {
    "primary": "first",
    "retry": "retry",
    "fallback": "fallback",
    "escalation": "escalated",
}


def section(title: str, width: int) -> Content:
    """Return a heading with a rule to the edge."""
    rest = max(0, width - len(title) - 1)
    return Content.styled(title, "bold $primary") + Content.styled(" " + "─" * rest, "$quiet")


def sentence_lines(story: RequestStory) -> list[Line]:
    """The decision in one sentence, and how the request ended."""
    told = story.explanation.sentence if story.explanation is not None else ""
    return [
        line(foreign(told or _plain_sentence(story.row), "bold")),
        line(_ending(story.row)),
    ]


def _plain_sentence(row: RequestRow) -> str:
    """What a row alone says of the decision, where no explanation was recorded."""
    route = row.route or "nowhere"
    match row.reason:
        case "rule_match":
            return f"Rule {row.rule_id or UNKNOWN} sent this request to {route}."
        case "task_default":
            return f"No rule matched: task {row.task or UNKNOWN} has the route {route}."
        case "table_default":
            return f"No rule matched and no known task was declared: default route {route}."
        case _:
            return f"This request was decided to {route} ({row.reason})."


def _ending(row: RequestRow) -> Content:
    style = f"bold {outcome_style(row.status)}"
    words = [foreign(f"{outcome_symbol(row.status)} {outcome_word(row.status)}", style, limit=40)]
    if row.http_status is not None:
        words.append(Content(f"HTTP {row.http_status}"))
    if row.error_type:
        words.append(foreign(row.error_type, outcome_style(row.status), limit=80))
    if row.duration_ms is not None:
        words.append(Content(f"took {duration(row.duration_ms)}"))
    if row.time_to_first_chunk_ms is not None:
        words.append(Content(f"first chunk {duration(row.time_to_first_chunk_ms)}"))
    if row.gateway_overhead_ms is not None:
        words.append(Content.styled(f"gateway {duration(row.gateway_overhead_ms)}", "$quiet"))
    return Content.styled(" · ", "$quiet").join(words)


def request_lines(
    row: RequestRow,
    facts: Facts | None,
    route_index: Callable[[str | None], int | None],
    version_in_view: str | None,
) -> list[Line]:
    """What was asked, by whom, and under which table."""
    asked = one_line(row.request_model)
    served = one_line(row.response_model) + say((" at ", "$quiet"), one_line(row.provider_name))
    lines = [
        titled("id", foreign(row.request_id), width=NAME_WIDTH),
        titled("at", Content(moment(row.ts_start)), width=NAME_WIDTH),
        titled("client", one_line(row.client), width=NAME_WIDTH),
        titled("task", _task(row), width=NAME_WIDTH),
        titled("route", one_line(row.route, route_style(route_index(row.route))), width=NAME_WIDTH),
        titled("rule", one_line(row.rule_id), width=NAME_WIDTH),
        titled("asked", asked, width=NAME_WIDTH),
        titled("served", served, width=NAME_WIDTH),
        titled("table", _version(row.table_version, version_in_view), width=NAME_WIDTH),
    ]
    if row.override_id:
        override = foreign(row.override_id, "bold $outcome-degraded")
        lines.append(titled("override", override, width=NAME_WIDTH))
    if row.conversation_id:
        lines.append(titled("talk", foreign(row.conversation_id), width=NAME_WIDTH))
    return lines + (_fact_lines(facts) if facts is not None else [])


def _task(row: RequestRow) -> Content:
    sources = {"declared": "declared by the client", "rule": "set by the rule"}
    source = sources.get(row.task_source)
    return one_line(row.task) + Content.styled(f"  {source}" if source else "", "$quiet")


def _version(version: str, in_view: str | None) -> Content:
    note, style = "the one in view", "$quiet"
    if in_view is None:
        note = ""
    elif version != in_view:
        note, style = "not the one in view", "$outcome-degraded"
    return foreign(version) + Content.styled(f"  {note}" if note else "", style)


def _fact_lines(facts: Facts) -> list[Line]:
    said = [
        f"{facts.input_tokens:,} input tokens estimated",
        f"{facts.turns} turn" + ("" if facts.turns == 1 else "s"),
    ]
    if facts.max_output_tokens is not None:
        said.append(f"at most {facts.max_output_tokens:,} out")
    said += [name for name in ("stream", "tools", "images", "audio") if getattr(facts, name)]
    parts = [Content(", ".join(said))]
    if facts.response_format != "text":
        parts.append(foreign(f", answer as {facts.response_format}"))
    if facts.hidden_chars:
        s = "" if facts.hidden_chars == 1 else "s"
        parts.append(Content.styled(f", {facts.hidden_chars} hidden character{s}", "$hidden-text"))
    lines = [titled("facts", *parts, width=NAME_WIDTH)]
    if facts.tags:
        tags = "  ".join(f"{key}={value}" for key, value in sorted(facts.tags.items()))
        lines.append(titled("tags", foreign(tags, limit=400), width=NAME_WIDTH))
    return lines


def usage_lines(row: RequestRow) -> list[Line]:
    """Tokens and cost, each with where the figure comes from."""
    if row.status == "in_flight":
        lead = "known when it has ended"
        return [titled(name, (lead, "$quiet"), width=NAME_WIDTH) for name in ("tokens", "cost")]
    sources = {
        "provider": "counted by the provider",
        "estimated": "estimated by the gateway",
        "missing": "the provider sent no count",
    }
    parts = [f"{count(row.input_tokens)} in", f"{count(row.output_tokens)} out"]
    if row.cache_read_tokens:
        parts.append(f"{count(row.cache_read_tokens)} of the input cached")
    if row.reasoning_tokens:
        parts.append(f"{count(row.reasoning_tokens)} reasoning")
    cost = Content(dollars(row.cost_usd))
    source = foreign(row.cost_source or "", "$quiet")
    if row.cost_usd is None:
        source = Content.styled("unknown: no price, or no token count", "$quiet")
    return [
        titled(
            "tokens",
            ", ".join(parts),
            ("  " + sources.get(row.usage_source, row.usage_source), "$quiet"),
            width=8,
        ),
        titled("cost", cost, "  ", source, width=NAME_WIDTH),
    ]


def attempt_rows(row: RequestRow, attempts: tuple[AttemptRow, ...], width: int) -> list[Content]:
    """Return the attempts as a waterfall: two rows each where the second has something to say."""
    if not attempts:
        return [Content.styled("no attempt was recorded", "$quiet")]
    span = _span_ms(row, attempts)
    rows = []
    for attempt in attempts:
        rows.append(_attempt_row(row, attempt, span, width))
        note = _attempt_note(attempt)
        if note:
            rows.extend(line(note, lead="    └ ").rows(width))
    return rows


def _span_ms(row: RequestRow, attempts: tuple[AttemptRow, ...]) -> float:
    ends = [_offset_ms(row, a) + _finite(a.duration_ms) for a in attempts]
    return max([1.0, _finite(row.duration_ms), *ends])


def _offset_ms(row: RequestRow, attempt: AttemptRow) -> float:
    return _finite((attempt.ts_start - row.ts_start) * 1000)


def _finite(ms: float | None) -> float:
    """Return a length that can be drawn: a log may hold any number."""
    return ms if ms is not None and 0.0 <= ms < float("inf") else 0.0


def _attempt_row(row: RequestRow, attempt: AttemptRow, span: float, width: int) -> Content:
    failed = attempt.error_type is not None or (attempt.http_status or 0) >= 400
    running = attempt.duration_ms is None and row.status == "in_flight"
    style = "$outcome-error" if failed else "$outcome-ok"
    if running:
        style = "$outcome-in-flight"
    took = "" if running else duration(attempt.duration_ms)
    status = "⋯" if running else str(attempt.http_status or "–")
    target = foreign(f"{attempt.provider_name}/{attempt.model}", limit=64)
    kind = ATTEMPT_WORDS.get(attempt.kind, attempt.kind)
    head = Content.assemble(
        Content.styled(f"{attempt.attempt_no} ", "$quiet"),
        foreign(f"{kind:<9} ", limit=10),
        target.truncate(max(12, min(26, width - 44)), ellipsis=True, pad=True),
        Content.styled(f" {status:>3}", f"bold {style}"),
        Content.styled(f" +{duration(_offset_ms(row, attempt)):<5}", "$quiet"),
        Content(f" {took:>5} "),
    )
    room = width - head.cell_length
    if room < WATERFALL_AT_LEAST:
        return head
    return head + _bar(_offset_ms(row, attempt), attempt.duration_ms, span, room, style)


def _bar(start: float, length: float | None, span: float, room: int, style: str) -> Content:
    first = min(int(start / span * room), room - 1)
    shown = span - start if length is None else _finite(length)
    cells = max(1, min(room - first, round(shown / span * room)))
    mark = "░" if length is None else "█"
    return Content(" " * first) + Content.styled(mark * cells, style)


def _attempt_note(attempt: AttemptRow) -> Content:
    parts = []
    if attempt.error_type:
        parts.append(foreign(attempt.error_type, "$outcome-error", limit=120))
    if attempt.retry_after_s is not None:
        parts.append(Content(f"retry after {duration(attempt.retry_after_s * 1000)}"))
    if attempt.why_next:
        parts.append(foreign(f"went on: {attempt.why_next}", limit=200))
    if attempt.input_tokens is not None or attempt.output_tokens is not None:
        tokens = f"{count(attempt.input_tokens)}→{count(attempt.output_tokens)} tokens"
        parts.append(Content.styled(tokens, "$quiet"))
        parts.append(Content.styled(dollars(attempt.cost_usd), "$quiet"))
    return Content.styled(" · ", "$quiet").join(parts)
