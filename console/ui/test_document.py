"""A test of the table in the making: its name, what it expects, and whether it would pass now."""

from dataclasses import dataclass

from console.inert import inert
from console.routing.facts import Facts
from console.routing.request_file import RequestError, written_facts
from console.routing.router import Router
from console.routing.table_tests import run_test
from console.table.test_file import parse_tests
from console.table.test_writing import written_test

NONE = "none"
"""What stands in the field of the rule where no rule is expected to match."""

NAME_LENGTH = 60


@dataclass
class TestDocument:
    """What is typed into the fields, and the request that the test is of."""

    facts: Facts
    rollout_bucket: int | None = None
    name: str = ""
    route: str = ""
    rule: str = ""
    __test__ = False

    @classmethod
    def of_request(
        cls, facts: Facts, router: Router | None, rollout_bucket: int | None = None
    ) -> "TestDocument":
        """Return a test that expects what the table in view decides now."""
        document = cls(facts, rollout_bucket, suggested_name(facts))
        if router is not None:
            decision = router.decide(facts)
            document.route = decision.route or ""
            document.rule = decision.rule or NONE
        return document

    @property
    def expect(self) -> dict[str, str | None]:
        """What is expected, as a test has it; a field left empty expects nothing."""
        expected: dict[str, str | None] = {}
        if self.rule.strip():
            rule = self.rule.strip()
            expected["rule"] = None if rule == NONE else rule
        if self.route.strip():
            expected["route"] = self.route.strip()
        return expected

    def problem(self, router: Router | None) -> str:
        """Return what keeps it from being written, in one sentence; empty: nothing."""
        try:
            written_facts(self.facts)
        except RequestError as error:
            return str(error)
        if not self.name.strip():
            return "A test has a name."
        if not self.expect:
            return "A test that expects nothing could not fail."
        table = router.table if router is not None else None
        route, rule = self.route.strip(), self.rule.strip()
        if table is not None and route and route not in table.routes:
            return f"The table has no route `{route}`."
        if table is not None and rule not in ("", NONE, *(each.id for each in table.rules)):
            return f"The table has no rule `{rule}`."
        return ""

    def text(self) -> str:
        """Return the test as it would stand in the file. Raises RequestError."""
        facts = written_facts(self.facts)
        return written_test(self.name.strip(), facts, self.expect, self.rollout_bucket)

    def verdict(self, router: Router) -> str:
        """Return whether it would pass now, and if not what is decided instead."""
        [test] = parse_tests(self.text()).tests
        result = run_test(router, test)
        return "It passes now." if result.outcome == "PASS" else f"It fails now: {result.message}."


def suggested_name(facts: Facts) -> str:
    """Return how the prompt begins, as a name; or what else is known of the request."""
    words = " ".join(inert(facts.prompt, limit=400).split())
    if not words:
        return f"a request with the task {facts.task}" if facts.task else "a request"
    return words if len(words) <= NAME_LENGTH else words[: NAME_LENGTH - 1].rstrip() + "…"
