"""One request of the log in one line of a terminal."""

from console.cli.output import Paint
from console.inert import inert
from console.quantities import clock, count, dollars, duration
from console.traffic.records import RequestRow

_SIGNS = {"ok": "✓", "degraded": "!", "error": "✗", "client_cancelled": "⊘", "in_flight": "⋯"}
_STYLES = {"ok": "good", "degraded": "warn", "error": "bad", "client_cancelled": "dim"}

_NAME_LIMIT = 40
_PROMPT_LIMIT = 60


def request_line(row: RequestRow, paint: Paint) -> str:
    """Return a request as one line: when, how it ended, where it went and why, what it took."""
    style = _STYLES.get(row.status, "dim")
    about = "~" if row.usage_source == "estimated" else ""
    how = row.error_type if row.status == "error" and row.error_type else ""
    parts = [
        paint("dim", clock(row.ts_start)),
        paint(style, _SIGNS.get(row.status, "?")),
        paint("route", f"{_name(row.route):<12}"),
        f"{_name(row.response_model):<14}",
        f"{duration(row.duration_ms):>5}",
        f"{about}{count(row.input_tokens)}→{count(row.output_tokens)}".rjust(9),
        f"{dollars(row.cost_usd):>8}",
        paint("dim", f"{_name(row.rule_id):<16}"),
    ]
    if how:
        parts.append(paint("bad", inert(how, limit=_NAME_LIMIT)))
    if row.prompt_preview:
        parts.append(paint("dim", row.prompt_preview, limit=_PROMPT_LIMIT))
    parts.append(paint("dim", row.request_id, limit=_NAME_LIMIT))
    return " ".join(parts)


def _name(name: str | None) -> str:
    return inert(name, limit=_NAME_LIMIT) if name else "–"
