"""How a value's figures went: one line of blocks for each, a map of its latencies, and marks.

Drawn in text, a step a cell: it costs a slow line a few bytes and reads without colour.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from textual.content import Content

from console.quantities import dollars, duration, percent, rate
from console.traffic.rollups import SECONDS_A_MINUTE, MinuteRollup
from console.ui.foreign_text import foreign
from console.ui.routes_document import Course
from console.ui.widgets.lines import QUIET, Line, line

LEAD = 14
BLOCKS = " ▁▂▃▄▅▆▇█"
SHADES = " ░▒▓█"
NOTHING = "·"
"""A step without a request: there is no figure, which is not 0."""

BANDS = ((0, 300), (300, 1_000), (1_000, 3_000), (3_000, 10_000), (10_000, float("inf")))
"""Latencies of one row of the map, in milliseconds."""

MOST_MARKS = 6

Figure = Callable[[MinuteRollup], float | None]


def chart_lines(course: Course) -> list[Line]:
    """Return the charts of a course, its marks and its axis."""
    minutes = course.step_minutes
    series = course.series
    lines = [
        _bars("requests", series, lambda s: s.requests / minutes, lambda v: f"{rate(v)}/min", ""),
        _bars("errors", series, _error_rate, percent, "$outcome-error"),
        _bars("p95", series, lambda s: s.latency.quantile(0.95), duration, "$outcome-degraded"),
        _bars("p50", series, lambda s: s.latency.quantile(0.5), duration, "$accent"),
        _bars("cost", series, _cost, lambda v: f"{dollars(v)} a step", "$outcome-ok"),
    ]
    return [*lines, *_axis(course), *_heat(series)]


def _error_rate(step: MinuteRollup) -> float | None:
    return step.errors / step.requests if step.requests else None


def _cost(step: MinuteRollup) -> float | None:
    return step.cost_usd if step.requests > step.cost_unknown else None


def _bars(
    word: str,
    series: Sequence[MinuteRollup],
    figure: Figure,
    shown: Callable[[float | None], str],
    style: str,
) -> Line:
    values = [figure(step) if step.requests else None for step in series]
    known = [value for value in values if value is not None]
    most = max(known, default=0.0)
    blocks = "".join(NOTHING if value is None else _block(value, most) for value in values)
    told = f"  most {shown(most)}" if known else "  nothing"
    return line(
        Content.styled(blocks, style),
        Content.styled(told, QUIET),
        lead=Content.styled(f"{word:<{LEAD}}", QUIET),
        wraps=False,
    )


def _block(value: float, most: float) -> str:
    if value <= 0 or most <= 0:
        return "▁"
    return BLOCKS[max(1, round(value / most * (len(BLOCKS) - 1)))]


def _axis(course: Course) -> list[Line]:
    """The times of the first and the last step, and under them what was done in between."""
    series, step_s = course.series, course.step_minutes * SECONDS_A_MINUTE
    if not series:
        return []
    start = series[0].minute * SECONDS_A_MINUTE
    first, last = _when(start, step_s), _when(start + step_s * len(series), step_s)
    gap = max(1, len(series) - len(first) - len(last))
    lead = Content.styled(" " * LEAD, QUIET)
    lines = [line(Content.styled(first + " " * gap + last, QUIET), lead=lead, wraps=False)]
    if course.marks:
        signs = [" "] * len(series)
        for mark in course.marks:
            place = int((mark.ts - start) // step_s)
            if 0 <= place < len(signs):
                signs[place] = "◆" if mark.kind == "version" else "▲"
        titled = Content.styled(f"{'changes':<{LEAD}}", QUIET)
        lines.append(line(Content.styled("".join(signs), "$accent"), lead=titled, wraps=False))
        for mark in course.marks[-MOST_MARKS:]:
            sign = "◆" if mark.kind == "version" else "▲"
            told = foreign(f"{sign} {_when(mark.ts, 60)} {mark.what}", limit=200)
            lines.append(line(told, lead=lead, wraps=False))
    return lines


def _heat(series: Sequence[MinuteRollup]) -> list[Line]:
    """A row for each band of latencies, slowest first; the darker, the more of a step's answers."""
    counts = [[step.latency.between(*band) for step in series] for band in BANDS]
    totals = [sum(column) for column in zip(*counts, strict=True)]
    lines = []
    for band, row in reversed(list(zip(BANDS, counts, strict=True))):
        cells = "".join(
            NOTHING if not total else SHADES[_shade(part / total)]
            for part, total in zip(row, totals, strict=True)
        )
        title = Content.styled(f"{_band_words(band):<{LEAD}}", QUIET)
        lines.append(line(Content.styled(cells, "$accent"), lead=title, wraps=False))
    return lines


def _shade(share: float) -> int:
    return 0 if share <= 0 else max(1, min(len(SHADES) - 1, round(share * (len(SHADES) - 1))))


def _band_words(band: tuple[float, float]) -> str:
    low, high = band
    if low == 0:
        return f"under {duration(high)}"
    return f"over {duration(low)}" if high == float("inf") else f"{duration(low)}–{duration(high)}"


def _when(ts: float, step_s: float) -> str:
    try:
        local = datetime.fromtimestamp(ts).astimezone()
    except (OverflowError, OSError, ValueError):
        return "?"
    return local.strftime("%H:%M" if step_s < 1_800 else "%d %b %H:%M")
