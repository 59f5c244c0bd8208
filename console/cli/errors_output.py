"""The error matrix of a table as lines for people: a route, and below it what each failure does."""

from collections.abc import Sequence

from console.cli.output import Paint, say
from console.gateway.error_matrix import Course, PlannedAttempt
from console.table.model import Route, Table

_TOLD = {
    "the provider's error": "the provider's error, as it is",
    "an error event": "an error event",
    "the answer": "the answer, as it is",
    "held-back answer": "the best answer held back",
}


def say_errors(table: Table, matrix: dict[str, list[Course]], paint: Paint) -> None:
    """Print the matrix, route by route, on standard output."""
    say("Model ×n: tried n times. →: escalates to that route. What the client is told comes last.")
    say("A status comes with the last provider's own error where all failed alike and it gave one.")
    for name, courses in matrix.items():
        say()
        say(f"{paint('route', name)}  {paint('dim', _heading(table.routes[name]))}")
        width = max(len(course.trouble) for course in courses)
        for course in courses:
            trouble = paint("bold", course.trouble) + " " * (width - len(course.trouble))
            say(f"  {trouble}  {course_text(course.attempts, paint)}  {told_text(course)}")


def course_text(attempts: Sequence[PlannedAttempt], paint: Paint) -> str:
    """Return attempts in one line: `small ×2, haiku ×2 → large: sonnet ×2`."""
    text, route, index = "", attempts[0].route, 0
    while index < len(attempts):
        first = attempts[index]
        tries = 1
        while index + tries < len(attempts) and attempts[index + tries].kind == "retry":
            tries += 1
        if first.route != route:
            route = first.route
            text += f" → {paint('route', route)}: "
        elif text:
            text += ", "
        text += paint("good", first.model) + (f" ×{tries}" if tries > 1 else "")
        index += tries
    return text


def told_text(course: Course) -> str:
    """Return what the client gets in the end."""
    if course.told == "error":
        return f"= {course.http_status}"
    return f"= {_TOLD[course.told]}"


def _heading(route: Route) -> str:
    again = {0: "no second try", 1: "1 more try"}.get(route.retries, f"{route.retries} more tries")
    parts = [f"{again} a target", f"{route.timeout_s:g} s an attempt"]
    if route.first_chunk_timeout_s is not None:
        parts.append(f"{route.first_chunk_timeout_s:g} s to the first chunk")
    if route.escalate is not None:
        parts.append(f"escalates on {', '.join(route.escalate.on)}")
        held = any(trigger != "failed" for trigger in route.escalate.on)
        parts.append("streams held back" if held else "streams sent on as they come")
    return "; ".join(parts)
