"""What traffic says of a table: rules it does not need, tasks it does not have, phrases not found.

Logged requests are decided again by the table as it stands, so a rule written today is judged by
yesterday's traffic.
"""

from collections.abc import Callable, Iterator

from console.quantities import percent
from console.routing.router import Router
from console.table.findings import did_you_mean
from console.table.lint.finding import Finding, finding
from console.table.yaml_source import join
from console.traffic.reader import LogReader
from console.whatif.lint.phrases_not_found import phrase_not_found_findings
from console.whatif.lint.traffic_seen import Seen, see

FEWEST = 100
"""Requests below which nothing is said of what none of them did."""

MOST_DAYS = 36_500
"""No log is older than a hundred years."""

MOST_NEAR_MISSES = 5
MOST_UNKNOWN_TASKS = 20

_SECONDS_A_DAY = 86_400

_SKIPPED = {
    "context_too_small": "were too long for it",
    "lacks_tools": "had tools, which it does not support",
    "lacks_images": "had images, which it does not support",
    "lacks_json_schema": "asked for a JSON schema, which it does not support",
}


def lint_log(
    reader: LogReader,
    router: Router,
    *,
    now: float,
    days: int = 14,
    last: int = 20_000,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Finding]:
    """Yield what the newest `last` requests of the last `days` days say of a table.

    `router` has no overrides; `now` is in Unix seconds. Findings have no place yet (`in_place`).
    Nothing is yielded when it was cancelled. Raises what the reader does.
    """
    since = now - min(days, MOST_DAYS) * _SECONDS_A_DAY
    seen = see(reader, router, since=since, last=last, is_cancelled=is_cancelled)
    if is_cancelled() or not seen.looked_at:
        return
    yield from _unknown_tasks(seen, router)
    yield from _too_small(seen, router)
    yield from _defaults(seen, router)
    if seen.looked_at >= FEWEST:
        hits = reader.rule_hits(since)
        yield from _rules_not_hit(seen, router, hits, _span(seen, now))
        yield from _tasks_not_seen(seen, router, _span(seen, now))
        yield from phrase_not_found_findings(seen, router.table)


def _span(seen: Seen, now: float) -> str:
    """Say which requests were looked at."""
    hours = (now - (seen.oldest_ts or now)) / 3600
    time = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.1f} hours"
    return f"the newest {seen.looked_at:,} requests ({time})"


def _rules_not_hit(
    seen: Seen, router: Router, hits: dict[str | None, int], span: str
) -> Iterator[Finding]:
    for index, rule in enumerate(router.table.rules):
        taken = seen.rules[rule.id] or hits.get(rule.id, 0)
        if rule.enabled and not taken and rule.id not in seen.undecided_rules:
            message = f"`{rule.id}` would take none of {span}."
            if seen.undecidable:
                message = f"{message[:-1]}, as far as they can be decided."
            yield finding("rule-not-hit", join("rules", index), message, rule=rule.id)


def _tasks_not_seen(seen: Seen, router: Router, span: str) -> Iterator[Finding]:
    for name in router.table.tasks:
        if not seen.tasks[name]:
            message = f"None of {span} had the task `{name}`."
            yield finding("task-not-seen", join("tasks", name), message)


def _unknown_tasks(seen: Seen, router: Router) -> Iterator[Finding]:
    for task, count in seen.unknown_tasks.most_common(MOST_UNKNOWN_TASKS):
        message = f"{_requests(count)} declared the task “{task}”, which the table does not have."
        yield finding("unknown-task", "tasks", message, did_you_mean(task, router.table.tasks))


def _too_small(seen: Seen, router: Router) -> Iterator[Finding]:
    for (route, model, reason), count in sorted(seen.skips.items()):
        targets = router.table.routes[route].targets
        at = targets.index(model)
        path = join("routes", route)
        place = join(path, "model") if at == 0 else join(join(path, "fallbacks"), at - 1)
        of = seen.routes[route]
        message = f"{count:,} of the {of:,} logged requests that go to `{route}`"
        yield finding(
            "target-too-small",
            place,
            f"{message} could not take `{model}`: they {_SKIPPED[reason]}.",
        )


def _defaults(seen: Seen, router: Router) -> Iterator[Finding]:
    if not seen.defaults:
        return
    share = percent(seen.defaults / seen.decided)
    message = f"{_requests(seen.defaults)} ({share}) met no rule and no task."
    yield finding("falls-to-default", "default", message)
    number = {rule.id: index for index, rule in enumerate(router.table.rules)}
    for missed, count in seen.near_misses.most_common(MOST_NEAR_MISSES):
        message = (
            f"{count:,} of the {seen.explained:,} newest that fell to the default missed"
            f" `{missed.rule}` by one condition: {missed.wanted}."
        )
        hint = f"Such as {seen.samples[missed]}."
        path = join("rules", number[missed.rule])
        yield finding("falls-to-default", path, message, hint, rule=missed.rule)


def _requests(count: int) -> str:
    return f"{count:,} request{'s' if count != 1 else ''}"
