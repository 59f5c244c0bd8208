"""The top line: which table, how much traffic, how much of it fails, and who serves it.

Dense on purpose: it is the line an on-call reader looks at first. What does not fit is left out by
rank, troubles last.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from console.quantities import ago, rate
from console.traffic.records import GatewayRow
from console.ui.foreign_text import foreign
from console.ui.log_feed import LogNews
from console.ui.override_words import left_words, override_text
from console.ui.table_watch import TableInView

if TYPE_CHECKING:
    from console.ui.app import ConsoleApp

HEARTBEAT_GRACE_S = 10.0
"""A gateway that was silent for longer is not counted as running."""

VERSION_SHOWN = 7

PLACES = (
    ("traffic", "1", "Traffic"),
    ("routes", "2", "Routes"),
    ("rules", "3", "Rules"),
    ("preview", "4", "Preview"),
    ("tests", "5", "Tests"),
    ("history", "6", "History"),
)

LOG_TROUBLES = {
    "missing": "no log yet",
    "locked": "log is locked",
    "not_a_log": "not a traffic log",
    "older_schema": "log of an older version",
    "newer_schema": "log of a newer version",
    "corrupt": "log is damaged",
}
"""Problems of the log in the few words a header has room for."""

Ranked = tuple[int, Content]
"""A part of the line, with how early it is left out (0: never)."""

TROUBLE = "bold $outcome-error"
DOUBT = "bold $outcome-degraded"


def table_parts(view: TableInView) -> list[Ranked]:
    """Say which table is in view and what is wrong with it."""
    if view.path is None:
        return [(0, Content.styled("no table", DOUBT))]
    parts = [(0, foreign(view.name or "", "bold", limit=24))]
    if view.version is not None:
        parts.append((3, Content.styled(view.version[:VERSION_SHOWN], "$quiet")))
    if view.unreadable is not None:
        parts.append((0, Content.styled("table cannot be read", TROUBLE)))
    elif view.error_count:
        s = "" if view.error_count == 1 else "s"
        parts.append((0, Content.styled(f"table has {view.error_count} error{s}", TROUBLE)))
    return parts


def log_parts(has_log: bool, news: LogNews) -> list[Ranked]:
    """Say how much comes and how much fails, or what is wrong with the log."""
    if not has_log:
        return [(0, Content.styled("no log", DOUBT))]
    if news.problem is not None:
        return [(0, Content.styled(LOG_TROUBLES.get(news.problem.kind, "log: trouble"), TROUBLE))]
    if news.rates is None:
        return [(2, Content.styled("opening the log …", "$quiet"))]
    errors = f"{rate(news.rates.errors_per_s)} err/s"
    return [
        (1, Content(f"{rate(news.rates.requests_per_s)} req/s")),
        (1, Content.styled(errors, TROUBLE if news.rates.errors_per_s else "$quiet")),
        (4, Content.styled(f"{news.rates.in_flight:,} in flight", "$quiet")),
    ]


def running_gateways(gateways: Sequence[GatewayRow], now: float) -> list[GatewayRow]:
    """Return the gateways that were heard of within the grace, the last heard of first."""
    return [row for row in gateways if now - row.heartbeat_ts <= HEARTBEAT_GRACE_S]


def gateway_parts(news: LogNews, version_in_view: str | None) -> list[Ranked]:
    """Say who serves, and whether it is the table in view that they serve."""
    gateways, now = news.gateways, news.looked_at
    if now is None or news.problem is not None:
        return []
    if not gateways:
        return [(2, Content.styled("no gateway", "$quiet"))]
    alive = running_gateways(gateways, now)
    if not alive:
        silent = now - max(row.heartbeat_ts for row in gateways)
        return [(0, Content.styled(f"no gateway heartbeat for {ago(silent)}", TROUBLE))]
    s = "" if len(alive) == 1 else "s"
    parts = [(1, Content.styled(f"{len(alive)} gateway{s}", "$outcome-ok"))]
    others = {row.table_version for row in alive} - {version_in_view}
    if version_in_view is not None and others:
        other = min(others)[:VERSION_SHOWN]
        parts.append((0, Content.styled("serving ", DOUBT) + foreign(other, DOUBT)))
    if any(row.last_problem for row in alive):
        parts.append((0, Content.styled("gateway has a problem", DOUBT)))
    return parts


def override_parts(view: TableInView, now: float) -> list[Ranked]:
    """Say what is drained or pinned just now, and for how long; of several, which ends first."""
    found = view.overrides.overrides if view.overrides is not None else ()
    live = sorted((one for one in found if one.is_live(now)), key=lambda one: one.until)
    if not live:
        return []
    left = left_words(live[0].until.timestamp() - now)
    if len(live) > 1:
        return [(0, Content.styled(f"{len(live)} overrides {left}", DOUBT))]
    return [(0, foreign(f"{override_text(live[0])} {left}", DOUBT, limit=40))]


def place_parts(current: str) -> list[Ranked]:
    """Name the places with their keys; a click goes there too."""
    parts = []
    for mode, key, name in PLACES:
        style = "bold reverse" if mode == current else "$quiet"
        label = Content.styled(f" {key} {name} ", style)
        parts.append((5, label.stylize(Style.from_meta({"@click": f"app.switch_mode('{mode}')"}))))
    return parts


def fitted(groups: Sequence[Sequence[Ranked]], width: int) -> list[list[Content]]:
    """Return the groups without the parts that do not fit `width`, highest rank left out first."""
    limit = 9
    while limit >= 0:
        kept = [[part for rank, part in group if rank <= limit] for group in groups]
        if _width(kept) <= width:
            return kept
        limit -= 1
    return kept


def _width(groups: Sequence[Sequence[Content]]) -> int:
    lengths = [sum(part.cell_length + 1 for part in group) - 1 for group in groups if group]
    return sum(lengths) + 3 * len(lengths)


class ConsoleHeader(Widget):
    """The top line of every place of the console."""

    def on_mount(self) -> None:
        """Draw again whenever the table or the log has something to tell."""
        self.watch(self.app, "table_in_view", self._draw_again, init=False)
        self.watch(self.app, "log_news", self._draw_again, init=False)

        self.set_interval(1.0, self._count_down)

    def _draw_again(self) -> None:
        self.refresh()

    def _count_down(self) -> None:
        overrides = cast("ConsoleApp", self.app).table_in_view.overrides
        if overrides is not None and overrides.overrides:
            self.refresh()

    def render(self) -> Content:
        """Return the line, as wide as there is room."""
        console = cast("ConsoleApp", self.app)
        view, news = console.table_in_view, console.log_news
        groups = [
            [(6, Content.styled("route-console", "bold $accent"))],
            table_parts(view),
            log_parts(console.log_path is not None, news),
            gateway_parts(news, view.version),
            override_parts(view, time.time()),
            place_parts(console.current_mode),
        ]
        *left, places = fitted(groups, self.content_size.width)
        line = Content.styled(" │ ", "$quiet").join(
            [Content(" ").join(group) for group in left if group]
        )
        right = Content("").join(places)
        gap = self.content_size.width - line.cell_length - right.cell_length
        return line + " " * max(gap, 0) + right if places else line
