"""All that the log tells of one request, with its explanation in full where that can be had.

An explanation as recorded holds the winner and the near misses. Where the request's texts and the
text of its table version are in the log, the same decision is explained rule by rule by that
version's own router; where that would leave a rule unknown, the record is the better witness.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from console.routing.decision import Decision
from console.routing.explanation import Explanation
from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import parse_table
from console.traffic.logged_facts import captured_texts, facts_of
from console.traffic.reader import LogReader
from console.traffic.records import AttemptRow, BodyRow, RequestRow

ROUTERS_KEPT = 4
"""Table versions whose routers are kept: the reader mostly stays near one change of table."""


@dataclass(frozen=True)
class RequestStory:
    """One request as the log holds it. None: the log has nothing of that kind."""

    row: RequestRow
    attempts: tuple[AttemptRow, ...] = ()
    facts: Facts | None = None
    body: BodyRow | None = None
    decision: Decision | None = None
    explanation: Explanation | None = None
    is_full: bool = False
    """Whether the explanation has every rule, by the request's own table version."""
    why_not_full: str | None = None
    """What a full explanation would need, in one sentence."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """The `because` of each rule of that version, where its text is in the log."""

    @property
    def texts(self) -> dict[str, str]:
        """The captured texts by fact."""
        return captured_texts(self.body)

    @property
    def failed_provider(self) -> str | None:
        """The provider of the last attempt that failed; None where none did."""
        failed = [one.provider_name for one in self.attempts if one.error_type is not None]
        return failed[-1] if failed else None


class VersionRouters:
    """The routers of table versions found in a log, built once each. Shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._routers: dict[str, Router | None] = {}

    def router(self, version: str, reader: LogReader) -> Router | None:
        """Return the router of a version; None where the log lacks its text or it has errors."""
        with self._lock:
            if version in self._routers:
                return self._routers[version]
        found = reader.table_version(version)
        table = parse_table(found.text).table if found is not None else None
        router = Router(table) if table is not None else None
        if router is not None:
            with self._lock:
                self._routers[version] = router
                while len(self._routers) > ROUTERS_KEPT:
                    del self._routers[next(iter(self._routers))]
        return router


def read_story(reader: LogReader, request_id: str, routers: VersionRouters) -> RequestStory | None:
    """Read one request; None where the log does not have it (any more).

    Raises LogProblem or ReadInterrupted.
    """
    row = reader.request(request_id)
    if row is None:
        return None
    facts_row, body = reader.facts(request_id), reader.body(request_id)
    recorded = reader.decision(request_id)
    story = RequestStory(
        row,
        tuple(reader.attempts(request_id)),
        facts_of(facts_row, body) if facts_row is not None else None,
        body,
        recorded.decision if recorded is not None else None,
        recorded.explanation if recorded is not None else None,
    )
    return _told_in_full(story, routers.router(row.table_version, reader))


def _told_in_full(story: RequestStory, router: Router | None) -> RequestStory:
    """Return the story with every rule explained, or with why that cannot be had."""
    if router is None:
        return _without(story, "the text of its table version is not in the log")
    reasons = {rule.id: rule.because for rule in router.table.rules}
    story = replace(story, reasons=reasons)
    if story.facts is None or story.decision is None:
        return _without(story, "its facts were not recorded")
    explanation = router.explain(story.facts, story.decision)
    if any(rule.verdict == "unknown" for rule in explanation.rules):
        return _without(story, "the texts a rule looks at were not captured")
    return replace(story, explanation=explanation, is_full=True)


def _without(story: RequestStory, because: str) -> RequestStory:
    return replace(story, why_not_full=f"Rule by rule is not to be had: {because}.")
