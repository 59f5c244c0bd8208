"""What stands in place of the list when there is nothing to list: why, and what would help."""

import shlex
from collections.abc import Sequence

from textual.content import Content

from console.traffic.problem import LogProblem
from console.traffic.records import GatewayRow
from console.ui.foreign_text import foreign
from console.ui.header import running_gateways
from console.ui.widgets.state_text import StateText


def problem_text(problem: LogProblem) -> Content:
    """Say what is wrong with the log and what would help."""
    return Content("\n\n").join(
        [
            foreign(problem.message, "bold $outcome-error"),
            foreign(problem.hint),
            Content.styled("Looking again every second.", "$quiet"),
        ]
    )


def no_log_text() -> Content:
    """Say that the console was started without a log."""
    return Content("\n\n").join(
        [
            Content.styled("No traffic log was given.", "bold"),
            Content("Start the console with --log FILE to see live requests here."),
        ]
    )


def empty_text(gateways: Sequence[GatewayRow], now: float) -> Content:
    """Say how to send a first request: to a gateway that runs, else after starting one."""
    parts = [Content.styled("The log holds no request yet.", "bold")]
    running = running_gateways(gateways, now)
    if running:
        parts += [Content("Send one through the gateway:"), _curl(running[0].address)]
    else:
        parts += [
            Content("Start a gateway that writes to this log, and send it a request:"),
            Content.styled("route-console serve", "$accent"),
        ]
    parts.append(Content.styled("It appears here as soon as it is decided.", "$quiet"))
    return Content("\n\n").join(parts)


def nothing_selected_text(asked: str, search: str) -> Content:
    """Say that no request meets the filter `asked`, or that `search` has not found one yet."""
    parts = [
        Content.styled(
            "Looking for requests …" if search else "No request meets the filter.", "bold"
        ),
        foreign(asked, "$accent", limit=400),
    ]
    if search:
        parts += [Content(search), Content.styled("esc stops the search.", "$quiet")]
    else:
        parts += [
            Content("New requests that do appear here."),
            Content.styled("/ changes the filter, esc shows everything again.", "$quiet"),
        ]
    return Content("\n\n").join(parts)


def _curl(address: str) -> Content:
    base = address if "://" in address else f"http://{address}"
    url = shlex.quote(f"{base.rstrip('/')}/v1/chat/completions")
    lines = [
        f"curl {url} \\",
        "  -H 'Content-Type: application/json' \\",
        """  -d '{"model": "auto", "messages": [{"role": "user", "content": "Hello"}]}'""",
    ]
    return foreign("\n".join(lines), "$accent", keep_newlines=True)


class LogTrouble(StateText):
    """A calm panel: one sentence, one hint."""
