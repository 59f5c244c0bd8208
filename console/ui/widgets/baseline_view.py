"""What the newest traffic would have cost had one model taken all of it, model by model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from textual import on
from textual.message import Message

from console.quantities import dollars, duration, percent
from console.traffic.problem import LogProblem, ReadInterrupted
from console.traffic.reader import LogReader
from console.ui.app import ConsoleApp
from console.ui.widgets.line_view import LineView
from console.ui.widgets.lines import BLANK, QUIET, Line, line
from console.whatif.baseline import REQUESTS, Baseline, OneModel, baseline_of

UNKNOWABLE = (
    "Not known, and not guessed: how good other models' answers would have been, how long they"
    " would have taken on these prompts, and how many tokens they would have counted themselves."
)


class BaselineView(LineView):
    """Reads anew whenever it comes to the front: it looks at thousands of requests."""

    @dataclass
    class Found(Message, bubble=False):
        """The baseline as far as it was found, or why it was not."""

        baseline: Baseline | None
        problem: LogProblem | None = None

    def on_focus(self) -> None:
        """Look at the newest requests."""
        app = cast(ConsoleApp, self.app)
        table = app.table_in_view.table
        if table is None or app.log_path is None:
            self.set_lines([line(("It takes a table and a log.", QUIET))])
            return

        def read(reader: LogReader) -> None:
            for found in baseline_of(reader, table, is_cancelled=lambda: not self.is_attached):
                self.post_message(self.Found(found.copied()))

        def work() -> None:
            try:
                app.log_queries.ask(read)
            except LogProblem as problem:
                self.post_message(self.Found(None, problem))
            except ReadInterrupted:
                pass

        self.set_lines([line((f"Looking at the newest {REQUESTS:,} requests …", QUIET))])
        self.run_worker(work, group="baseline", exclusive=True, exit_on_error=False, thread=True)

    @on(Found)
    def _take(self, event: Found) -> None:
        if event.problem is not None:
            self.set_lines([line((event.problem.message, "$outcome-error"))])
        elif event.baseline is not None:
            self.set_lines(baseline_lines(event.baseline), follow=False)


def baseline_lines(found: Baseline) -> list[Line]:
    """Return the models, the cheapest for what it could have carried first."""
    progress = "" if found.is_done else " so far"
    head = f"Had one model taken all of the newest {found.looked_at:,} requests{progress}:"
    ordered = sorted(found.models, key=lambda one: (one.cost_usd is None, _saved(one)))
    lines = [line((head, "bold")), BLANK]
    for number, one in enumerate(ordered):
        lines += _model_lines(number, one, found)
    if found.without_facts:
        words = f"{found.without_facts:,} have no facts in the log and are left out"
        lines.append(line((words, QUIET)))
    return [*lines, BLANK, line((UNKNOWABLE, QUIET))]


def _saved(one: OneModel) -> float:
    return (one.cost_usd or 0.0) - one.routed_usd


def _model_lines(number: int, one: OneModel, found: Baseline) -> Iterator[Line]:
    known = found.looked_at - found.without_facts
    if one.cost_usd is None:
        cost = line(
            (one.model, "bold"), ("  cost ?: no price, or no tokens known", QUIET), item=number
        )
    else:
        times = f"×{one.cost_usd / one.routed_usd:.2f}" if one.routed_usd else "×?"
        style = "$outcome-degraded" if one.cost_usd < one.routed_usd else "$outcome-ok"
        cost = line(
            (one.model, "bold"),
            f"  {dollars(one.cost_usd)} against {dollars(one.routed_usd)} as routed ",
            (times, f"bold {style}"),
            (f"  over {one.compared:,} whose cost is known", QUIET),
            item=number,
        )
    yield Line(cost.lead, cost.body, number, True, cost.wraps)
    lacking = percent(one.could_not / known) if known else "?"
    own = one.own
    failed = percent(own.failed / own.attempts) if own.attempts else "?"
    p50, p95 = duration(own.latency.quantile(0.5)), duration(own.latency.quantile(0.95))
    yield line(
        (f"could not have carried {lacking}", "$outcome-error" if one.could_not else QUIET),
        (f"  its own {own.attempts:,} attempts: {failed} failed, p50 {p50}, p95 {p95}", QUIET),
        lead="    ",
        item=number,
    )
