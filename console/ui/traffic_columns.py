"""The columns of the traffic list: which fit a width, and what each says of a request.

A line is a list of pieces (text and the name of its style) rather than `Content`: a page of fifty
lines is drawn anew at every step, and pieces cost a tenth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from console.quantities import UNKNOWN, clock, count, dollars, duration
from console.traffic.records import RequestRow
from console.ui.column_choice import AS_USUAL, Choice
from console.ui.foreign_text import ABSENT_STYLE, Piece, pieces
from console.ui.theme import outcome_style, outcome_symbol, route_style

GAP = " "
NAME_LIMIT = 64
"""Code points of a foreign name that are looked at: more than any column is wide."""

REASONS = {
    "rule_match": "rule",
    "task_default": "task",
    "table_default": "default",
    "undecidable": "undecidable",
}
"""Reasons in the one word a list has room for."""


@dataclass(frozen=True)
class Surroundings:
    """What a cell depends on besides its row."""

    now: float
    route_index: Callable[[str | None], int | None]
    choice: Choice = AS_USUAL


Cell = Callable[[RequestRow, Surroundings], list[Piece]]


@dataclass(frozen=True)
class Column:
    """One column: `rank` says how early it is given room (0 first)."""

    title: str
    width: int
    cell: Cell
    rank: int = 0
    align: Literal["left", "right"] = "left"
    roomy: int = 0
    """A more comfortable width, given when every column is there."""
    optional: bool = False
    """There only when it was chosen."""
    told: str = ""
    """What it says, for who chooses; without it there is nothing to choose."""


def _known(text: str) -> list[Piece]:
    return [(text, ABSENT_STYLE if text == UNKNOWN else "")]


def _absent(row: RequestRow) -> list[Piece]:
    """What did not happen: nothing yet while in flight, a dash once it has ended."""
    return [("" if row.status == "in_flight" else "–", ABSENT_STYLE)]


def _name(text: str | None, style: str = "") -> list[Piece]:
    return pieces(text, style, limit=NAME_LIMIT) if text else [("–", ABSENT_STYLE)]


def _time(row: RequestRow, _: Surroundings) -> list[Piece]:
    return [(clock(row.ts_start), ABSENT_STYLE)]


def _outcome(row: RequestRow, _: Surroundings) -> list[Piece]:
    return [(outcome_symbol(row.status), f"bold {outcome_style(row.status)}")]


def _http(row: RequestRow, _: Surroundings) -> list[Piece]:
    if row.http_status is None:
        return _absent(row)
    good = 200 <= row.http_status < 300
    return [(str(row.http_status), ABSENT_STYLE if good else outcome_style(row.status))]


def _route(row: RequestRow, around: Surroundings) -> list[Piece]:
    return _name(row.route, route_style(around.route_index(row.route)))


def _task(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.task)


def _model(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.response_model) if row.response_model else _name(row.request_model, "$quiet")


def _took(row: RequestRow, around: Surroundings) -> list[Piece]:
    if row.status == "in_flight":
        waited = max(0.0, around.now - row.ts_start)
        return [(duration(waited * 1000), "$outcome-in-flight")]
    return _known(duration(row.duration_ms))


def _first_chunk(row: RequestRow, _: Surroundings) -> list[Piece]:
    if row.time_to_first_chunk_ms is None:
        return _absent(row)
    return [(duration(row.time_to_first_chunk_ms), "")]


def _tokens(row: RequestRow, _: Surroundings) -> list[Piece]:
    if row.status == "in_flight":
        return []
    about = "~" if row.usage_source == "estimated" else ""
    return _known(f"{about}{count(row.input_tokens)}→{count(row.output_tokens)}")


def _cost(row: RequestRow, _: Surroundings) -> list[Piece]:
    return [] if row.status == "in_flight" else _known(dollars(row.cost_usd))


def _attempts(row: RequestRow, _: Surroundings) -> list[Piece]:
    if row.n_attempts == 0:
        return _absent(row)
    return [(str(row.n_attempts), "$outcome-degraded" if row.n_attempts > 1 else ABSENT_STYLE)]


def _client(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.client)


def _rule(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.rule_id)


def _reason(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(REASONS.get(row.reason, row.reason))


def _prompt(row: RequestRow, _: Surroundings) -> list[Piece]:
    return pieces(row.prompt_preview, limit=400) if row.prompt_preview else _absent(row)


def _provider(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.provider_name) if row.provider_name else _absent(row)


def _error(row: RequestRow, _: Surroundings) -> list[Piece]:
    return pieces(row.error_type or "", outcome_style(row.status), limit=NAME_LIMIT)


def _asked(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.request_model)


def _overhead(row: RequestRow, _: Surroundings) -> list[Piece]:
    if row.gateway_overhead_ms is None:
        return _absent(row)
    return _known(duration(row.gateway_overhead_ms))


def _conversation(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.conversation_id)


def _version(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.table_version)


def _id(row: RequestRow, _: Surroundings) -> list[Piece]:
    return _name(row.request_id)


COLUMNS = (
    Column("time", 8, _time),
    Column(" ", 1, _outcome),
    Column("http", 4, _http, rank=9, align="right", told="the status the client got"),
    Column("route", 10, _route, roomy=14, told="where it was decided to go"),
    Column("task", 10, _task, rank=3, roomy=13, told="the task class"),
    Column("model", 12, _model, rank=2, roomy=16, told="the model that answered"),
    Column("provider", 10, _provider, optional=True, told="the provider that answered"),
    Column("asked", 12, _asked, optional=True, told="the model the client asked for"),
    Column("took", 5, _took, align="right", told="from first byte to last"),
    Column("ttfc", 5, _first_chunk, rank=10, align="right", told="time to the first chunk"),
    Column("own", 5, _overhead, optional=True, align="right", told="what the gateway itself took"),
    Column("tokens", 9, _tokens, rank=4, align="right", roomy=10, told="tokens in and out"),
    Column("cost", 8, _cost, rank=6, align="right", told="dollars, where they are known"),
    Column("att", 3, _attempts, rank=8, align="right", told="calls to providers"),
    Column("error", 16, _error, optional=True, told="the kind of failure"),
    Column("client", 10, _client, rank=11, roomy=12, told="the name of the client's key"),
    Column("talk", 12, _conversation, optional=True, told="the conversation it belongs to"),
    Column("rule", 14, _rule, rank=5, roomy=18, told="the rule that matched"),
    Column("reason", 7, _reason, rank=7, told="why the route was chosen"),
    Column("version", 12, _version, optional=True, told="the table's version"),
    Column("id", 36, _id, optional=True, told="the request's own id"),
    Column("prompt", 16, _prompt, rank=1, told="how the prompt begins"),
)
"""In the order they are drawn; the prompt takes what is left."""


@lru_cache(maxsize=32)
def columns_for(width: int, choice: Choice = AS_USUAL) -> tuple[tuple[Column, int], ...]:
    """Return the columns that fit `width` cells, each with its own width.

    Columns of rank 0, and those that were chosen, are always there, cut at the right edge where
    even they do not fit. Others come in by rank; when all are there, the roomy widths are given as
    far as they go.
    """
    wanted = [column for column in COLUMNS if _is_wanted(column, choice)]
    chosen = [column for column in wanted if column.rank == 0]
    for column in sorted((c for c in wanted if c.rank), key=lambda c: c.rank):
        if _total([*chosen, column]) > width:
            break
        chosen.append(column)
    shown = [column for column in wanted if column in chosen]
    widths = {column.title: column.width for column in shown}
    spare = width - _total(shown)
    for column in shown if len(shown) == len(wanted) else ():
        more = min(max(column.roomy - column.width, 0), max(spare, 0))
        widths[column.title] += more
        spare -= more
    if "prompt" in widths:
        widths["prompt"] += max(spare, 0)
    return tuple((column, widths[column.title]) for column in shown)


def _is_wanted(column: Column, choice: Choice) -> bool:
    return column.title in choice.added if column.optional else column.title not in choice.hidden


def _total(columns: list[Column]) -> int:
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def heading(width: int, choice: Choice = AS_USUAL) -> Content:
    """Return the line of column titles."""
    titles = [
        column.title.rjust(size) if column.align == "right" else column.title.ljust(size)
        for column, size in columns_for(width, choice)
    ]
    return Content(GAP.join(titles))


def line_of(row: RequestRow, width: int, around: Surroundings) -> list[Piece]:
    """Return one request as the pieces of one line, `width` cells wide where the columns fit."""
    line: list[Piece] = []
    for column, size in columns_for(width, around.choice):
        if line:
            line.append((GAP, ""))
        line.extend(_fitted(column.cell(row, around), size, column.align))
    return _gathered(line)


def _gathered(line: list[Piece]) -> list[Piece]:
    """Return the line in as few pieces as look the same: each costs forty bytes on a slow line.

    Blanks look alike in every style a cell can have, so they go with what stands before them.
    """
    runs: list[tuple[list[str], str]] = []
    for text, style in line:
        if runs and (style == runs[-1][1] or text.isspace() or not text):
            runs[-1][0].append(text)
        else:
            runs.append(([text], style))
    return [("".join(texts), style) for texts, style in runs]


def _fitted(cell: list[Piece], width: int, align: str) -> list[Piece]:
    used = sum(_cells(text) for text, _ in cell)
    if used > width:
        return _cut(cell, width)
    space = (" " * (width - used), "")
    if used == width:
        return cell
    return [space, *cell] if align == "right" else [*cell, space]


def _cut(cell: list[Piece], width: int) -> list[Piece]:
    """Return the pieces cut to `width` cells, the last of them `…`."""
    kept: list[Piece] = []
    room = width - 1
    for text, style in cell:
        size = _cells(text)
        if size > room:
            return [*kept, (set_cell_size(text, room) + "…", style)]
        kept.append((text, style))
        room -= size
    return kept


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
