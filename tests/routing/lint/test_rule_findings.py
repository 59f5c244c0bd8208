"""What is proven of rules, told: sentences, requests that read back, phrases and tests."""

import pytest

from console.routing.lint.reachability import Reachability
from console.routing.lint.redundant_phrases import redundant_phrase_findings
from console.routing.lint.rule_findings import rule_findings
from console.routing.lint.untested import untested_findings
from console.routing.request_file import read_request
from console.table.lint.finding import Finding
from console.table.load import parse_table
from console.table.test_file import parse_tests
from tests.table.builder import TableBuilder


@pytest.fixture
def table() -> TableBuilder:
    return TableBuilder()


def findings(table: TableBuilder) -> list[Finding]:
    return list(rule_findings(Reachability(table.build())))


def test_an_unreachable_rule_is_told_with_what_covers_it_and_a_request(
    table: TableBuilder,
) -> None:
    table.rule("short", when={"input_tokens": {"max": 99}})
    table.rule("long", when={"input_tokens": {"min": 100}})
    table.rule("drafts", when={"tags.team": "billing", "prompt": "refund"}, route="small")

    [found] = findings(table)

    assert (found.code, found.path, found.rule) == ("unreachable-rule", "rules[2]", "drafts")
    assert found.blocking == ("short", "long")
    assert found.message == (
        "No request reaches `drafts`: before it stand `short` and `long`, which together cover it."
    )
    [witness] = found.witnesses
    assert witness.says == "meets its condition and is taken by `short`"
    assert witness.request == {"facts": {"prompt": "refund", "tags.team": "billing"}}
    assert table.router().decide(read_request(witness.request).facts).rule == witness.rule


def test_the_requests_shown_read_back_as_the_requests_found(table: TableBuilder) -> None:
    table.rule("first", when={"turns": {"min": 3}, "conversation": ["two", "one"]})
    when = {"turns": {"min": 2}, "conversation": "two", "prompt": "one", "hidden_chars": {"min": 9}}
    table.rule("second", when=when, route="small")

    [found] = findings(table)

    assert found.code == "partly-shadowed"
    router = table.router()
    for witness in found.witnesses:
        assert router.decide(read_request(witness.request).facts).rule == witness.rule
    assert [witness.rule for witness in found.witnesses] == ["second", "first"]


def test_a_phrase_that_a_shorter_one_finds_already_is_redundant() -> None:
    loaded = parse_table(
        TableBuilder()
        .rule("a", when={"none_of": [{"prompt": ["refund now", "Refund", "refund", "invoice"]}]})
        .text()
    )
    assert loaded.table is not None

    found = list(redundant_phrase_findings(loaded.table, loaded.places))

    place = "rules[0].when.none_of[0].prompt"
    assert [(f.code, f.path) for f in found] == [
        ("redundant-phrase", f"{place}[0]"),
        ("redundant-phrase", f"{place}[1]"),
    ]


def test_a_rule_in_which_no_test_ends_is_told(table: TableBuilder) -> None:
    table.rule("tested", when={"stream": True}).rule("untested", when={"tools": True})
    tests = parse_tests(
        "- {name: x, request: {facts: {stream: true, tools: true}}, expect: {rule: tested}}"
    )

    told = list(untested_findings(table.router(), tests))

    assert [(f.code, f.rule) for f in told] == [("untested-rule", "untested")]


def test_a_table_without_tests_is_told_once(table: TableBuilder) -> None:
    assert list(untested_findings(table.router(), None)) == []
    table.rule("a").rule("b", when={"tools": True})
    assert [f.code for f in untested_findings(table.router(), None)] == ["no-tests"]
