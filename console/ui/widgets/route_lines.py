"""The routes of a table: which models serve them, what happens when those fail, what is assumed."""

from collections.abc import Iterator

from textual.content import Content

from console.quantities import count
from console.table.model import Assumption, Model, Route, Table
from console.ui.foreign_text import foreign
from console.ui.theme import route_style
from console.ui.widgets.lines import BLANK, QUIET, Line, Part, say, titled


def route_lines(table: Table) -> list[Line]:
    """Return every route in the order of the table; a route's number is its item."""
    lines: list[Line] = []
    for number, (name, route) in enumerate(table.routes.items()):
        lines.extend(_one_route(number, name, route, table))
        lines.append(BLANK)
    return lines


def _one_route(number: int, name: str, route: Route, table: Table) -> Iterator[Line]:
    default = "  (default)" if name == table.default else ""
    yield Line(
        Content(""),
        say(
            (f"→ {name}", f"bold {route_style(number)}"), (f"{default}  {route.description}", QUIET)
        ),
        number,
        head=True,
    )
    for place, model in enumerate(route.targets):
        yield _told(number, "model" if place == 0 else "fallback", *_model_parts(model, table))
    first_chunk = route.first_chunk_timeout_s
    yield _told(
        number,
        "time",
        f"{route.timeout_s:g} s an attempt",
        "" if first_chunk is None else f", {first_chunk:g} s to the first chunk when streamed",
        f", {route.retries} {'retry' if route.retries == 1 else 'retries'} per target",
    )
    if route.escalate is not None:
        escalate = route.escalate
        style = route_style(list(table.routes).index(escalate.to))
        yield _told(
            number,
            "escalates",
            ("to ", QUIET),
            (escalate.to, style),
            (" on ", QUIET),
            ", ".join(escalate.on),
        )
        if escalate.because:
            yield _told(number, "", (escalate.because, QUIET))
    for assumption in route.assumptions:
        yield _told(number, "assumes", assumption.says)
        yield _told(number, "", (bound_words(assumption), QUIET))
    yield _told(number, "used by", *_users(name, table))


def _told(item: int, word: str, *parts: Part) -> Line:
    told = titled(word, *parts, width=10)
    return Line(told.lead, told.body, item)


def _model_parts(name: str, table: Table) -> list[Part]:
    model = table.models[name]
    parts: list[Part] = [name, (f"  {model.provider}", QUIET), (f"  {model_words(model)}", QUIET)]
    return parts


def model_words(model: Model) -> str:
    """Say what is known of a model: context, price, and what it can take."""
    words = []
    if model.context_tokens is not None:
        words.append(f"context {count(model.context_tokens)}")
    price = model.usd_per_million
    if price is None:
        words.append("no price: cost unknown")
    else:
        words.append(f"${price.input:g} in, ${price.output:g} out per million")
    words.append(", ".join(model.supports) or "supports neither tools, images nor json_schema")
    return " · ".join(words)


def bound_words(assumption: Assumption) -> str:
    """Say the bound of an assumption: `latency_p90_ms ≤ 2000 over 1h, from 50 requests on`."""
    low, high = assumption.min, assumption.max
    bound = f"{low:g} ≤ " if low is not None and high is not None else ""
    bound += assumption.metric
    if high is not None:
        bound += f" ≤ {high:g}"
    elif low is not None:
        bound += f" ≥ {low:g}"
    return f"{bound} over {assumption.window}, from {assumption.min_requests} requests on"


def _users(name: str, table: Table) -> list[Part]:
    rules = [rule.id for rule in table.rules if rule.route == name]
    tasks = [task for task, entry in table.tasks.items() if entry.route == name]
    routes = [
        other
        for other, route in table.routes.items()
        if route.escalate is not None and route.escalate.to == name
    ]
    parts: list[Content] = []
    for kind, users in (("rules", rules), ("tasks", tasks), ("escalations from", routes)):
        if users:
            parts.append(say((f"{kind} ", QUIET), foreign(", ".join(users), limit=400)))
    if name == table.default:
        parts.append(say(("the default", QUIET)))
    return [Content("  ").join(parts)] if parts else [("nothing", "$outcome-degraded")]
