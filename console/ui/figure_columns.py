"""The columns of the Routes screen: which fit a width, and what each says of a value's figures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from textual.content import Content

from console.quantities import UNKNOWN, count, dollars, duration, percent
from console.traffic.metrics.figures import Figures
from console.traffic.metrics.windows import Change, Compared
from console.ui.foreign_text import foreign
from console.ui.widgets.lines import QUIET

NAME_WIDTH, ROOMY_NAME_WIDTH = 14, 24
NAME_LIMIT = 64
MOVED_WIDTH = 7
"""Cells behind a figure that say how it moved."""

Tone = Literal["worse", "better", "neutral"]
"""What it means that a figure goes up."""

_STYLES: dict[tuple[Tone, Change], str] = {
    ("worse", "up"): "bold $outcome-error",
    ("worse", "down"): "$outcome-ok",
    ("neutral", "up"): "$accent",
    ("neutral", "down"): "$accent",
}
_SIGNS: dict[Change, str] = {"up": "▲", "down": "▼", "same": "≈", "unknown": " "}


@dataclass(frozen=True)
class FigureColumn:
    """One column: `rank` says how early it is given room (0 first), `key` what it sorts by."""

    title: str
    width: int
    cell: Callable[[Compared], Content]
    key: Callable[[Figures], float | None]
    rank: int = 0


def _plain(text: str) -> Content:
    return Content.styled(text, QUIET) if text == UNKNOWN else Content(text)


def _moved(text: str, change: Change, difference: str, tone: Tone) -> Content:
    """A figure with how it moved: lit where the sample carries that, else quiet."""
    if change == "unknown":
        return _plain(text) + " " * MOVED_WIDTH
    style = _STYLES.get((tone, change), QUIET)
    return Content(text) + Content.styled(f" {_SIGNS[change]}{difference:<5}", style)


def _requests(row: Compared) -> Content:
    before = row.before.requests if row.before is not None else 0
    return _moved(
        count(row.now.requests), row.requests, _by_share(row.now.requests, before), "neutral"
    )


def _errors(row: Compared) -> Content:
    now, before = row.now.error_rate, row.before.error_rate if row.before is not None else None
    return _moved(percent(now), row.error_rate, _points(now, before), "worse")


def _degraded(row: Compared) -> Content:
    now, before = row.now.degraded_rate, row.before.degraded_rate if row.before else None
    return _moved(percent(now), row.degraded_rate, _points(now, before), "worse")


def _p50(row: Compared) -> Content:
    before = row.before.p50_ms if row.before is not None else None
    return _moved(duration(row.now.p50_ms), row.p50, _by_share(row.now.p50_ms, before), "worse")


def _p95(row: Compared) -> Content:
    before = row.before.p95_ms if row.before is not None else None
    return _moved(duration(row.now.p95_ms), row.p95, _by_share(row.now.p95_ms, before), "worse")


def _cost(row: Compared) -> Content:
    unknown, all_of = row.now.cost_unknown, row.now.requests
    known = _plain(dollars(row.now.cost_usd))
    return known + Content.styled("+?", QUIET) if 0 < unknown < all_of else known + "  "


def _tokens(row: Compared) -> Content:
    if row.now.input_tokens is None:
        return _plain(UNKNOWN)
    return Content(f"{count(row.now.input_tokens)}→{count(row.now.output_tokens)}")


def _unpriced(row: Compared) -> Content:
    share = row.now.cost_unknown / row.now.requests if row.now.requests else None
    return _plain(percent(share))


def _score(row: Compared) -> Content:
    """The outcome that was given most, its mean and how many there were."""
    if not row.scores:
        return Content.styled("–", QUIET)
    score = row.scores[0]
    told = Content(f" {score.now.mean:.2f}") + Content.styled(f"·{count(score.now.count)}", QUIET)
    return foreign(score.name, QUIET, limit=NAME_LIMIT).truncate(8, ellipsis=True) + told


def _by_share(now: float | None, before: float | None) -> str:
    if now is None or not before:
        return ""
    change = now / before - 1
    return f"×{now / before:.0f}" if change >= 9.99 else f"{change:+.0%}"


def _points(now: float | None, before: float | None) -> str:
    return "" if now is None or before is None else f"{100 * (now - before):+.1f}"


COLUMNS = (
    FigureColumn("requests", 12, _requests, lambda f: f.requests),
    FigureColumn("share", 6, lambda r: _plain(percent(r.now.share)), lambda f: f.share, 4),
    FigureColumn("errors", 13, _errors, lambda f: f.error_rate),
    FigureColumn("degraded", 13, _degraded, lambda f: f.degraded_rate, 3),
    FigureColumn("p50", 12, _p50, lambda f: f.p50_ms, 5),
    FigureColumn("p95", 12, _p95, lambda f: f.p95_ms),
    FigureColumn("p99", 5, lambda r: _plain(duration(r.now.p99_ms)), lambda f: f.p99_ms, 6),
    FigureColumn(
        "ttfc",
        5,
        lambda r: _plain(duration(r.now.first_chunk_p50_ms)),
        lambda f: f.first_chunk_p50_ms,
        8,
    ),
    FigureColumn("tokens", 9, _tokens, lambda f: f.input_tokens, 9),
    FigureColumn("cost", 10, _cost, lambda f: f.cost_usd, 1),
    FigureColumn(
        "a request",
        9,
        lambda r: _plain(dollars(r.now.cost_per_request)),
        lambda f: f.cost_per_request,
        7,
    ),
    FigureColumn("unpriced", 8, _unpriced, lambda f: f.cost_unknown, 10),
    FigureColumn("fallb.", 6, lambda r: Content(count(r.now.fallbacks)), lambda f: f.fallbacks, 11),
    FigureColumn("outcome", 16, _score, lambda _: None, 13),
    FigureColumn(
        "escal.", 6, lambda r: Content(count(r.now.escalations)), lambda f: f.escalations, 12
    ),
)
"""In the order they are drawn."""


@lru_cache(maxsize=32)
def columns_for(width: int) -> tuple[int, tuple[FigureColumn, ...]]:
    """Return the width of the names and the columns that fit beside them."""
    chosen = [column for column in COLUMNS if column.rank == 0]
    used = NAME_WIDTH + sum(column.width + 1 for column in chosen)
    for column in sorted((c for c in COLUMNS if c.rank), key=lambda c: c.rank):
        if used + column.width + 1 > width:
            break
        chosen.append(column)
        used += column.width + 1
    name = min(ROOMY_NAME_WIDTH, NAME_WIDTH + max(0, width - used))
    return name, tuple(column for column in COLUMNS if column in chosen)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of the list; the heading has no figures and no item."""

    name: Content
    compared: Compared | None = None
    item: int | None = None
    sorted_by: str = ""

    @property
    def head(self) -> bool:
        """Whether the row shows the cursor: all but the heading."""
        return self.item is not None

    def height(self, width: int) -> int:  # noqa: ARG002
        """Return 1: a row never wraps."""
        return 1

    def rows(self, width: int) -> list[Content]:
        """Return the row in `width` cells, with the columns that fit."""
        name_width, columns = columns_for(width)
        cells = [_fit(self.name, name_width)]
        for column in columns:
            if self.compared is not None:
                cell = column.cell(self.compared)
            else:
                is_key = column.title == self.sorted_by
                title = f"{column.title}↓" if is_key else column.title
                cell = Content.styled(title, "bold" if is_key else QUIET)
                if len(title) <= column.width - MOVED_WIDTH:
                    cell += " " * MOVED_WIDTH
            cells.append(_fit(cell, column.width, to_right=True))
        return [Content(" ").join(cells)]


def name_cell(value: str | None, dimension: str, style: str = "") -> Content:
    """Return the name of a row; None stands for requests without one."""
    if value is None:
        return Content.styled(f"no {dimension}", QUIET)
    return foreign(value, style, limit=NAME_LIMIT)


def _fit(cell: Content, width: int, *, to_right: bool = False) -> Content:
    length = cell.cell_length
    if length > width:
        return cell.truncate(width, ellipsis=True)
    return cell.pad_left(width - length) if to_right else cell.pad_right(width - length)
