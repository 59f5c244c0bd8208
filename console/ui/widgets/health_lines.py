"""What is out of use and until when, and which gateways serve which version."""

from collections.abc import Iterator, Sequence

import msgspec
from textual.content import Content

from console.quantities import UNKNOWN, ago, clock
from console.table.overrides import Override
from console.traffic.records import GatewayRow
from console.traffic.target_states import TargetState, decode_states
from console.ui.foreign_text import foreign
from console.ui.header import HEARTBEAT_GRACE_S, VERSION_SHOWN
from console.ui.override_words import left_words, override_text
from console.ui.widgets.lines import BLANK, QUIET, Line, line, say

_STATE_WORDS = {
    "open": ("open", "bold $outcome-error"),
    "half_open": ("half open", "bold $outcome-degraded"),
    "cooling_down": ("cooling down", "bold $outcome-degraded"),
}
_REASON_WORDS = {
    "retry_after": "its provider asked to be left alone",
    "consecutive_failures": "failures in a row",
    "error_share": "too many of its attempts failed",
    "failed_probe": "the probe failed, too",
}


def health_lines(
    overrides: Sequence[Override],
    gateways: Sequence[GatewayRow],
    version_in_view: str | None,
    now: float,
) -> list[Line]:
    """Return all three parts; the number of an override is the item of its line."""
    return [
        *_override_lines(overrides, now),
        BLANK,
        *_breaker_lines(gateways, now),
        BLANK,
        *_gateway_lines(gateways, version_in_view, now),
    ]


def _heading(words: str, told: str = "") -> Line:
    return line((words, "bold"), (f"  {told}" if told else "", QUIET))


def _override_lines(overrides: Sequence[Override], now: float) -> Iterator[Line]:
    live = [(i, override) for i, override in enumerate(overrides) if override.is_live(now)]
    yield _heading("Overrides", "" if live else "none is in force")
    for number, override in live:
        left = left_words(override.until.timestamp() - now)
        yield line(
            (override_text(override), "bold"),
            (f"  {left} left", "$outcome-degraded"),
            ("  by ", QUIET),
            override.by,
            (": ", QUIET),
            override.because,
            lead="  ",
            item=number,
            head=True,
        )


def _breaker_lines(gateways: Sequence[GatewayRow], now: float) -> Iterator[Line]:
    alive = [row for row in gateways if now - row.heartbeat_ts <= HEARTBEAT_GRACE_S]
    told = [(row, _states(row)) for row in alive]
    left_alone = [(row, state) for row, states in told for state in states or ()]
    untold = sum(states is None for _, states in told)
    if not alive:
        words = "unknown: no gateway is heard of"
    elif left_alone:
        words = ""
    else:
        words = "every target is in use" if not untold else "unknown: the gateway does not tell"
    yield _heading("Breakers", words)
    for row, state in left_alone:
        yield _breaker_line(row, state, now, several=len(alive) > 1)


def _breaker_line(row: GatewayRow, state: TargetState, now: float, *, several: bool) -> Line:
    word, style = _STATE_WORDS.get(state.state, (UNKNOWN, QUIET))
    left = state.left_s(now)
    until = "until a probe succeeds" if left is None else f"{left_words(left)} left"
    reason = _REASON_WORDS.get(state.reason, state.reason)
    return line(
        (f"{word:<13}", style),
        state.model,
        (" of ", QUIET),
        state.provider,
        (f"  {until}", "$outcome-degraded"),
        ("  since ", QUIET),
        clock(state.since_ts),
        (": ", QUIET),
        f"{reason} (",
        state.last_error,
        ")",
        (f"  in {row.address}" if several else "", QUIET),
        lead="  ",
    )


def _states(row: GatewayRow) -> list[TargetState] | None:
    try:
        return decode_states(row.health)
    except msgspec.DecodeError:
        return None


def _gateway_lines(
    gateways: Sequence[GatewayRow], version_in_view: str | None, now: float
) -> Iterator[Line]:
    yield _heading("Gateways", "" if gateways else "none has written to this log")
    for row in gateways:
        silent = now - row.heartbeat_ts
        if silent > 86_400:
            continue
        is_alive = silent <= HEARTBEAT_GRACE_S
        version = row.table_version[:VERSION_SHOWN]
        is_behind = version_in_view is not None and row.table_version != version_in_view
        parts: list[Content] = [
            Content.styled("● ", "$outcome-ok" if is_alive else "$outcome-error"),
            foreign(row.address, "bold"),
            say((" serves ", QUIET), row.table_name, " ", version),
            say((f" since {clock(row.table_since_ts)}", QUIET)),
        ]
        if not is_alive:
            parts.append(say((f"  silent for {ago(silent)}", "bold $outcome-error")))
        elif is_behind:
            parts.append(say(("  not the version in view", "bold $outcome-degraded")))
        if row.last_problem:
            parts.append(say(("  ", ""), (row.last_problem, "$outcome-error")))
        yield line(Content("").join(parts), lead="  ")
