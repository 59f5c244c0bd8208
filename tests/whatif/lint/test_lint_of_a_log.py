"""What logged requests say of a table: unused rules, unknown tasks, near misses, small targets."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from console.routing.facts import draw_facts
from console.routing.router import Router
from console.table.lint.finding import Finding
from console.traffic.reader import LogReader
from console.traffic.records import BodyRow, FactsRow, RequestRow, TableVersionRow
from console.traffic.writer import LogWriter
from console.whatif.lint.of_log import lint_log
from tests.table.builder import TableBuilder
from tests.traffic.building import NOON

Send = Callable[..., None]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log in which nothing has been written yet but the table in service."""
    path = tmp_path / "traffic.db"
    with closing(LogWriter(path)) as writer:
        writer.table_served(TableVersionRow("0" * 12, NOON, None, None, ""))
    return path


@pytest.fixture
def send(log: Path) -> Send:
    """Log requests, one a second, with their texts unless `capture` is false."""
    count = 0

    def send_some(
        times: int = 1, prompt: str = "Hello.", *, capture: bool = True, **body: Any
    ) -> None:
        nonlocal count
        router = TableBuilder().router()
        facts = draw_facts(
            {"model": "auto", "messages": [{"role": "user", "content": prompt}], **body}
        )
        decision = router.decide(facts)
        explanation = router.explain(facts, decision)
        with closing(LogWriter(log)) as writer:
            for _ in range(times):
                count += 1
                request_id = f"req-{count:04d}"
                row = RequestRow(request_id, NOON + count, "0" * 12, decision.reason)
                kept = FactsRow(
                    request_id, facts.task, facts.model, None, facts.tags, facts.input_tokens,
                    facts.max_output_tokens, facts.turns, facts.hidden_chars, facts.tools,
                    facts.images, facts.audio, facts.stream, facts.response_format,
                )  # fmt: skip
                texts = BodyRow(request_id, prompt=prompt, system="", conversation=prompt)
                writer.begin(
                    row,
                    kept,
                    decision,
                    lambda: explanation,
                    texts if capture else None,
                )
                row.status = "ok"
                writer.finish(row)

    return send_some


def lint(log: Path, table: TableBuilder | Router, **options: Any) -> list[Finding]:
    router = table if isinstance(table, Router) else table.router()
    with closing(LogReader(log)) as reader:
        return list(lint_log(reader, router, now=NOON + 3600, **options))


def told(found: list[Finding], code: str) -> list[tuple[str, str]]:
    return [(f.path, f.message) for f in found if f.code == code]


def test_nothing_is_said_of_an_empty_log(log: Path) -> None:
    assert lint(log, TableBuilder().rule("a")) == []


def test_a_rule_and_a_task_that_no_request_had_are_told(log: Path, send: Send) -> None:
    send(60, metadata={"task": "drafting"})
    send(60, stream=True)
    table = TableBuilder().rule("streams").rule("tools", when={"tools": True})
    table.entry("tasks", "chat", route="small")

    found = lint(log, table)

    assert told(found, "rule-not-hit") == [
        ("rules[1]", "`tools` would take none of the newest 120 requests (1.0 hours).")
    ]
    assert told(found, "task-not-seen") == [
        ("tasks.chat", "None of the newest 120 requests (1.0 hours) had the task `chat`.")
    ]


def test_few_requests_say_nothing_of_what_none_did(log: Path, send: Send) -> None:
    send(99)

    found = lint(log, TableBuilder().rule("tools", when={"tools": True}))

    assert told(found, "rule-not-hit") == []


def test_a_rule_that_some_request_leaves_open_is_not_told(log: Path, send: Send) -> None:
    send(120, "Where is my refund?", capture=False)

    found = lint(log, TableBuilder().rule("refunds", when={"prompt": "refund"}))

    assert told(found, "rule-not-hit") == []


def test_requests_before_the_time_looked_at_do_not_count(log: Path, send: Send) -> None:
    send(3, metadata={"task": "draftnig"})

    assert lint(log, TableBuilder(), days=0) == []
    assert told(lint(log, TableBuilder(), last=2), "unknown-task") == [
        ("tasks", "2 requests declared the task “draftnig”, which the table does not have.")
    ]


def test_an_unknown_task_is_told_with_the_one_that_may_be_meant(log: Path, send: Send) -> None:
    send(2, metadata={"task": "draftnig"})

    [found] = [f for f in lint(log, TableBuilder()) if f.code == "unknown-task"]

    assert found.hint == "Did you mean `drafting`?"


def test_what_falls_to_the_default_is_told_with_its_near_miss(log: Path, send: Send) -> None:
    send(3, "Where is my refund?")
    send(1, metadata={"task": "drafting"})
    table = TableBuilder().rule("long-refunds", when={"prompt": "refund", "turns": {"min": 3}})

    found = lint(log, table)

    assert told(found, "falls-to-default") == [
        ("default", "3 requests (75 %) met no rule and no task."),
        (
            "rules[0]",
            "3 of the 3 newest that fell to the default missed `long-refunds` by one condition:"
            " turns ≥ 3.",
        ),
    ]


def test_a_target_that_real_requests_are_too_much_for_is_told(log: Path, send: Send) -> None:
    send(1, "word " * 100)
    send(2, "word", tools=[{"type": "function"}])
    table = TableBuilder().entry("models", "mini", context_tokens=50, supports=["tools"])
    table.entry("routes", "small", fallbacks=["maxi"])

    assert told(lint(log, table), "target-too-small") == [
        (
            "routes.small.fallbacks[0]",
            "2 of the 3 logged requests that go to `small` could not take `maxi`:"
            " they had tools, which it does not support.",
        ),
        (
            "routes.small.model",
            "1 of the 3 logged requests that go to `small` could not take `mini`:"
            " they were too long for it.",
        ),
    ]


def test_a_phrase_that_looks_mistyped_is_told_beside_one_that_is_found(
    log: Path, send: Send
) -> None:
    send(60, "I want a chargeback and my money back")
    send(60, "The invoice is wrong")
    table = TableBuilder().rule("money", when={"prompt": ["invoice", "chargebcak", "lawsuit"]})
    table.rule("none-found", when={"prompt": ["mney back", "whatever"]})

    [found] = [f for f in lint(log, table) if f.code == "phrase-not-found"]

    assert (found.rule, found.path) == ("money", "rules[0].when.prompt")
    assert found.message == "No prompt of 120 logged texts holds “chargebcak”."
    assert found.hint == "“chargeback” occurs 60 times."


def test_another_form_of_a_word_is_no_typing_mistake(log: Path, send: Send) -> None:
    send(120, "I want a refund for the invoice")
    table = TableBuilder().rule("money", when={"prompt": ["refund", "refunds", "invoiced"]})

    assert told(lint(log, table), "phrase-not-found") == []


def test_looking_at_a_log_stops_when_it_is_told_to(log: Path, send: Send) -> None:
    send(120)

    assert lint(log, TableBuilder().rule("a"), is_cancelled=lambda: True) == []
