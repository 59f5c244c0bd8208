"""Lint of a table without its traffic: every check, the quick ones first, each finding in place."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from console.routing.lint.reachability import Reachability
from console.routing.lint.redundant_phrases import redundant_phrase_findings
from console.routing.lint.rule_findings import rule_findings
from console.routing.lint.untested import untested_findings
from console.routing.router import Router
from console.routing.table_tests import TestResult
from console.table.lint.fallbacks import fallback_findings
from console.table.lint.finding import Finding, in_place
from console.table.lint.overrides import override_findings
from console.table.lint.pages import PAGES
from console.table.lint.phrases import phrase_findings
from console.table.lint.silencing import silenced, silences_in
from console.table.lint.structure import structure_findings
from console.table.load import Loaded
from console.table.overrides import LoadedOverrides
from console.table.test_file import LoadedTests
from console.whatif.lint.assumption_findings import assumption_findings

LOG_CODES = frozenset(
    {
        *("rule-not-hit", "task-not-seen", "unknown-task", "falls-to-default"),
        *("target-too-small", "phrase-not-found"),
    }
)
"""Codes of what traffic shows. It changes by the day, so no comment about it is told as unused."""


def lint_table(
    loaded: Loaded,
    router: Router | None = None,
    *,
    tests: LoadedTests | None = None,
    results: Sequence[TestResult] | None = None,
    overrides: LoadedOverrides | None = None,
    now: float = 0.0,
    of_log: Iterable[Finding] | None = None,
    first: str | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Finding]:
    """Yield what lint has to say of a loaded table, as it is found; nothing of one with errors.

    `router` is one for the table without overrides, where there is one already. `tests` are those
    of the table, None where it has no file of them; `results` is what `router` made of them, where
    they were run already. `now` is what overrides expire by, in Unix
    seconds. `of_log` are findings of `of_log.lint_log`. `first` is the rule of which things are
    proven before all others, such as the one being edited.

    Findings that a comment in the file silences are yielded with its reason. Ends early once
    `is_cancelled` says so, and then does not tell of comments that silence nothing.
    """
    table = loaded.table
    if table is None:
        return
    silences, wrong = silences_in(loaded.text)
    router = router or Router(table)
    of_places = chain(
        structure_findings(table),
        fallback_findings(table),
        assumption_findings(table),
        phrase_findings(table, loaded.places),
        redundant_phrase_findings(table, loaded.places),
        untested_findings(router, tests, results),
        _proven(router, is_cancelled, first),
        of_log or (),
    )
    found = chain(
        wrong,
        override_findings(overrides, now) if overrides is not None else (),
        in_place(of_places, loaded.places),
    )
    for each in silenced(found, silences, frozenset(PAGES) - LOG_CODES):
        if is_cancelled():
            return
        yield each


def _proven(
    router: Router, is_cancelled: Callable[[], bool], first: str | None
) -> Iterator[Finding]:
    """Put off even the cutting into cells until somebody asks for the first verdict."""
    yield from rule_findings(Reachability(router.table, router), is_cancelled, first)
