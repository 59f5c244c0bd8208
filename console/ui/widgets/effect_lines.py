"""What an override would move among the newest requests, in lines; and what cannot be known."""

from console.quantities import dollars, percent
from console.ui.widgets.lines import QUIET, Line, line
from console.whatif.decide_again import Impact, Move

MOVES_SHOWN = 6
SAMPLES_SHOWN = 3


def effect_lines(
    impact: Impact | None, most: int, *, has_log: bool, first_item: int | None = None
) -> list[Line]:
    """Return the effect as far as it was found, of at most so many requests.

    None where nothing is found yet, or the log cannot be read. With `first_item` the newest
    requests of each move stand below it, as items that are numbered from there, in the order of
    `samples_shown`.
    """
    if not has_log:
        return [line(("What it would move is not known: there is no log.", QUIET))]
    if impact is None:
        return [line((f"Deciding the newest {most:,} requests with and without it …", QUIET))]
    decided = impact.looked_at - impact.undecidable
    progress = "" if impact.is_done else " so far"
    share = percent(impact.moved / decided) if decided else "?"
    lines = [
        line(
            (f"{impact.moved:,} of {decided:,}", "bold"),
            f" of the newest requests would move ({share}){progress}",
        )
    ]
    for move, count in impact.moves.most_common(MOVES_SHOWN):
        lines.append(_move_line(move, count, impact.moved))
        if first_item is not None:
            for request_id in _samples(impact, move):
                lines.append(_sample_line(request_id, impact, first_item))
                first_item += 1
    if impact.stranded:
        words = f"✗ {impact.stranded:,} would have no model left: they are answered 503"
        lines.append(line((words, "bold $outcome-error")))
    elif impact.moved:
        lines.append(line(("✓ each of them fits where it would go", "$outcome-ok")))
    if impact.priced and impact.moved:
        before, after = dollars(impact.cost_before), dollars(impact.cost_after)
        lines.append(line((f"cost of {impact.priced:,}: {before} → {after}", QUIET)))
    if impact.undecidable:
        words = f"{impact.undecidable:,} more cannot be decided: their texts were not captured"
        lines.append(line((words, QUIET)))
    words = "Whether a provider can carry more load is not known here."
    return [*lines, line((words, QUIET))]


def samples_shown(impact: Impact | None) -> list[str]:
    """Return the ids of the requests that `effect_lines` names."""
    moves = impact.moves.most_common(MOVES_SHOWN) if impact is not None else []
    return [found for move, _ in moves if impact for found in _samples(impact, move)]


def _samples(impact: Impact, move: Move) -> list[str]:
    return impact.samples.get(move, [])[:SAMPLES_SHOWN]


def _sample_line(request_id: str, impact: Impact, item: int) -> Line:
    prompt = impact.prompts.get(request_id, "")
    parts = (request_id, QUIET), f"  {prompt}"
    return line(*parts, lead=" " * 7, item=item, head=True, wraps=False)


def _move_line(move: Move, count: int, moved: int) -> Line:
    before, after = (name if name is not None else "no model" for name in (move.before, move.after))
    return line(
        f"{count:>6,} ",
        (f"{move.kind} ", QUIET),
        before,
        " → ",
        (after, "bold" if move.after is not None else "bold $outcome-error"),
        (f"  {percent(count / moved)}", QUIET),
        lead="  ",
    )
