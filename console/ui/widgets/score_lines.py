"""What was said about the answers of a row: one line for each name of outcome."""

from collections.abc import Iterable, Iterator

from console.quantities import count
from console.traffic.metrics.scores import Score
from console.ui.widgets.lines import QUIET, Line, Part, line

LEAD = 14
NAME_LIMIT = 40


def score_lines(scores: Iterable[Score]) -> Iterator[Line]:
    """Return the mean of each name, how sure it is, and how it moved where that is no chance."""
    for place, score in enumerate(scores):
        now, before = score.now, score.before
        parts: list[Part] = [(score.name[:NAME_LIMIT], "bold"), f" {now.mean:.2f}"]
        if now.spread is not None:
            parts.append((f" ±{now.spread:.2f}", QUIET))
        parts.append((f" of {count(now.count)}", QUIET))
        if before is not None:
            parts.append((f" · before {before.mean:.2f} of {count(before.count)}", QUIET))
        if score.difference is not None:
            sign = "▲" if score.difference > 0 else "▼"
            parts.append((f" {sign}{score.difference:+.2f}", "$accent"))
        elif before is not None:
            parts.append((" ≈ may be chance", QUIET))
        lead = "outcomes" if place == 0 else ""
        yield line(*parts, lead=f"{lead:<{LEAD}}")
